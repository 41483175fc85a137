import type { PlanBase, DepthSpan, Span } from './query-plan.js';
import { layOutBuckets, type Buckets } from './time/buckets.js';
import { wholeDays } from './time/seat-moments.js';
import { layPeriodsOverDays, precedePeriods } from './time/user-periods.js';

const weekDays = 7;
const heavyDaysAWeek = 3;

/** The days of a span and of the bucket before it. Throws 422 `grain_not_available` as `layPeriodsOverDays` does. */
export function layOutDepth(span: Span, { interval, zone }: PlanBase, nowMs: number): DepthSpan {
  const begun = span.buckets.startsMs.filter((startMs) => startMs < nowMs).length;
  if (begun === 0 || span.range.fromMs < 0) return { ...span, begun: 0, reading: undefined };
  const periods =
    interval === undefined ? toPeriods(span, nowMs, zone) : precedePeriods(span.buckets, interval, zone);
  const [fromMs = periods.endMs] = periods.startsMs;
  const days = layOutBuckets({ fromMs, toMs: periods.endMs }, '1d', zone);
  const periodOfDay = numberDays(days, periods);
  const lengths = periods.startsMs.map(
    (_start, period) => periodOfDay.filter((each) => each === period).length,
  );
  const reading = {
    days: layPeriodsOverDays(days, zone),
    periodOfDay,
    moderateDays: lengths.map((length) => Math.ceil(length / weekDays)),
    heavyDays: lengths.map((length) => Math.ceil((length * heavyDaysAWeek) / weekDays)),
  };
  return { ...span, begun, reading };
}

/** The local days of a total as far as they have begun, and as many before. */
function toPeriods({ range }: Span, nowMs: number, zone: PlanBase['zone']): Buckets {
  const { before, days } = wholeDays(range, nowMs, zone);
  return { startsMs: [before.fromMs, days.fromMs], endMs: days.toMs };
}

function numberDays({ startsMs }: Buckets, periods: Buckets): readonly number[] {
  let period = 0;
  return startsMs.map((dayMs) => {
    while ((periods.startsMs[period + 1] ?? Infinity) <= dayMs) period += 1;
    return period;
  });
}
