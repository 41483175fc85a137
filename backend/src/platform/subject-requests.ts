import { z } from 'zod';
import { subjectRecordSchema } from './subjects.js';

const userIdCharsMax = 1_000;

const subjectShape = {
  tenant: z.string(),
  /** As producers send it. */
  user: z.string().min(1).max(userIdCharsMax),
};

export const subjectSchema = z.strictObject(subjectShape);

export const eraseSubjectSchema = z.strictObject({
  ...subjectShape,
  /** Tables are written anew afterwards, so that freed space holds nothing. It locks one after the other. */
  compact: z.boolean().optional(),
});

export const subjectRecordsSchema = z.strictObject({ ...subjectShape, cursor: z.string().optional() });

export const subjectPageSchema = z.object({
  records: z.array(subjectRecordSchema),
  next: z.string().nullable(),
});

const ownShape = { user: subjectShape.user };

/** Of the tenant of the key. Tables are written anew by operators only: it locks those of every tenant. */
export const ownSubjectSchema = z.strictObject(ownShape);

export const ownSubjectRecordsSchema = z.strictObject({ ...ownShape, cursor: z.string().optional() });
