import type { z } from 'zod';
import { AppError } from '../platform/errors.js';

/** Throws 400 `body_invalid` with the pointer of the first mistake. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const pointer = (issue?.path ?? []).map((part) => `/${String(part)}`).join('');
  throw new AppError('body_invalid', issue?.message ?? 'The body is not valid.', { status: 400, pointer });
}
