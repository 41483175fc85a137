import type { BucketRule, MeasureRequest } from '../storage/metric-reads.js';
import type { QueryLimits } from './limits.js';
import type { MetricReader } from './metric-engine.js';
import type { MeasurePlan, Span } from './query-plan.js';
import { createReadingsBuilder, noReadings, type Readings } from './readings.js';
import { refuse } from './refuse.js';
import { indexOfBucket, ruleOf } from './time/bucket-rule.js';
import type { Buckets } from './time/buckets.js';

export interface ReadOptions {
  readonly reader: MetricReader;
  readonly limits: QueryLimits;
  readonly signal: AbortSignal;
}

export interface ReadSpans {
  readonly current: Readings;
  readonly previous: Readings | undefined;
}

/** Reads both spans of a plan. Throws 422 `too_many_groups` or `too_many_points`. */
export async function readMeasures(plan: MeasurePlan, options: ReadOptions): Promise<ReadSpans> {
  const isGrouped = plan.groupBy.length > 0;
  if (isGrouped && (plan.interval === undefined || plan.limit !== undefined)) {
    return readRanked(plan, options);
  }
  const [current, previous] = await Promise.all([
    readSpan(plan, plan.current, options),
    plan.previous && readSpan(plan, plan.previous, options),
  ]);
  const { groupsMax } = options.limits;
  if (current.groups.size > groupsMax) throw tooManyGroups(groupsMax, current.groups.size);
  return { current, previous };
}

/** The greatest groups first: for a total that is the answer, for a series it says which groups to read. */
async function readRanked(plan: MeasurePlan, options: ReadOptions): Promise<ReadSpans> {
  const ranked = await rankGroups(plan, plan.current, options);
  const isWhole = ranked.groupsFound <= ranked.groups.size;
  const onlyGroups = groupsOf(ranked);
  const narrowed = isWhole ? {} : { onlyGroups };
  if (plan.interval === undefined) {
    const previous = plan.previous && (await readSpan(plan, plan.previous, options, narrowed));
    return { current: ranked, previous };
  }
  if (onlyGroups.length === 0) return { current: noReadings, previous: plan.previous && noReadings };
  const [current, previous] = await Promise.all([
    readSpan(plan, plan.current, options, narrowed),
    plan.previous && readSpan(plan, plan.previous, options, { onlyGroups }),
  ]);
  return { current: { ...current, groupsFound: ranked.groupsFound }, previous };
}

async function rankGroups(plan: MeasurePlan, span: Span, options: ReadOptions): Promise<Readings> {
  const total: Span = { range: span.range, buckets: toTotal(span) };
  const rowsMax = plan.limit ?? options.limits.groupsMax;
  const ranked = await readSpan(plan, total, options, { isRanked: true, rowsMax });
  if (plan.limit === undefined && ranked.groupsFound > rowsMax)
    throw tooManyGroups(rowsMax, ranked.groupsFound);
  return ranked;
}

function groupsOf({ groups }: Readings): readonly (readonly string[])[] {
  return [...groups.values()].map(({ group }) => group);
}

/** The groups of a whole series, without its buckets. Throws 422 `too_many_groups`. */
export async function readGroups(plan: MeasurePlan, options: ReadOptions): Promise<ReadSpans> {
  if (plan.groupBy.length === 0) return { current: noReadings, previous: undefined };
  const current = await rankGroups(plan, plan.current, options);
  const isAsked = plan.previous !== undefined && plan.limit === undefined;
  return { current, previous: isAsked ? await rankGroups(plan, plan.previous, options) : undefined };
}

/** Both spans of a plan whose groups are known from `readGroups`. */
export async function readSeriesOf(
  groups: Readings,
  plan: MeasurePlan,
  options: ReadOptions,
): Promise<ReadSpans> {
  const isWhole = groups.groupsFound <= groups.groups.size;
  const narrowed = isWhole ? {} : { onlyGroups: groupsOf(groups) };
  const current = await readSpan(plan, plan.current, options, narrowed);
  return { current, previous: plan.previous && (await readSpan(plan, plan.previous, options, narrowed)) };
}

async function readSpan(
  plan: MeasurePlan,
  span: Span,
  { reader, limits, signal }: ReadOptions,
  narrowed: Partial<Pick<MeasureRequest, 'onlyGroups' | 'isRanked' | 'rowsMax'>> = {},
): Promise<Readings> {
  if (span.range.fromMs < 0) return noReadings;
  const rule = toRule(span, plan);
  const answer = await reader.readMeasures(
    {
      fromMs: span.range.fromMs,
      toMs: span.range.toMs,
      buckets: rule,
      groupBy: plan.groupBy,
      filters: plan.filters,
      terms: plan.terms,
      isRanked: false,
      rowsMax: limits.rowsMax,
      ...narrowed,
    },
    signal,
  );
  if (answer.isTruncated) throw tooManyRows(limits.rowsMax);
  const indexOf = indexOfBucket(rule, span.buckets);
  const builder = createReadingsBuilder();
  for (const row of answer.rows) builder.add(row.group, indexOf(row.bucketSec), row.terms);
  return builder.build(answer.groups);
}

function toTotal(span: Span): Buckets {
  return { startsMs: [span.range.fromMs], endMs: span.range.toMs };
}

function toRule(span: Span, plan: MeasurePlan): BucketRule {
  return plan.interval === undefined ? { kind: 'total' } : ruleOf(span.buckets);
}

export function tooManyGroups(limit: number, found: number): Error {
  return refuse(
    'too_many_groups',
    `There are ${found} groups and an answer holds at most ${limit}. Set "limit" for the greatest ones, or filter.`,
    { pointer: '/groupBy', limit },
  );
}

export function tooManyRows(limit: number): Error {
  return refuse(
    'too_many_points',
    `The answer would have more than ${limit} rows. Set "limit", take a wider interval or a shorter range.`,
    { pointer: '/groupBy', limit },
  );
}
