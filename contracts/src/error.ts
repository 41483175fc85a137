import { z } from 'zod';

/**
 * The one shape in which every service refuses something.
 * `code` is stable and machine-readable, `reason` is a sentence for a person, `pointer` (RFC 6901) says where in
 * the body, `limit` names the bound that was crossed.
 */
export const errorBodySchema = z.object({
  error: z.object({
    code: z.string(),
    reason: z.string(),
    pointer: z.string().optional(),
    limit: z.number().optional(),
    retryAfterSeconds: z.number().optional(),
  }),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;
