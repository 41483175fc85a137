import { DateTime } from 'luxon';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const minutesPerDay = 1_440;

/** One calendar day of a tenant, in its own time zone. Instants are epoch milliseconds. */
export interface LocalDay {
  /** Days since 1970-01-01 of the calendar date; adding 1 is the next date, whatever the clocks do. */
  readonly dayNumber: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Local noon. Minutes are counted from here, so that a change of the clocks at night leaves the day's hours alone. */
  readonly noonMs: number;
}

/** The number of the calendar date that an instant falls on in a time zone. */
export function localDayNumber(timeZone: string, atMs: number): number {
  const local = DateTime.fromMillis(atMs, { zone: timeZone });
  return Math.floor((atMs + local.offset * minuteMs) / dayMs);
}

/** The local day with a number (see `localDayNumber`). */
export function localDay(timeZone: string, dayNumber: number): LocalDay {
  const start = localMidnight(timeZone, dayNumber);
  return {
    dayNumber,
    weekday: (((dayNumber + 4) % 7) + 7) % 7,
    startMs: start.toMillis(),
    endMs: localMidnight(timeZone, dayNumber + 1).toMillis(),
    noonMs: start.set({ hour: 12 }).toMillis(),
  };
}

function localMidnight(timeZone: string, dayNumber: number): DateTime {
  const date = DateTime.fromMillis(dayNumber * dayMs, { zone: 'utc' });
  return date.setZone(timeZone, { keepLocalTime: true }).startOf('day');
}

/** The instant of a local wall-clock minute (0 is midnight, 720 noon). Fractions are fine. */
export function atLocalMinute(day: LocalDay, minute: number): number {
  return Math.round(day.noonMs + (minute - minutesPerDay / 2) * minuteMs);
}

export function isWeekend(day: LocalDay): boolean {
  return day.weekday === 0 || day.weekday === 6;
}

/** Share of the people of a weekday who show up: 8 % at weekends, a little fewer on Fridays. */
export function weekdayFactor(day: LocalDay): number {
  if (isWeekend(day)) return 0.08;
  return day.weekday === 5 ? 0.9 : 1;
}

/** How likely work begins in each local hour: early birds, two peaks with lunch between, a thin evening. */
const hourWeights = [
  0.02, 0.01, 0.01, 0.01, 0.02, 0.04, 0.12, 0.4, 0.95, 1.5, 1.6, 1.2, 0.38, 0.85, 1.5, 1.45, 1.15, 0.65, 0.28,
  0.18, 0.17, 0.13, 0.07, 0.04,
] as const;
const hourWeightSum = hourWeights.reduce((sum: number, weight) => sum + weight, 0);

/** Turns a uniform fraction in [0, 1) into a local minute of the day, by the rhythm of work. */
export function workMinute(fraction: number): number {
  let left = fraction * hourWeightSum;
  for (const [hour, weight] of hourWeights.entries()) {
    if (left < weight) return (hour + left / weight) * 60;
    left -= weight;
  }
  return minutesPerDay - 1;
}

/** Share of a tenant's possible people who have taken up the platform, `days` after the roll-out began. */
export function adoptionAfter(days: number): number {
  return 1 - 0.45 * Math.exp(-Math.max(0, days) / 24);
}

/** Share of shown suggestions that are accepted, `days` after the roll-out began: 28 %, growing to 38 % in a month. */
export function acceptanceAfter(days: number): number {
  return 0.28 + 0.1 * Math.min(1.2, Math.max(0, days) / 30);
}
