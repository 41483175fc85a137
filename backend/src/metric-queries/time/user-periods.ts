import type { Interval } from '@coditect/contracts';
import type { PeriodsByDay } from '../../storage/metric-reads.js';
import { refuse } from '../refuse.js';
import { layOutBuckets, type Buckets } from './buckets.js';
import { layOutUserDays } from './user-days.js';
import type { Zone } from './zone.js';

const dayMs = 86_400_000;
const daysAtMost: Partial<Record<Interval, number>> = { '1d': 1, '1w': 7, '1M': 31 };

/** The periods, and `count` more after them. */
export function followPeriods(periods: Buckets, count: number, interval: Interval, zone: Zone): Buckets {
  const [fromMs = periods.endMs] = periods.startsMs;
  // An hour more for each, and a week at the end: clocks go back, and a zone may have skipped a day.
  const stepMs = (daysAtMost[interval] ?? 31) * dayMs + 3_600_000;
  const toMs = periods.endMs + count * stepMs + 7 * dayMs;
  const all = layOutBuckets({ fromMs, toMs }, interval, zone);
  const wanted = periods.startsMs.length + count;
  return { startsMs: all.startsMs.slice(0, wanted), endMs: all.startsMs[wanted] ?? all.endMs };
}

/** The periods, and the one before them. */
export function precedePeriods(periods: Buckets, interval: Interval, zone: Zone): Buckets {
  const [firstMs = periods.endMs] = periods.startsMs;
  const before = layOutBuckets({ fromMs: firstMs - 1, toMs: firstMs }, interval, zone);
  return { startsMs: [...before.startsMs, ...periods.startsMs], endMs: periods.endMs };
}

/** Throws 422 `grain_not_available` where local days do not begin on quarter hours, as in a few zones before 1972. */
export function layPeriodsOverDays({ startsMs, endMs }: Buckets, zone: Zone): PeriodsByDay {
  const [firstMs = endMs] = startsMs;
  const length = zone.localDayOf(endMs - 1) - zone.localDayOf(firstMs) + 1;
  const days = layOutUserDays({ startsMs: [firstMs], endMs }, endMs, length, zone);
  if (days === undefined) {
    const reason = `Local days of ${zone.name} did not begin on a quarter hour at that time.`;
    throw refuse('grain_not_available', reason, { pointer: '/timeZone' });
  }
  let period = -1;
  const periodOfDay = days.dayStartsMs.map((dayStartMs) => {
    while ((startsMs[period + 1] ?? Infinity) <= dayStartMs) period += 1;
    return dayStartMs >= endMs ? startsMs.length : period;
  });
  const find = (day: number): number => (day < 0 ? -1 : (periodOfDay[day] ?? startsMs.length));
  return {
    firstUtcDay: days.firstUtcDay,
    cuts: days.cuts.map(({ before, after, quarters }) => ({
      before: find(before),
      after: find(after),
      quarters,
    })),
    count: startsMs.length,
    startsMs,
    endMs,
  };
}
