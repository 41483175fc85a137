import type { Interval, QueryRange } from '@coditect/contracts';
import { DateTime } from 'luxon';

/** English month names whatever the machine's locale; every instant in the zone of the report. */
function inZone(instant: string, timeZone: string): DateTime {
  return DateTime.fromISO(instant, { zone: timeZone, locale: 'en-GB' });
}

const patternOf: Record<Interval, string> = {
  '1m': 'yyyy-MM-dd HH:mm',
  '5m': 'yyyy-MM-dd HH:mm',
  '15m': 'yyyy-MM-dd HH:mm',
  '1h': 'yyyy-MM-dd HH:mm',
  '1d': 'yyyy-MM-dd',
  '1w': 'yyyy-MM-dd',
  '1M': 'yyyy-MM',
};

/** The start of a bucket, as wide as it is: a day has no hour. What is no time is shown as it came. */
export function formatTime(instant: string, timeZone: string, interval?: Interval): string {
  const time = inZone(instant, timeZone);
  if (!time.isValid) return instant;
  return time.toFormat(interval === undefined ? 'yyyy-MM-dd HH:mm:ss' : patternOf[interval]);
}

/** `14 Nov 2026` or `14 Nov 2026 13:00`: in a sentence. */
export function formatTimeInWords(instant: string, timeZone: string, interval?: Interval): string {
  const time = inZone(instant, timeZone);
  if (!time.isValid) return instant;
  if (interval === '1M') return time.toFormat('LLLL yyyy');
  return time.toFormat(interval === '1d' || interval === '1w' ? 'd LLL yyyy' : 'd LLL yyyy HH:mm');
}

/** With the offset, so that nobody has to know the zone: `23 Nov 2026 06:12 UTC+1`. */
export function formatInstant(instant: string, timeZone: string): string {
  const time = inZone(instant, timeZone);
  return time.isValid ? time.toFormat("d LLL yyyy HH:mm 'UTC'Z").replace('UTC+0', 'UTC') : instant;
}

/** Whole days are named by their first and last; anything else by the hour. `to` is the first instant after it. */
export function formatPeriod(period: QueryRange, timeZone: string): string {
  const from = inZone(period.from, timeZone);
  const to = inZone(period.to, timeZone);
  if (!from.isValid || !to.isValid) return `${period.from} to ${period.to}`;
  const isWholeDays = isMidnight(from) && isMidnight(to) && to > from;
  if (!isWholeDays) return `${from.toFormat('d LLL yyyy HH:mm')} to ${to.toFormat('d LLL yyyy HH:mm')}`;
  const last = to.minus({ days: 1 });
  if (last.hasSame(from, 'day')) return from.toFormat('d LLLL yyyy');
  if (last.hasSame(from, 'month')) return `${from.toFormat('d')} to ${last.toFormat('d LLLL yyyy')}`;
  return `${from.toFormat('d LLLL yyyy')} to ${last.toFormat('d LLLL yyyy')}`;
}

/** Where clocks change at midnight the day begins at one. */
function isMidnight(time: DateTime): boolean {
  return time.equals(time.startOf('day'));
}
