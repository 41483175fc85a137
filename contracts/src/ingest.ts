import { z } from 'zod';

/** One event that was refused while its neighbours were kept. */
export const rejectedEventSchema = z.object({
  /** Position in the request, from 0. */
  index: z.int(),
  code: z.string(),
  /** RFC 6901 pointer into the event, empty for the event as a whole. */
  pointer: z.string(),
  reason: z.string(),
});
export type RejectedEvent = z.infer<typeof rejectedEventSchema>;

/** `202` of `POST /v1/events`. */
export const ingestAnswerSchema = z.object({
  accepted: z.int(),
  /** Events of people who were erased or opted out: not kept, and nothing to send again. Absent when there are none. */
  suppressed: z.int().optional(),
  rejected: z.array(rejectedEventSchema),
});
export type IngestAnswer = z.infer<typeof ingestAnswerSchema>;
