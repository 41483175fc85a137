import type { z } from 'zod';
import { AppError } from '../platform/errors.js';
import { limitOf, schemaWords, sentenceOf } from '../platform/schema-words.js';

/** Throws 400 `body_invalid` with the pointer of the first mistake. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body, schemaWords);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const pointer = (issue?.path ?? []).map((part) => `/${String(part)}`).join('');
  const reason = sentenceOf(issue) ?? 'The body is not valid.';
  throw new AppError('body_invalid', reason, { status: 400, pointer, ...limitOf(issue) });
}
