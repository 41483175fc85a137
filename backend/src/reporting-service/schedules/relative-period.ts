import type { RelativePeriod } from '@coditect/contracts';
import type { Range } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';

const dayMs = 86_400_000;
/** Days since 1970-01-01 that are Mondays leave this rest. */
const mondayRest = 4;

/**
 * The period that a run is for: whole local days, the last of which is over when it runs. `monthToDate` is the month of
 * yesterday up to yesterday, so that the run on the first shows the month that has ended.
 */
export function toRange(period: RelativePeriod, runMs: number, zone: Zone): Range {
  const today = zone.localDayOf(runMs);
  const [from, to] = daysOf(period, today);
  return { fromMs: zone.startOfLocalDay(from), toMs: zone.startOfLocalDay(to) };
}

/** The first day, and the day after the last. */
function daysOf(period: RelativePeriod, today: number): readonly [number, number] {
  switch (period) {
    case 'yesterday':
      return [today - 1, today];
    case 'last7Days':
      return [today - 7, today];
    case 'last28Days':
      return [today - 28, today];
    case 'previousWeek': {
      const monday = today - ((((today - mondayRest) % 7) + 7) % 7);
      return [monday - 7, monday];
    }
    case 'previousMonth':
      return [firstOfMonth(today, -1), firstOfMonth(today, 0)];
    case 'monthToDate':
      return [firstOfMonth(today - 1, 0), today];
  }
}

function firstOfMonth(day: number, months: number): number {
  const date = new Date(day * dayMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / dayMs;
}
