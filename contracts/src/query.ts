import { z } from 'zod';
import { answerTargetSchema } from './target.js';

/** Width of a bucket. `1d`, `1w` (Monday) and `1M` are calendar periods in the query's time zone. */
export const intervalSchema = z.enum(['1m', '5m', '15m', '1h', '1d', '1w', '1M']);
export type Interval = z.infer<typeof intervalSchema>;

export const compareToSchema = z.enum(['previousPeriod', 'lastWeek', 'lastMonth', 'lastYear', 'none']);
export type CompareTo = z.infer<typeof compareToSchema>;

export const filterOperatorSchema = z.enum(['=', '!=', 'in', 'not in', '=~', '!~']);
export type FilterOperator = z.infer<typeof filterOperatorSchema>;

const filterValueSchema = z.string().max(1_024);

/** `in` and `not in` take a list, every other operator one string; `=~` and `!~` take an RE2 expression, unanchored. */
export const filterSchema = z
  .strictObject({
    // Room for `attributes.` and the longest name of an attribute, in searches of events.
    dimension: z.string().min(1).max(300),
    operator: z.preprocess((value) => (value === 'regex' ? '=~' : value), filterOperatorSchema),
    value: z.union([filterValueSchema, z.array(filterValueSchema).min(1).max(1_000)], {
      error: 'give a text or a list of texts; a number is written as a text, such as "200"',
    }),
  })
  .superRefine((filter, context) => {
    const wantsList = filter.operator === 'in' || filter.operator === 'not in';
    if (wantsList !== Array.isArray(filter.value)) {
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: wantsList
          ? `operator "${filter.operator}" takes a list of strings`
          : `operator "${filter.operator}" takes one string`,
      });
    }
  });
export type Filter = z.infer<typeof filterSchema>;

const instantSchema = z.iso.datetime({ offset: true });

/** Half-open: `from` belongs to the range, `to` does not. ISO-8601 with an offset. */
export const rangeSchema = z.strictObject({ from: instantSchema, to: instantSchema });
export type QueryRange = z.infer<typeof rangeSchema>;

/**
 * The one question that panels, variables, reports and alerts ask.
 * Exactly one of `interval` (a series) or `total: true` (one value per group) is given.
 * `timeZone` is an IANA name; without it the tenant's own is used.
 */
export const metricQuerySchema = z
  .strictObject({
    metric: z.string().min(1).max(64),
    range: rangeSchema,
    interval: intervalSchema.optional(),
    total: z.literal(true).optional(),
    groupBy: z.array(z.string().min(1).max(64)).max(4).default([]),
    filters: z.array(filterSchema).max(20).default([]),
    timeZone: z.string().min(1).max(64).optional(),
    compareTo: compareToSchema.default('none'),
    limit: z.int().min(1).max(10_000).optional(),
  })
  .superRefine(checkGrain);

function checkGrain(
  query: { readonly interval?: unknown; readonly total?: unknown },
  context: z.RefinementCtx,
): void {
  if ((query.interval === undefined) !== (query.total === undefined)) return;
  context.addIssue({
    code: 'custom',
    path: ['interval'],
    message: 'give exactly one of "interval" and "total": true',
  });
}
export type MetricQuery = z.infer<typeof metricQuerySchema>;
/** What a caller may write: everything with a default may be left out. */
export type MetricQueryInput = z.input<typeof metricQuerySchema>;

/**
 * What metrics-service is asked: with `withTotal` the answer to a series also has the value of the whole range, as the
 * same question with `total: true` would be answered at that moment.
 */
export const panelQuerySchema = z
  .strictObject({ ...metricQuerySchema.shape, withTotal: z.boolean().optional() })
  .superRefine(checkGrain)
  .superRefine(({ interval, withTotal }, context) => {
    if (withTotal !== true || interval !== undefined) return;
    context.addIssue({ code: 'custom', path: ['withTotal'], message: 'goes with "interval" only' });
  });
export type PanelQuery = z.infer<typeof panelQuerySchema>;
export type PanelQueryInput = z.input<typeof panelQuerySchema>;

/** Units a value can have. `ratio` is 0 to 1. `USD` is dollars. `count` is a plain number of things. */
export const unitSchema = z.enum([
  'count',
  'users',
  'ratio',
  'milliseconds',
  'USD',
  'tokens',
  'bytes',
  'seconds',
]);
export type Unit = z.infer<typeof unitSchema>;

/**
 * Column order: `time` (series only), the group-by dimensions as asked, then for ratios `numerator` and
 * `denominator`, then with a comparison `previous`, and the value is always the last column, named `value`.
 */
export const answerColumnSchema = z.object({
  name: z.string(),
  type: z.enum(['time', 'string', 'number']),
  unit: unitSchema.optional(),
});
export type AnswerColumn = z.infer<typeof answerColumnSchema>;

/**
 * A time is an ISO-8601 UTC string and names the start of its bucket. `null` is "no value", never zero; a bucket that
 * has not begun when the store is read has none.
 */
export const answerCellSchema = z.union([z.string(), z.number(), z.null()]);
export type AnswerCell = z.infer<typeof answerCellSchema>;

export const noticeSchema = z.object({
  severity: z.enum(['info', 'warning']),
  code: z.string(),
  text: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;

/** From the comparison of closed local days; the KPIs of the same names have the definitions. */
export const answerQualitySchema = z.object({
  reconciliationDifference: z.number(),
  /** 0 to 1; `null` without events. */
  completeness: z.number().nullable(),
  lateness: z.number().nullable(),
  /** Closed days of the range that were compared, and those that wait for it. */
  daysCompared: z.number(),
  daysWaiting: z.number(),
});
export type AnswerQuality = z.infer<typeof answerQualitySchema>;

export const answerMetaSchema = z.object({
  metric: z.string(),
  title: z.string(),
  unit: unitSchema,
  /** Which way is good news. */
  direction: z.enum(['up', 'down', 'neutral']),
  definition: z.string(),
  /** Of a tenant's own KPI: another one whenever its definition is. */
  revision: z.string().optional(),
  /** When the store was read. */
  asOf: z.string(),
  /** Everything that was accepted and happened before this instant is in the numbers. */
  completeUntil: z.string(),
  /** Of a KPI that follows users for days: up to when their events are stored. `completeUntil` is behind by what it follows. */
  storedUntil: z.string().optional(),
  /** Tables that answered, in the store's own names. */
  source: z.array(z.string()),
  timeZone: z.string(),
  /** The period that was compared with, when one was asked for. */
  comparedTo: rangeSchema.optional(),
  notices: z.array(noticeSchema),
  /** How well the events of the range are known, where the rollups were compared with the real-time store. */
  quality: answerQualitySchema.optional(),
  /** What the KPI is meant to be, where the tenant has said so. */
  target: answerTargetSchema.optional(),
});
export type AnswerMeta = z.infer<typeof answerMetaSchema>;

export const metricAnswerSchema = z.object({
  columns: z.array(answerColumnSchema),
  rows: z.array(z.array(answerCellSchema)),
  /** With `withTotal`: the whole range, group by group, the greatest first. The columns without `time`. */
  totals: z.array(z.array(answerCellSchema)).optional(),
  meta: answerMetaSchema,
});
export type MetricAnswer = z.infer<typeof metricAnswerSchema>;

/** `GET /v1/dimensions/{name}/values?prefix=` */
export const dimensionValuesSchema = z.object({
  dimension: z.string(),
  values: z.array(z.object({ value: z.string(), events: z.number() })),
  truncated: z.boolean(),
});
export type DimensionValues = z.infer<typeof dimensionValuesSchema>;

/** `GET /v1/status`: who is asking, how fresh the data is, and what this service is. */
export const serviceStatusSchema = z.object({
  service: z.string(),
  version: z.string(),
  tenant: z.string(),
  timeZone: z.string(),
  /** Events stored for this tenant. */
  events: z.number(),
  /** The newest `time` of a stored event, `null` before the first. */
  newestEventAt: z.string().nullable(),
  /** When the newest event was received, `null` before the first. */
  newestReceivedAt: z.string().nullable(),
  /** Seconds between now and `newestReceivedAt`. */
  freshnessSeconds: z.number().nullable(),
  asOf: z.string(),
});
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;
