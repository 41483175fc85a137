import type { CompareTo, Interval } from '@coditect/contracts';
import { isCalendarInterval, type Range } from './buckets.js';
import type { Zone } from './zone.js';

/**
 * The range that a question is compared with; it may be empty or before any event, never `undefined` unless nothing
 * is compared. Days and months are local, so wall-clock times stay what they are across changes of the clock.
 */
export function findComparedRange(
  compareTo: CompareTo,
  range: Range,
  interval: Interval | undefined,
  zone: Zone,
): Range | undefined {
  switch (compareTo) {
    case 'none':
      return undefined;
    case 'previousPeriod':
      return shiftToPrevious(range, interval, zone);
    case 'lastWeek':
      return shiftBoth(range, zone, { days: -7 });
    case 'lastMonth':
      return shiftBoth(range, zone, { months: -1 });
    case 'lastYear':
      return shiftBoth(range, zone, { months: -12 });
  }
}

/**
 * Directly before and equally long: whole months when a monthly series begins and ends with a month, whole local
 * days when both ends are midnights or the buckets are calendar periods, else the same milliseconds.
 */
function shiftToPrevious(range: Range, interval: Interval | undefined, zone: Zone): Range {
  const months = interval === '1M' ? countWholeMonths(range, zone) : undefined;
  if (months !== undefined)
    return { fromMs: zone.shift(range.fromMs, { months: -months }), toMs: range.fromMs };
  const isLocalMidnight = (atMs: number): boolean => zone.startOfLocalDay(zone.localDayOf(atMs)) === atMs;
  const areMidnights = isLocalMidnight(range.fromMs) && isLocalMidnight(range.toMs);
  if (areMidnights || (interval !== undefined && isCalendarInterval(interval))) {
    const days = countLocalDays(range, zone);
    return areMidnights
      ? { fromMs: zone.shift(range.fromMs, { days: -days }), toMs: range.fromMs }
      : shiftBoth(range, zone, { days: -days });
  }
  const length = range.toMs - range.fromMs;
  return { fromMs: range.fromMs - length, toMs: range.fromMs };
}

/** Local days that a range covers, a begun one as a whole; at least one. */
function countLocalDays(range: Range, zone: Zone): number {
  const wallLength = range.toMs + zone.offsetMs(range.toMs) - range.fromMs - zone.offsetMs(range.fromMs);
  return Math.max(1, Math.ceil(wallLength / 86_400_000));
}

function countWholeMonths(range: Range, zone: Zone): number | undefined {
  const from = monthOf(range.fromMs, zone);
  const to = monthOf(range.toMs, zone);
  return from === undefined || to === undefined ? undefined : to - from;
}

/** Number of a month when the instant is its first, `undefined` otherwise. */
function monthOf(atMs: number, zone: Zone): number | undefined {
  const day = zone.localDayOf(atMs);
  const date = new Date(day * 86_400_000);
  if (date.getUTCDate() !== 1 || zone.startOfLocalDay(day) !== atMs) return undefined;
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** A range that would shrink to nothing (30 and 31 March, a month earlier) keeps its length instead. */
function shiftBoth(
  range: Range,
  zone: Zone,
  by: { readonly days?: number; readonly months?: number },
): Range {
  const fromMs = zone.shift(range.fromMs, by);
  const toMs = zone.shift(range.toMs, by);
  return { fromMs, toMs: toMs > fromMs ? toMs : fromMs + (range.toMs - range.fromMs) };
}
