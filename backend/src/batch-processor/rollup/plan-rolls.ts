import type { DaySpan, Span } from '../../storage/timescale/rollup/spans.js';
import type { Calendar } from './calendar.js';

/** What landed in a UTC hour and is not rolled up yet. */
export interface OpenHour {
  readonly utcHourMs: number;
  readonly events: number;
}

/** A local day that something landed in. */
export interface DayToRoll extends DaySpan {
  /** Every hour of it is rolled up anew. */
  readonly isWhole: boolean;
}

/** What one transaction rolls up: all that the taken UTC hours touch. */
export interface RollPlan {
  readonly takenHoursMs: readonly number[];
  readonly hours: readonly DaySpan[];
  readonly days: readonly DayToRoll[];
  /** Days, weeks and months that are over. */
  readonly closedDays: readonly DaySpan[];
  readonly closedWeeks: readonly Span[];
  readonly closedMonths: readonly Span[];
}

export interface RollBounds {
  /** Most local days of one transaction, give or take one at an edge. */
  readonly daysMax: number;
  /** Most events that the taken hours brought, unless the first day alone has more. */
  readonly eventsMax: number;
}

const hourMs = 3_600_000;

/** Takes the newest UTC hours, as many as the bounds allow. `open` is in descending order and not empty. */
export function planRolls(
  calendar: Calendar,
  open: readonly OpenHour[],
  closedUntil: number,
  bounds: RollBounds,
): RollPlan {
  const takenHoursMs = takeHours(calendar, open, bounds);
  const taken = new Set(takenHoursMs);
  const oldest = Math.min(...takenHoursMs);
  const newest = Math.max(...takenHoursMs);
  const laidOut = calendar.hoursOf(calendar.localDayOf(oldest), calendar.localDayOf(newest + hourMs - 1));
  const hours = laidOut.filter((hour) => touches(taken, hour));
  const days = daysOf(calendar, laidOut, hours);
  const dayNumbers = days.map(({ day }) => day);
  return {
    takenHoursMs,
    hours,
    days,
    closedDays: days.filter(({ day }) => day < closedUntil),
    closedWeeks: calendar.periodsOf('1w', dayNumbers, closedUntil),
    closedMonths: calendar.periodsOf('1M', dayNumbers, closedUntil),
  };
}

function takeHours(
  calendar: Calendar,
  open: readonly OpenHour[],
  { daysMax, eventsMax }: RollBounds,
): readonly number[] {
  const [newest] = open;
  if (newest === undefined) return [];
  const newestDay = calendar.localDayOf(newest.utcHourMs);
  let events = 0;
  const taken: number[] = [];
  for (const hour of open) {
    const day = calendar.localDayOf(hour.utcHourMs);
    events += hour.events;
    const isFull = day < newestDay && (day <= newestDay - daysMax || events > eventsMax);
    // A day is taken whole: the sum of its hours is made once.
    if (isFull && day !== calendar.localDayOf(taken.at(-1) ?? newest.utcHourMs)) break;
    taken.push(hour.utcHourMs);
  }
  return taken;
}

/** A local hour may lie in two UTC hours, where a zone is off by half an hour. */
function touches(taken: ReadonlySet<number>, { fromMs, toMs }: Span): boolean {
  const first = Math.floor(fromMs / hourMs) * hourMs;
  for (let utcHour = first; utcHour < toMs; utcHour += hourMs) if (taken.has(utcHour)) return true;
  return false;
}

function daysOf(
  calendar: Calendar,
  laidOut: readonly DaySpan[],
  hours: readonly DaySpan[],
): readonly DayToRoll[] {
  const all = countByDay(laidOut);
  const touched = countByDay(hours);
  return calendar
    .spansOf(touched.keys())
    .map((span) => ({ ...span, isWhole: all.get(span.day) === touched.get(span.day) }));
}

function countByDay(hours: readonly DaySpan[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { day } of hours) counts.set(day, (counts.get(day) ?? 0) + 1);
  return counts;
}
