import type { PeriodsByDay, SeatMoment } from '../../storage/metric-reads.js';
import { layOutBuckets, type Buckets, type Range } from './buckets.js';
import { layPeriodsOverDays } from './user-periods.js';
import type { Zone } from './zone.js';

/** The end of each period that has begun, or now; and the local days that users can be active in, since 1970-01-01. */
export function layOutMoments(
  { startsMs, endMs }: Buckets,
  activeDays: number,
  nowMs: number,
  zone: Zone,
): { readonly moments: readonly SeatMoment[]; readonly firstDay: number; readonly lastDay: number } {
  const begun = startsMs.filter((startMs) => startMs < nowMs);
  const ends = begun.map((_start, index) => Math.min(startsMs[index + 1] ?? endMs, nowMs));
  const lastDays = ends.map((atMs) => zone.localDayOf(atMs - 1));
  const firstDay = (lastDays[0] ?? 0) - activeDays + 1;
  const moments = ends.map((atMs, index): SeatMoment => {
    const lastDay = lastDays[index] ?? firstDay;
    return {
      atMs,
      lastDay: lastDay - firstDay,
      graceMs: zone.startOfLocalDay(lastDay - activeDays + 1),
    };
  });
  return { moments, firstDay, lastDay: lastDays.at(-1) ?? firstDay };
}

/** Local days, each of them a period, from one to another. Days are counted since 1970-01-01. */
export function layOutEachDay(firstDay: number, lastDay: number, zone: Zone): PeriodsByDay {
  const range = { fromMs: zone.startOfLocalDay(firstDay), toMs: zone.startOfLocalDay(lastDay + 1) };
  return layPeriodsOverDays(layOutBuckets(range, '1d', zone), zone);
}

/** The local days of a range as far as they have begun, and as many before them. */
export function wholeDays(
  range: Range,
  nowMs: number,
  zone: Zone,
): { before: Range; days: Range; endMs: number } {
  const first = zone.localDayOf(range.fromMs);
  const last = Math.max(first, zone.localDayOf(Math.min(range.toMs, nowMs) - 1));
  const startOf = (day: number): number => zone.startOfLocalDay(day);
  const days = { fromMs: startOf(first), toMs: startOf(last + 1) };
  const before = { fromMs: startOf(first - (last - first + 1)), toMs: days.fromMs };
  return { before, days, endMs: Math.min(days.toMs, nowMs) };
}
