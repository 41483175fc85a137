import { refuse } from '../../metric-queries/refuse.js';
import type { Range } from '../../metric-queries/time/buckets.js';
import { findZone } from '../../metric-queries/time/zone.js';
import type { PeriodsByDay } from '../../storage/metric-reads.js';
import type { RollupState, StoredDay } from '../../storage/timescale/queries/rollup-state.js';
import type { PeriodPieces } from '../../storage/timescale/queries/user-periods.js';
import { withOverlapping } from './time-ranges.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

interface Part extends Range {
  readonly period: number;
}

/** Local days one after another that lie in a period as a whole. */
interface StoredPart extends Part {
  readonly firstDay: number;
  readonly lastDay: number;
}

/**
 * Where the activity of periods is read: from the days of users that lie within one as a whole, in whatever zone they
 * were cut, with what landed since; the rest from landing. `isFromBefore` adds period -1, all the time before. `days` are
 * all that touch the periods, ascending. Throws 422 `grain_not_available` where a period ends within a day whose
 * events have left landing.
 */
export function chooseUserPeriods(
  periods: Pick<PeriodsByDay, 'startsMs' | 'endMs'>,
  isFromBefore: boolean,
  state: RollupState,
  days: readonly StoredDay[],
): PeriodPieces {
  const keptFromMs = keptFromMsOf(state);
  const stored: StoredPart[] = [];
  const landed: Part[] = [];
  withOverlapping(partsOf(periods, isFromBefore), days, (part, overlapping) => {
    const { period } = part;
    const add = (fromMs: number, toMs: number): void => {
      if (fromMs < toMs) landed.push({ period, fromMs, toMs });
    };
    let atMs = part.fromMs;
    for (const day of overlapping) {
      add(Math.max(atMs, keptFromMs), day.fromMs);
      atMs = Math.min(day.toMs, part.toMs);
      if (day.fromMs >= part.fromMs && day.toMs <= part.toMs) append(stored, period, day);
      else if (day.isDropped) throw onlyWholeDays(days);
      else add(Math.max(day.fromMs, part.fromMs), atMs);
    }
    add(Math.max(atMs, keptFromMs), part.toMs);
    return [];
  });
  return {
    storedDays: stored.map(({ period, firstDay, lastDay }) => ({
      period,
      firstDate: toDate(firstDay),
      lastDate: toDate(lastDay),
    })),
    landedParts: [...landed, ...openPartsOf(stored, state)],
  };
}

function onlyWholeDays(days: readonly StoredDay[]): Error {
  const last = days.findLast(({ isDropped }) => isDropped)?.toMs ?? 0;
  const reason = `Single events before ${new Date(last).toISOString()} are no longer kept; who was there is known by the days of the tenant’s zone. Ask in that zone, or take a later range.`;
  return refuse('grain_not_available', reason, { pointer: '/timeZone' });
}

/** When the first day begins whose rollups are kept; `-Infinity` while none was removed. */
export function keptFromMsOf({ keptFromDay, timeZone }: RollupState): number {
  const zone = timeZone === undefined ? undefined : findZone(timeZone);
  return zone === undefined || keptFromDay === undefined ? -Infinity : zone.startOfLocalDay(keptFromDay);
}

/** Of a day that a zone skipped there is nothing. */
function partsOf(
  { startsMs, endMs }: Pick<PeriodsByDay, 'startsMs' | 'endMs'>,
  isFromBefore: boolean,
): readonly Part[] {
  const parts = startsMs.map((fromMs, period) => ({ period, fromMs, toMs: startsMs[period + 1] ?? endMs }));
  const before = { period: -1, fromMs: -Infinity, toMs: startsMs[0] ?? endMs };
  return [...(isFromBefore ? [before] : []), ...parts].filter(({ fromMs, toMs }) => fromMs < toMs);
}

function append(stored: StoredPart[], period: number, { day, fromMs, toMs }: StoredDay): void {
  const last = stored.at(-1);
  const goesOn = last?.period === period && last.lastDay + 1 === day && last.toMs === fromMs;
  if (goesOn) stored[stored.length - 1] = { ...last, toMs, lastDay: day };
  else stored.push({ period, fromMs, toMs, firstDay: day, lastDay: day });
}

/** What has landed in stored days and is not rolled up yet. Users are only ever added. */
function openPartsOf(stored: readonly StoredPart[], { openHoursMs }: RollupState): readonly Part[] {
  const open = openHoursMs.map((start) => ({ fromMs: start, toMs: start + hourMs }));
  return withOverlapping(stored, open, ({ period, fromMs, toMs }, hours) =>
    hours.map((hour) => ({
      period,
      fromMs: Math.max(hour.fromMs, fromMs),
      toMs: Math.min(hour.toMs, toMs),
    })),
  );
}

function toDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
