import { z } from 'zod';
import { filterSchema, intervalSchema, noticeSchema, rangeSchema } from './query.js';

/** Dimensions of events that are not those of KPIs, in filters of searches only. */
export const eventOnlyDimensions = [
  'eventId',
  'id',
  'source',
  'subject',
  'user',
  'session',
  'level',
] as const;

/** From the outcome: failed, timed out or 5xx is an error; cancelled, rejected or 4xx a warning; the rest is info. */
export const eventLevelSchema = z.enum(['info', 'warning', 'error']);
export type EventLevel = z.infer<typeof eventLevelSchema>;

const searchShape = {
  range: rangeSchema,
  /** Dimensions of KPIs and those of events; `attributes.<name>` for whatever has no column. */
  filters: z.array(filterSchema).max(20).default([]),
  /** Words that the event's line must contain, case ignored: all of them. */
  search: z.string().max(512).optional(),
};

/**
 * `POST /v1/events/search`: single events, as raw events are kept, by time and then by id. `cursor` is the `next` of an
 * earlier answer to the same question; only `limit` may differ. An answer may hold fewer than `limit` and still have a
 * `next`: where what is looked for is rare (notice `search_incomplete`) or events are large (`page_cut`).
 */
export const eventSearchSchema = z.strictObject({
  ...searchShape,
  order: z.enum(['newestFirst', 'oldestFirst']).default('newestFirst'),
  limit: z.int().min(1).max(5_000).default(100),
  cursor: z.string().min(1).max(512).optional(),
});
export type EventSearch = z.infer<typeof eventSearchSchema>;
export type EventSearchInput = z.input<typeof eventSearchSchema>;

export const foundEventSchema = z.object({
  eventId: z.string(),
  time: z.string(),
  receivedAt: z.string(),
  type: z.string(),
  level: eventLevelSchema,
  /** The event in one line, for a reader of logs. */
  line: z.string(),
  /** What is known of it, by name: columns that are not empty, and attributes. */
  fields: z.record(z.string(), z.string()),
});
export type FoundEvent = z.infer<typeof foundEventSchema>;

export const foundEventsSchema = z.object({
  events: z.array(foundEventSchema),
  /** Absent when there is no more. */
  next: z.string().optional(),
  meta: z.object({
    asOf: z.string(),
    completeUntil: z.string(),
    source: z.array(z.string()),
    notices: z.array(noticeSchema),
  }),
});
export type FoundEvents = z.infer<typeof foundEventsSchema>;

/** `POST /v1/events/volume`: how many events of each level, by time; the answer is an `EventVolume`. */
export const eventVolumeQuerySchema = z.strictObject({
  ...searchShape,
  interval: intervalSchema,
  timeZone: z.string().min(1).max(64).optional(),
});
export type EventVolumeQuery = z.infer<typeof eventVolumeQuerySchema>;
export type EventVolumeQueryInput = z.input<typeof eventVolumeQuerySchema>;

export const eventVolumeSchema = z.object({
  buckets: z.array(z.object({ time: z.string(), info: z.number(), warning: z.number(), error: z.number() })),
  meta: foundEventsSchema.shape.meta,
});
export type EventVolume = z.infer<typeof eventVolumeSchema>;

/** Presets of annotations, and events by one's own choice. */
export const annotationKindSchema = z.enum(['releases', 'outages', 'licences', 'budgets', 'events']);
export type AnnotationKind = z.infer<typeof annotationKindSchema>;

/**
 * `POST /v1/annotations`. `releases`: the first run of each version of an agent, ever. `outages`: windows of `minutes`, laid
 * out from 1970 on, in which at least `errorRate` of the API's requests ended with 500 or above, of at least 10 requests
 * and 3 failures; adjacent ones are one span. `licences`: seats bought, assigned and released, one for each local day, at
 * the first of its events. `budgets`: when the cost of a month passes a share of its budget. `events`: each event that
 * `filters` and `search` let through. Of more than `limit` the latest are given, with the notice `annotations_truncated`.
 */
export const annotationQuerySchema = z.strictObject({
  ...searchShape,
  kind: annotationKindSchema,
  errorRate: z.number().min(0).max(1).default(0.05),
  minutes: z.int().min(1).max(1_440).default(5),
  timeZone: z.string().min(1).max(64).optional(),
  limit: z.int().min(1).max(1_000).default(200),
});
export type AnnotationQuery = z.infer<typeof annotationQuerySchema>;
export type AnnotationQueryInput = z.input<typeof annotationQuerySchema>;

export const annotationSchema = z.object({
  time: z.string(),
  /** Of a span; absent for an instant. */
  timeEnd: z.string().optional(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
});
export type Annotation = z.infer<typeof annotationSchema>;

export const annotationsSchema = z.object({
  annotations: z.array(annotationSchema),
  meta: foundEventsSchema.shape.meta,
});
export type Annotations = z.infer<typeof annotationsSchema>;
