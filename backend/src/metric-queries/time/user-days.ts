import type { UtcDayCut } from '../../storage/metric-reads.js';
import type { Buckets, Range } from './buckets.js';
import type { Zone } from './zone.js';

const dayMs = 86_400_000;
const quarterMs = 900_000;

/** Local days laid over UTC days, for distinct users of trailing windows. */
export interface UserDays {
  readonly firstUtcDay: number;
  readonly cuts: readonly UtcDayCut[];
  /** Local days there are, the days before the first answer included. */
  readonly localDays: number;
  /** The first of them, as days since 1970-01-01. */
  readonly firstLocalDay: number;
  /** When each of them begins, and when the last one ends. Epoch milliseconds. */
  readonly dayStartsMs: readonly number[];
  /** Number of the local day (or period) that answers for each bucket: the last one of it that the range reaches. */
  readonly answerDays: readonly number[];
  /** To which period each local day belongs, when days are counted by periods. */
  readonly periodOfDay?: readonly number[];
}

/**
 * Lays out the local days from `windowDays - 1` before the first answer to the day of the last instant before `endMs`.
 * `undefined` when a local day does not begin on a quarter hour of UTC, as in a few zones before 1972.
 */
export function layOutUserDays(
  buckets: Buckets,
  endMs: number,
  windowDays: number,
  zone: Zone,
): UserDays | undefined {
  const answers = answerDaysOf(buckets, endMs, zone);
  const firstDay = (answers[0] ?? zone.localDayOf(endMs - 1)) - windowDays + 1;
  const laidOut = layOutDays(firstDay, answers.at(-1) ?? firstDay, endMs, zone);
  return laidOut && { ...laidOut, answerDays: answers.map((day) => day - firstDay) };
}

/**
 * Lays out the local days of a range, with the bucket of each: whoever was there on any of its days counts for a bucket.
 * Buckets are local days or wider, or one for the whole range. `undefined` as above.
 */
export function layOutUserPeriods(
  buckets: Buckets,
  { fromMs, toMs }: Range,
  zone: Zone,
): UserDays | undefined {
  const firstDay = zone.localDayOf(fromMs);
  const laidOut = layOutDays(firstDay, zone.localDayOf(toMs - 1), toMs, zone);
  if (laidOut === undefined) return undefined;
  const bucketStarts = buckets.startsMs.map((start) => zone.localDayOf(Math.max(start, fromMs)));
  const periodOfDay: number[] = [];
  let period = 0;
  for (let day = firstDay; day < firstDay + laidOut.localDays; day += 1) {
    while ((bucketStarts[period + 1] ?? Infinity) <= day) period += 1;
    periodOfDay.push(period);
  }
  return { ...laidOut, periodOfDay, answerDays: bucketStarts.map((_day, index) => index) };
}

function layOutDays(
  firstDay: number,
  lastDay: number,
  endMs: number,
  zone: Zone,
): Omit<UserDays, 'answerDays' | 'periodOfDay'> | undefined {
  const starts: number[] = [];
  for (let day = firstDay; day <= lastDay + 1; day += 1) starts.push(zone.startOfLocalDay(day));
  if (starts.some((start) => start % quarterMs !== 0)) return undefined;
  const [start = 0] = starts;
  const firstUtcDay = Math.floor(start / dayMs);
  const lastUtcDay = Math.floor((endMs - 1) / dayMs);
  const cuts: UtcDayCut[] = [];
  let local = -1;
  for (let utcDay = firstUtcDay; utcDay <= lastUtcDay; utcDay += 1) {
    const endOfUtcDay = (utcDay + 1) * dayMs;
    // Where midnight is UTC's, the day on which the clock goes forward begins and ends in one UTC day: nothing of that
    // belongs to the day before.
    local = lastStartBefore(starts, local, utcDay * dayMs + 1);
    const boundary = starts[local + 1];
    if (boundary === undefined || boundary >= endOfUtcDay) {
      cuts.push({ before: local, after: local, quarters: 96 });
      continue;
    }
    const after = lastStartBefore(starts, local + 1, endOfUtcDay);
    cuts.push({ before: local, after, quarters: (boundary - utcDay * dayMs) / quarterMs });
    local = after;
  }
  return {
    firstUtcDay,
    cuts,
    localDays: lastDay - firstDay + 1,
    firstLocalDay: firstDay,
    dayStartsMs: starts,
  };
}

function answerDaysOf(buckets: Buckets, endMs: number, zone: Zone): readonly number[] {
  return buckets.startsMs.map((_start, index) => {
    const bucketEnd = buckets.startsMs[index + 1] ?? buckets.endMs;
    return zone.localDayOf(Math.min(bucketEnd, endMs) - 1);
  });
}

/** Of equal starts (a day that a zone skipped) the last one counts, as only that day has any time in it. */
function lastStartBefore(starts: readonly number[], index: number, endMs: number): number {
  let last = index;
  while ((starts[last + 1] ?? Infinity) < endMs) last += 1;
  return last;
}
