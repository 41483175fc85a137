import type { Interval } from '@coditect/contracts';
import type { Zone } from './zone.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Consecutive spans of time: a bucket goes from its start to the next one's, the last one to `endMs`. */
export interface Buckets {
  /** Ascending, the first at or before the range. Epoch milliseconds. */
  readonly startsMs: readonly number[];
  readonly endMs: number;
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

const nominalMs: Readonly<Record<Interval, number>> = {
  '1m': minuteMs,
  '5m': 5 * minuteMs,
  '15m': 15 * minuteMs,
  '1h': 60 * minuteMs,
  '1d': dayMs,
  '1w': 7 * dayMs,
  '1M': 30 * dayMs,
};

export function isCalendarInterval(interval: Interval): interval is '1d' | '1w' | '1M' {
  return interval === '1d' || interval === '1w' || interval === '1M';
}

/** How many buckets a range has, give or take a few: enough to refuse a question before its buckets are laid out. */
export function estimateBuckets(range: Range, interval: Interval): number {
  return Math.floor((range.toMs - range.fromMs) / nominalMs[interval]);
}

/**
 * The buckets of an interval that cover a range, aligned with the clocks of the zone: days begin at local midnight,
 * weeks on Monday, months on the first. A local hour that comes twice is two buckets.
 */
export function layOutBuckets(range: Range, interval: Interval, zone: Zone): Buckets {
  return isCalendarInterval(interval)
    ? layOutCalendar(range, interval, zone)
    : layOutClock(range, nominalMs[interval], zone);
}

function layOutCalendar(range: Range, interval: '1d' | '1w' | '1M', zone: Zone): Buckets {
  const startsMs: number[] = [];
  let day = startOfPeriod(zone.localDayOf(range.fromMs), interval);
  let start = zone.startOfLocalDay(day);
  while (start < range.toMs) {
    // A day that a zone skipped (Samoa, 2011-12-30) starts when the next one does: it gets no bucket.
    if (start !== startsMs.at(-1)) startsMs.push(start);
    day = nextPeriod(day, interval);
    start = zone.startOfLocalDay(day);
  }
  return { startsMs, endMs: start };
}

function startOfPeriod(day: number, interval: '1d' | '1w' | '1M'): number {
  if (interval === '1d') return day;
  // Day 0, 1970-01-01, was a Thursday.
  if (interval === '1w') return day - ((((day + 3) % 7) + 7) % 7);
  return firstOfMonth(day, 0);
}

function nextPeriod(day: number, interval: '1d' | '1w' | '1M'): number {
  if (interval === '1d') return day + 1;
  return interval === '1w' ? day + 7 : firstOfMonth(day, 1);
}

function firstOfMonth(day: number, monthsLater: number): number {
  const date = new Date(day * dayMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1) / dayMs;
}

/**
 * Equal steps of the local clock. Where the clock jumps by less than a step (30 minutes on Lord Howe Island), the
 * jump itself is a boundary, so that no bucket holds two different hours.
 */
function layOutClock(range: Range, stepMs: number, zone: Zone): Buckets {
  const align = (atMs: number, offsetMs: number): number =>
    Math.floor((atMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const jumps = zone
    .listTransitions(range.fromMs - stepMs, range.toMs + stepMs)
    .filter((jump) => (jump.offsetMs - jump.offsetBeforeMs) % stepMs !== 0);
  const passed = jumps.filter((jump) => jump.atMs <= range.fromMs).at(-1);
  const startsMs: number[] = [];
  let offset = zone.offsetMs(range.fromMs);
  let start = Math.max(align(range.fromMs, offset), passed?.atMs ?? -Infinity);
  let nextJump = jumps.findIndex((jump) => jump.atMs > range.fromMs);
  while (start < range.toMs) {
    startsMs.push(start);
    const next = align(start, offset) + stepMs;
    const jump = nextJump < 0 ? undefined : jumps[nextJump];
    if (jump !== undefined && jump.atMs <= next) {
      start = jump.atMs;
      offset = jump.offsetMs;
      nextJump += 1;
    } else {
      start = next;
    }
  }
  return { startsMs, endMs: start };
}

/** The end of the last bucket that has ended by an instant; the instant itself when none has. */
export function lastFinished(buckets: Buckets, atMs: number): number {
  const ends = [...buckets.startsMs, buckets.endMs];
  return ends.findLast((end) => end <= atMs) ?? atMs;
}

/** The step in milliseconds when every bucket is as wide as the next, `undefined` otherwise. */
export function findStep(buckets: Buckets): number | undefined {
  const ends = [...buckets.startsMs.slice(1), buckets.endMs];
  const [first = 0] = buckets.startsMs;
  const step = (ends[0] ?? buckets.endMs) - first;
  return buckets.startsMs.every(
    (start, index) => start === first + index * step && ends[index] === start + step,
  )
    ? step
    : undefined;
}
