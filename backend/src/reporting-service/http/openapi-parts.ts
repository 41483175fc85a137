import { errorBodySchema } from '@coditect/contracts';
import { z } from 'zod';

const refusals = {
  400: 'The body or a parameter is not what it should be; the pointer says where.',
  401: 'The key is missing, unknown or revoked.',
  403: 'The key has another scope.',
  404: 'There is nothing of this name or id.',
  409: 'It can not be done to what is there as it is, or the Idempotency-Key came with another request.',
  410: 'The file was there and is gone.',
  413: 'The body is too large.',
  422: 'The question is understood and can not be answered; pointer and limit say why.',
  429: 'Too much at once; Retry-After says when to come back.',
  503: 'The store does not answer; Retry-After says when to come back.',
  504: 'The question took too long.',
} as const;
type Refusal = keyof typeof refusals;

/** An answer as JSON. */
export const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
/** Answers that say why not. */
export const refused = (...statuses: readonly Refusal[]) =>
  Object.fromEntries(statuses.map((status) => [status, json(errorBodySchema, refusals[status])]));
export const params = z.object({ id: z.string() });

export type Security = Record<string, string[]>[];
