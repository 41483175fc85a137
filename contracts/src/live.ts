import { z } from 'zod';
import { panelQuerySchema } from './query.js';

/**
 * `POST /v1/query/live`, answered with `text/event-stream`: the answer to `query` at once and whenever it changes. The
 * range keeps its length and ends with now (`sliding`), or keeps its start (`growing`). Events: `answer` (a
 * `MetricAnswer`), `refused` (an `ErrorBody`; the stream goes on unless it can't: a key that was revoked, a user
 * who may no more, a question that has become too long, a service that stops), and comments that keep it alive. What is
 * refused from the start is refused with its status, before the stream begins. A client that reads slowly gets the latest
 * answer next, not all of them.
 */
export const liveQuerySchema = z.strictObject({
  query: panelQuerySchema,
  range: z.enum(['sliding', 'growing']).default('sliding'),
  everyMs: z.int().min(500).max(60_000).default(1_000),
});
export type LiveQuery = z.infer<typeof liveQuerySchema>;
export type LiveQueryInput = z.input<typeof liveQuerySchema>;
