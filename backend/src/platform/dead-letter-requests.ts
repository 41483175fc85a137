import { z } from 'zod';
import { deadLetterOrigins, deadLetterStates } from './dead-letters.js';
import { AppError } from './errors.js';
import { limitOf, schemaWords, sentenceOf } from './schema-words.js';

// What is asked about dead letters, the same at the collector and at the admin endpoint.

/** Most letters on a page. */
const pageLettersMax = 100;

const code = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be the code of a letter, such as row_refused');
const cursor = z.string().max(200);

export const deadLetterQuerySchema = z.object({
  state: z.enum(deadLetterStates).optional(),
  code: code.optional(),
  origin: z.enum(deadLetterOrigins).optional(),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(pageLettersMax).default(pageLettersMax),
});
export type DeadLetterQuery = z.infer<typeof deadLetterQuerySchema>;

/** Nothing happens unless it is said: `dryRun` is true when left out. */
export const replayOneSchema = z.strictObject({ dryRun: z.boolean().default(true) });

export const replayAllSchema = z.strictObject({
  ...replayOneSchema.shape,
  code: code.optional(),
  origin: z.enum(deadLetterOrigins).optional(),
  cursor: cursor.optional(),
});

/** Reads the parameters of an address. Throws `AppError` 400 `parameter_invalid`, the pointer naming the parameter. */
export function parseParameters<T>(schema: z.ZodType<T>, query: unknown): T {
  return parseAs(schema, query, 'parameter_invalid');
}

/** Reads a body that is JSON already. Throws `AppError` 400 `body_invalid` with the pointer of the first mistake. */
export function parseReplayBody<T>(schema: z.ZodType<T>, body: unknown): T {
  return parseAs(schema, body, 'body_invalid');
}

function parseAs<T>(schema: z.ZodType<T>, value: unknown, errorCode: string): T {
  const result = schema.safeParse(value, schemaWords);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const pointer = (issue?.path ?? []).map((part) => `/${String(part)}`).join('');
  const reason = sentenceOf(issue) ?? 'This is not valid.';
  throw new AppError(errorCode, reason, { status: 400, pointer, ...limitOf(issue) });
}

/** 404, the same for another tenant's letter as for none. */
export function createUnknownLetterError(id: string): AppError {
  const shown = JSON.stringify(id.slice(0, 64));
  return new AppError('dead_letter_unknown', `There is no dead letter ${shown}.`, { status: 404 });
}
