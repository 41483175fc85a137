import { dateTimeFormat, type TimeZone } from '@grafana/data';

/** How long a cohort's periods are; `undefined` when nothing tells. */
export type CohortInterval = 'day' | 'week' | 'month' | undefined;

const dayMs = 86_400_000;
const ours = new Map<unknown, CohortInterval>([
  ['1d', 'day'],
  ['1w', 'week'],
  ['1M', 'month'],
]);

/**
 * As the data source says; otherwise by the distance of the cohorts, in the dashboard's time zone: days of 23 or 25
 * hours are days, and starts on the first of a month are months.
 */
export function intervalOf(said: unknown, starts: readonly number[], timeZone: TimeZone): CohortInterval {
  const known = ours.get(said);
  if (known !== undefined || starts.length < 2) {
    return known;
  }
  const sorted = [...new Set(starts)].sort((a, b) => a - b);
  if (sorted.every((start) => dateTimeFormat(start, { timeZone, format: 'D HH:mm' }) === '1 00:00')) {
    return 'month';
  }
  const gaps = sorted.slice(1).map((start, index) => (start - (sorted[index] ?? start)) / dayMs);
  const days = gaps.map(Math.round);
  if (gaps.some((gap, index) => Math.abs(gap - (days[index] ?? 0)) > 1 / 20 || days[index] === 0)) {
    return undefined;
  }
  return days.every((count) => count % 7 === 0) ? 'week' : 'day';
}

/** A cohort's start for a person: no more of it than its interval needs. */
export function startText(start: number | string, interval: CohortInterval, timeZone: TimeZone): string {
  if (typeof start === 'string') {
    return start === '' ? '(none)' : start;
  }
  const format =
    interval === 'month' ? 'MMM YYYY' : interval === undefined ? 'YYYY-MM-DD HH:mm' : 'YYYY-MM-DD';
  return dateTimeFormat(start, { timeZone, format });
}

const words = { day: 'Day', week: 'Week', month: 'Month' } as const;

export function periodText(period: number, interval: CohortInterval): string {
  return `${interval === undefined ? 'Period' : words[interval]} ${period}`;
}

/** What stands above the cohorts. */
export function cohortHeading(interval: CohortInterval): string {
  return interval === undefined ? 'Cohort' : `Cohort (${interval})`;
}
