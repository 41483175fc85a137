import { layOutBuckets } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';
import type { DaySpan, Span } from '../../storage/timescale/rollup/spans.js';

/** A zone that a tenant had before, up to the first day that was cut in the next one. */
export interface PastZone {
  readonly zone: Zone;
  readonly untilDay: number;
  readonly untilMs: number;
}

/**
 * The local days of a tenant, numbered since 1970-01-01, and their hours, weeks and months. Days lie side by side also
 * where the tenant changed its zone: the first day of the new one begins where the last day of the old one ended.
 */
export interface Calendar {
  localDayOf(atMs: number): number;
  startOfDay(day: number): number;
  /** Local hours of these consecutive days, cut where clocks jump. */
  hoursOf(firstDay: number, lastDay: number): readonly DaySpan[];
  /** Of these days those that have any time: a zone may have skipped one. */
  spansOf(days: Iterable<number>): readonly DaySpan[];
  /** Weeks or months with one of these days that are over before `closedUntil` and lie in one zone. */
  periodsOf(interval: '1w' | '1M', days: Iterable<number>, closedUntil: number): readonly Span[];
}

interface Segment {
  readonly zone: Zone;
  readonly sinceDay: number;
  readonly sinceMs: number;
  readonly untilDay: number;
  readonly untilMs: number;
}

/** `past` in ascending order. */
export function createCalendar(zone: Zone, past: readonly PastZone[]): Calendar {
  const segments = toSegments(zone, past);
  const segmentAt = (atMs: number): Segment =>
    segments.find(({ untilMs }) => atMs < untilMs) ?? last(segments);
  const segmentOf = (day: number): Segment =>
    segments.find(({ untilDay }) => day < untilDay) ?? last(segments);

  function localDayOf(atMs: number): number {
    const segment = segmentAt(atMs);
    return Math.max(segment.sinceDay, Math.min(segment.zone.localDayOf(atMs), segment.untilDay - 1));
  }
  function startOfDay(day: number): number {
    const segment = segmentOf(day);
    return day === segment.sinceDay ? segment.sinceMs : segment.zone.startOfLocalDay(day);
  }
  function hoursOfDay(day: number): readonly DaySpan[] {
    const range = { fromMs: startOfDay(day), toMs: startOfDay(day + 1) };
    if (range.fromMs >= range.toMs) return [];
    const { startsMs } = layOutBuckets(range, '1h', segmentOf(day).zone);
    return startsMs.map((startMs, index) => ({
      day,
      fromMs: Math.max(startMs, range.fromMs),
      toMs: Math.min(startsMs[index + 1] ?? range.toMs, range.toMs),
    }));
  }
  return {
    localDayOf,
    startOfDay,
    hoursOf(firstDay, lastDay) {
      const hours: DaySpan[] = [];
      for (let day = firstDay; day <= lastDay; day += 1) hours.push(...hoursOfDay(day));
      return hours;
    },
    spansOf(days) {
      return [...days]
        .map((day) => ({ day, fromMs: startOfDay(day), toMs: startOfDay(day + 1) }))
        .filter(({ fromMs, toMs }) => fromMs < toMs);
    },
    periodsOf(interval, days, closedUntil) {
      const periods = new Map<number, Span>();
      for (const day of days) {
        const segment = segmentOf(day);
        const first = startOfPeriod(day, interval);
        const next = nextPeriod(first, interval);
        const isWhole = first > segment.sinceDay && next <= segment.untilDay;
        if (isWhole && next <= closedUntil)
          periods.set(first, { fromMs: startOfDay(first), toMs: startOfDay(next) });
      }
      return [...periods.values()];
    },
  };
}

function toSegments(zone: Zone, past: readonly PastZone[]): readonly Segment[] {
  const segments: Segment[] = [];
  let sinceDay = -Infinity;
  let sinceMs = -Infinity;
  for (const { zone: pastZone, untilDay, untilMs } of past) {
    segments.push({ zone: pastZone, sinceDay, sinceMs, untilDay, untilMs });
    sinceDay = untilDay;
    sinceMs = untilMs;
  }
  return [...segments, { zone, sinceDay, sinceMs, untilDay: Infinity, untilMs: Infinity }];
}

function last(segments: readonly Segment[]): Segment {
  const segment = segments.at(-1);
  if (segment === undefined) throw new Error('a calendar has a zone');
  return segment;
}

const dayMs = 86_400_000;

/** Monday of the week, or the first of the month. Day 0, 1970-01-01, was a Thursday. */
export function startOfPeriod(day: number, interval: '1w' | '1M'): number {
  return interval === '1w' ? day - ((((day + 3) % 7) + 7) % 7) : firstOfMonth(day, 0);
}

function nextPeriod(day: number, interval: '1w' | '1M'): number {
  return interval === '1w' ? day + 7 : firstOfMonth(day, 1);
}

function firstOfMonth(day: number, monthsLater: number): number {
  const date = new Date(day * dayMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1) / dayMs;
}
