import type { QueryPlan, Span, UserSpan } from './query-plan.js';
import type { ReadSpans } from './read-measures.js';
import { createReadingsBuilder, type Readings } from './readings.js';

/** Costs are kept to a billionth of a dollar; counts, tokens and milliseconds are coarser. */
const parts = 1_000_000_000;

/** Makes the total out of what was read of its series. `undefined` where it has to be read by itself. */
export function findTotalOf(
  series: QueryPlan,
  total: QueryPlan,
): ((read: ReadSpans) => ReadSpans) | undefined {
  const makeTotal = findMaker(series, total);
  return (
    makeTotal &&
    (({ current, previous }) => ({ current: makeTotal(current), previous: previous && makeTotal(previous) }))
  );
}

function findMaker(series: QueryPlan, total: QueryPlan): ((readings: Readings) => Readings) | undefined {
  if (series.kind === 'measures') {
    // Calendar periods may be compared with other ones.
    const isSum = isSameRange(series.previous, total.previous);
    return isSum && series.terms.every(({ kind }) => kind !== 'quantile') ? sumBuckets : undefined;
  }
  if (series.kind !== 'activeUsers' || total.kind !== 'activeUsers') return undefined;
  const isLast = endsAlike(series.current, total.current) && endsAlike(series.previous, total.previous);
  return isLast ? takeLastBuckets : undefined;
}

function isSameRange(left: Span | undefined, right: Span | undefined): boolean {
  return left?.range.fromMs === right?.range.fromMs && left?.range.toMs === right?.range.toMs;
}

/** Windows that end with the same day, cut off at the same instant. */
function endsAlike(left: UserSpan | undefined, right: UserSpan | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return isSameRange(left, right) && left.endMs === right.endMs && lastDayOf(left) === lastDayOf(right);
}

/** Days since 1970-01-01. Periods have none. */
function lastDayOf({ days }: UserSpan): number {
  const last = days.periodOfDay === undefined ? days.answerDays.at(-1) : undefined;
  return last === undefined ? NaN : days.firstLocalDay + last;
}

function takeLastBuckets({ groups }: Readings): Readings {
  const builder = createReadingsBuilder();
  for (const { group, buckets } of groups.values()) {
    const last = buckets.at(-1);
    // Groups that had users only before are none of the total.
    if (last?.some((term) => term !== 0) === true) builder.add(group, 0, last);
  }
  return builder.build();
}

function sumBuckets({ groups, groupsFound }: Readings): Readings {
  const builder = createReadingsBuilder();
  for (const { group, buckets } of groups.values()) {
    const sums: number[] = [];
    // Buckets without anything are holes.
    for (const terms of buckets) {
      terms?.forEach((value, index) => (sums[index] = (sums[index] ?? 0) + (value ?? 0)));
    }
    builder.add(group, 0, sums.map(roundOff));
  }
  return builder.build(groupsFound);
}

/** What binary fractions leave of 0.1 + 0.2. */
function roundOff(sum: number): number {
  const whole = sum * parts;
  return Number.isSafeInteger(Math.round(whole)) ? Math.round(whole) / parts : sum;
}
