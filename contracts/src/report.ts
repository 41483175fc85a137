import { z } from 'zod';
import { metricQuerySchema, noticeSchema, rangeSchema } from './query.js';

export const reportFormatSchema = z.enum(['pdf', 'csv']);
export type ReportFormat = z.infer<typeof reportFormatSchema>;

/** One field of what a panel shows. Times are epoch milliseconds; a unit is one of Grafana's ids, such as `percentunit`. */
const reportFrameFieldSchema = z.strictObject({
  name: z.string().max(200),
  type: z.enum(['time', 'number', 'string', 'boolean']),
  unit: z.string().max(64).optional(),
  values: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** What a panel shows, as it shows it: every field has as many values as the others. */
export const reportFrameSchema = z
  .strictObject({
    name: z.string().max(200).optional(),
    fields: z.array(reportFrameFieldSchema).min(1).max(200),
  })
  .superRefine((frame, context) => {
    const rows = frame.fields[0]?.values.length ?? 0;
    frame.fields.forEach((field, index) => {
      if (field.values.length === rows) return;
      const message = `has ${field.values.length} values where the first field has ${rows}`;
      context.addIssue({ code: 'custom', path: ['fields', index, 'values'], message });
    });
  });
export type ReportFrame = z.infer<typeof reportFrameSchema>;

export const reportOptionsSchema = z.strictObject({
  /** Of the PDF. */
  page: z.enum(['A4', 'Letter']).default('A4'),
  /** Of the CSV: as machines read numbers and times, or as people do. */
  numbers: z.enum(['raw', 'formatted']).default('raw'),
  /** Starts the CSV with a byte order mark, by which spreadsheets know UTF-8. */
  byteOrderMark: z.boolean().default(false),
});
export type ReportOptions = z.infer<typeof reportOptionsSchema>;

const reportShape = {
  /** NUL is in no title: PostgreSQL stores every text but one with it. */
  title: z
    .string()
    .trim()
    .overwrite((text) => text.replaceAll('\u0000', '\uFFFD'))
    .min(1)
    .max(200),
  format: reportFormatSchema,
  options: reportOptionsSchema.prefault({}),
};

/** Where a panel's values came from, printed on the report that shows them. */
const reportOriginSchema = z.strictObject({
  dashboard: z.string().max(300).optional(),
  panel: z.string().max(300).optional(),
  range: rangeSchema.optional(),
  timeZone: z.string().max(64).optional(),
});

/**
 * `POST /v1/reports`: recomputed from `queries`, or as shown from `frames`; exactly one of the two. A query without
 * `timeZone` is answered in the tenant's.
 */
export const reportRequestSchema = z
  .strictObject({
    ...reportShape,
    queries: z.array(metricQuerySchema).min(1).max(50).optional(),
    frames: z.array(reportFrameSchema).min(1).max(50).optional(),
    origin: reportOriginSchema.optional(),
  })
  .superRefine((request, context) => {
    if ((request.queries === undefined) === (request.frames === undefined)) {
      const message = 'give exactly one of "queries" and "frames"';
      context.addIssue({ code: 'custom', path: ['queries'], message });
    }
  });
export type ReportRequest = z.infer<typeof reportRequestSchema>;
export type ReportRequestInput = z.input<typeof reportRequestSchema>;

/** `queued` and `running` go on; `expired` was `done` until its file was removed. */
export const reportStateSchema = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'expired']);
export type ReportState = z.infer<typeof reportStateSchema>;

const reportFailureSchema = z.object({ code: z.string(), reason: z.string() });

export const reportFileSchema = z.object({
  name: z.string(),
  contentType: z.string(),
  bytes: z.number(),
  /** Rows of data in it, heads not counted. */
  rows: z.number(),
  sha256: z.string(),
});

/** One report, from its request to the end of its file. Times are ISO-8601 in UTC. */
export const reportSchema = z.object({
  id: z.string(),
  title: z.string(),
  format: reportFormatSchema,
  /** Recomputed, or the values of a panel. */
  content: z.enum(['queries', 'frames']),
  state: reportStateSchema,
  /** 0 to 1. */
  progress: z.number(),
  /** The first is 1; 0 before it began. */
  attempt: z.number(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** When the file of a finished report is removed. */
  expiresAt: z.string().nullable(),
  failure: reportFailureSchema.nullable(),
  file: reportFileSchema.nullable(),
  /** Which schedule asked for it. */
  scheduleId: z.string().nullable(),
  notices: z.array(noticeSchema),
});
export type Report = z.infer<typeof reportSchema>;

/** `GET /v1/reports?limit=&before=`: the newest first; `next` is the `before` of the page after. */
export const reportListSchema = z.object({ reports: z.array(reportSchema), next: z.string().nullable() });
export type ReportList = z.infer<typeof reportListSchema>;

/** `GET /v1/reports/{id}/manifest`, and `manifest.json` in a zip: what each table of a report holds. */
export const reportManifestSchema = z.object({
  id: z.string(),
  title: z.string(),
  tenant: z.string(),
  generatedAt: z.string(),
  timeZone: z.string(),
  tables: z.array(
    z.object({
      /** The file in a zip, the file of a bare CSV, or the section of a PDF. */
      name: z.string(),
      query: metricQuerySchema.nullable(),
      queryHash: z.string().nullable(),
      range: rangeSchema.nullable(),
      asOf: z.string().nullable(),
      completeUntil: z.string().nullable(),
      rows: z.number(),
      /** The sum of each column of numbers, whatever its unit: a proof that no row is missing. */
      controlTotals: z.record(z.string(), z.number()),
      sha256: z.string().nullable(),
    }),
  ),
});
export type ReportManifest = z.infer<typeof reportManifestSchema>;

/** Periods that a schedule can mean, in its own time zone, at the time of the run. */
export const relativePeriodSchema = z.enum([
  'yesterday',
  'last7Days',
  'last28Days',
  'previousWeek',
  'previousMonth',
  'monthToDate',
]);
export type RelativePeriod = z.infer<typeof relativePeriodSchema>;

/** A metric query without its range: each run puts in the period it is for. */
export const scheduledQuerySchema = z
  .strictObject(metricQuerySchema.shape)
  .omit({ range: true })
  .superRefine((query, context) => {
    if ((query.interval === undefined) !== (query.total === undefined)) return;
    const message = 'give exactly one of "interval" and "total": true';
    context.addIssue({ code: 'custom', path: ['interval'], message });
  });
export type ScheduledQuery = z.infer<typeof scheduledQuerySchema>;

export const deliverySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), to: z.array(z.email()).min(1).max(50) }),
  z.strictObject({
    kind: z.literal('webhook'),
    /** As it is sent to: what a URL can't hold is encoded, and the length is that of the result. */
    url: z.url({ protocol: /^https?$/, normalize: true }).max(2_000),
  }),
]);
export type Delivery = z.infer<typeof deliverySchema>;

/** What is written of a schedule. `cron` has five fields; `L` is the last day of the month. */
export const scheduleRequestSchema = z.strictObject({
  ...reportShape,
  cron: z.string().min(9).max(200),
  timeZone: z.string().min(1).max(64),
  /** A run that falls on Saturday or Sunday is left out. */
  weekdaysOnly: z.boolean().default(false),
  startAt: z.iso.datetime({ offset: true }).nullable().default(null),
  endAt: z.iso.datetime({ offset: true }).nullable().default(null),
  paused: z.boolean().default(false),
  period: relativePeriodSchema,
  queries: z.array(scheduledQuerySchema).min(1).max(50),
  deliveries: z.array(deliverySchema).max(10).default([]),
});
export type ScheduleRequest = z.infer<typeof scheduleRequestSchema>;
export type ScheduleRequestInput = z.input<typeof scheduleRequestSchema>;

export const scheduleSchema = scheduleRequestSchema.extend({
  id: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  nextRunAt: z.string().nullable(),
  lastRunAt: z.string().nullable(),
  /** What its webhooks are signed with: only in the answer to the write that gave it its first webhook. */
  webhookSecret: z.string().optional(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const scheduleListSchema = z.object({
  schedules: z.array(scheduleSchema),
  /** Ids of those that this version can't read; absent when there are none. They can be replaced and removed. */
  unreadable: z.array(z.string()).optional(),
});
export type ScheduleList = z.infer<typeof scheduleListSchema>;

/** One run of a schedule, with what became of each of its deliveries. */
export const scheduleRunSchema = z.object({
  id: z.string(),
  dueAt: z.string(),
  isTest: z.boolean(),
  reportId: z.string().nullable(),
  /** Of its report. A run that was missed is `cancelled`. */
  state: reportStateSchema,
  /** Why there is no report, or what is to be known of it; absent when there is nothing to say. */
  reason: z.string().optional(),
  deliveries: z.array(
    z.object({
      kind: z.enum(['email', 'webhook']),
      target: z.string(),
      state: z.enum(['waiting', 'delivered', 'failed']),
      attempts: z.number(),
      reason: z.string().nullable(),
      at: z.string().nullable(),
    }),
  ),
});
export type ScheduleRun = z.infer<typeof scheduleRunSchema>;

export const scheduleRunListSchema = z.object({ runs: z.array(scheduleRunSchema) });
