import { z } from 'zod';
import {
  answerCellSchema,
  answerColumnSchema,
  filterSchema,
  intervalSchema,
  noticeSchema,
  rangeSchema,
} from './query.js';

/** Which events a step, a start or a return is about: of one type, and of these filters. Without a type, any event. */
export const eventMatchSchema = z.strictObject({
  type: z.string().min(1).max(256).optional(),
  filters: z.array(filterSchema).max(10).default([]),
});
export type EventMatch = z.infer<typeof eventMatchSchema>;

/** What every analysis is asked with. `filters` hold for every event that it looks at. */
const analysisShape = {
  range: rangeSchema,
  filters: z.array(filterSchema).max(20).default([]),
  timeZone: z.string().min(1).max(64).optional(),
};
const dayMs = 86_400_000;
const analysisIntervalSchema = intervalSchema.extract(['1d', '1w', '1M']);

/**
 * `POST /v1/analyses/funnel`: how many users took the steps in order. A user enters with the first step within the
 * range, at each of its times anew, and has `windowMs` for the rest, also beyond the end of the range; the furthest
 * attempt counts, once, and of equally far ones the earliest. One event is one step of an attempt; those of the same
 * millisecond are taken in the order of the first step that each can be. Columns: the breakdown's dimension if there is
 * one (of the event of the first step), `step` (1 is the first), `label`, `users`, `conversion` (of those who entered),
 * `stepConversion` and `dropOff` (shares of the step before), `medianMs` and `p90Ms` (from the step before, of those who
 * got there). The last four are `null` for the first step.
 */
export const funnelQuerySchema = z.strictObject({
  ...analysisShape,
  steps: z
    .array(eventMatchSchema.extend({ label: z.string().min(1).max(120).optional() }))
    .min(2)
    .max(10),
  windowMs: z
    .int()
    .min(1_000)
    .max(366 * dayMs)
    .default(7 * dayMs),
  breakdown: z.string().min(1).max(64).optional(),
  /** Most values of the breakdown, those with the most users. */
  limit: z.int().min(1).max(100).default(10),
});
export type FunnelQuery = z.infer<typeof funnelQuerySchema>;
export type FunnelQueryInput = z.input<typeof funnelQuerySchema>;

/**
 * `POST /v1/analyses/retention`: which share of those who started in a period came back. Periods are whole: the range is
 * widened to those it touches. A cohort is whoever had a first `start` event in one of them: the first one ever
 * (`firstEver`), or the first one since the first period began (`firstInRange`). `nDay` counts who returned in the nth
 * period after, `unbounded` who returned in it or a later one of those asked for; a return is never before the start.
 * Columns: `cohort` (time), `size` (users), `period` (0 is the cohort's own, up to `periods` after it), `users`, `share`
 * (of the size). A period that has not ended has `null` for both, and none that has not begun.
 */
export const retentionQuerySchema = z.strictObject({
  ...analysisShape,
  interval: analysisIntervalSchema.default('1w'),
  /** How many after the cohort's own. */
  periods: z.int().min(1).max(60).default(8),
  mode: z.enum(['nDay', 'unbounded']).default('nDay'),
  cohort: z.enum(['firstEver', 'firstInRange']).default('firstEver'),
  start: eventMatchSchema.prefault({}),
  returning: eventMatchSchema.prefault({}),
});
export type RetentionQuery = z.infer<typeof retentionQuerySchema>;
export type RetentionQueryInput = z.input<typeof retentionQuerySchema>;

/**
 * `POST /v1/analyses/lifecycle`: who was active in each period, against the periods before. Periods are whole: the range is
 * widened to those it touches. Columns: `time`, `new` (first active ever), `returning` (active in the period before,
 * too), `resurrected` (active once, not in the period before), `dormant` (active in the period before, not in this one;
 * `null` until the period has ended). Filters of `team`, `project` and `domain` are those of active users, others are
 * read from single events.
 */
export const lifecycleQuerySchema = z.strictObject({
  ...analysisShape,
  interval: analysisIntervalSchema.default('1w'),
});
export type LifecycleQuery = z.infer<typeof lifecycleQuerySchema>;
export type LifecycleQueryInput = z.input<typeof lifecycleQuerySchema>;

/**
 * `POST /v1/analyses/paths`: the most frequent sequences. A path is cut where a user does nothing for `gapMs`; repeats of
 * one step in a row count as one, and after `stepsMax` steps the rest is left out. Events without a value of `by` are not
 * looked at. Columns: `path` (steps joined with ` > `), `steps`, `users`, `times`, `share` (of all paths), `medianMs`
 * (from its first to its last event).
 */
export const pathsQuerySchema = z.strictObject({
  ...analysisShape,
  /** What a step is called after. */
  by: z.string().min(1).max(64).default('type'),
  /** Paths begin with the first of this value of `by` after a pause; without it, where a user begins. */
  startsWith: z.string().min(1).max(256).optional(),
  stepsMax: z.int().min(2).max(10).default(5),
  gapMs: z
    .int()
    .min(1_000)
    .max(7 * dayMs)
    .default(1_800_000),
  limit: z.int().min(1).max(200).default(20),
});
export type PathsQuery = z.infer<typeof pathsQuerySchema>;
export type PathsQueryInput = z.input<typeof pathsQuerySchema>;

/**
 * `POST /v1/analyses/seats`: what is bought, given out and used, at the end of each period. Columns: `time`, `purchased`,
 * `assigned`, `active` (assigned, and their users active within `activeDays`), `idle` (assigned, not active, and assigned
 * for longer than `activeDays`), `unassigned`, `utilisation` (active of assigned), `idleCost` (USD a month; `null` where
 * no price is known).
 */
export const seatsQuerySchema = z.strictObject({
  ...analysisShape,
  interval: analysisIntervalSchema.default('1d'),
  activeDays: z.int().min(1).max(90).default(28),
});
export type SeatsQuery = z.infer<typeof seatsQuerySchema>;
export type SeatsQueryInput = z.input<typeof seatsQuerySchema>;

/**
 * `POST /v1/analyses/seat-transitions`: what became of each seat's user between the range and the period of the same length
 * before. Columns: `transition` (`retained`, `reactivated`, `lapsed`, `reclaimed`, `newlyAssigned`, `stillAtRisk`),
 * `seats`, `monthlyCost` (USD; `null` where no price is known).
 */
export const seatTransitionsQuerySchema = z.strictObject(analysisShape);
export type SeatTransitionsQuery = z.infer<typeof seatTransitionsQuerySchema>;
export type SeatTransitionsQueryInput = z.input<typeof seatTransitionsQuerySchema>;

/**
 * `POST /v1/analyses/budget`: cost against the budget of the calendar month in which the range ends, day by day, always in
 * the tenant's own zone. `filters` narrow the cost, and the budget is the one whose scope they pin down; `budget` names
 * one instead, and its scope is the filter. Columns: `time` (each day of the month), `cost`, `spent` (since the month
 * began), `budget`, `forecast`, `forecastLow`, `forecastHigh` (of `spent` at the end of the day, from today on), in USD;
 * `null` where a day has not come, has passed, or no budget is set.
 */
export const budgetQuerySchema = z.strictObject({
  ...analysisShape,
  budget: z.string().min(1).max(64).optional(),
});
export type BudgetQuery = z.infer<typeof budgetQuerySchema>;
export type BudgetQueryInput = z.input<typeof budgetQuerySchema>;

export const analysisKinds = [
  'funnel',
  'retention',
  'lifecycle',
  'paths',
  'seats',
  'seat-transitions',
  'budget',
] as const;
export type AnalysisKind = (typeof analysisKinds)[number];

export const analysisMetaSchema = z.object({
  analysis: z.enum(analysisKinds),
  title: z.string(),
  /** One sentence for the person who looks at the numbers. */
  definition: z.string(),
  /** When the store was read. */
  asOf: z.string(),
  /** Everything that was accepted and happened before this instant is in the numbers. */
  completeUntil: z.string(),
  /** Tables that answered, in the store's own names. */
  source: z.array(z.string()),
  timeZone: z.string(),
  notices: z.array(noticeSchema),
});
export type AnalysisMeta = z.infer<typeof analysisMetaSchema>;

/** Columns as each analysis names them, in that order. A time is an ISO-8601 UTC string. */
export const analysisAnswerSchema = z.object({
  columns: z.array(answerColumnSchema),
  rows: z.array(z.array(answerCellSchema)),
  meta: analysisMetaSchema,
});
export type AnalysisAnswer = z.infer<typeof analysisAnswerSchema>;
