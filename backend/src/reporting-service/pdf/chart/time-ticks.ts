import { DateTime, type DurationLikeObject } from 'luxon';

export interface TimeTick {
  readonly atMs: number;
  readonly label: string;
}

interface Step {
  readonly unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
  readonly by: number;
  readonly ms: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const steps: readonly Step[] = [
  ...[1, 5, 10, 15, 30].map((by): Step => ({ unit: 'minute', by, ms: by * minute })),
  ...[1, 2, 3, 6, 12].map((by): Step => ({ unit: 'hour', by, ms: by * hour })),
  ...[1, 2, 3].map((by): Step => ({ unit: 'day', by, ms: by * day })),
  ...[1, 2].map((by): Step => ({ unit: 'week', by, ms: by * 7 * day })),
  ...[1, 2, 3, 6].map((by): Step => ({ unit: 'month', by, ms: by * 30 * day })),
  ...[1, 2, 5, 10, 50].map((by): Step => ({ unit: 'year', by, ms: by * 365 * day })),
];
const longest: Step = { unit: 'year', by: 100, ms: 100 * 365 * day };

/** No narrower than the buckets, no more than `countMax`, each at a boundary of the zone's own calendar. */
export function timeTicks(
  range: { readonly fromMs: number; readonly toMs: number },
  timeZone: string,
  countMax: number,
  bucketMs: number,
): readonly TimeTick[] {
  const { fromMs, toMs } = range;
  const isEnough = ({ ms }: Step): boolean => (toMs - fromMs) / ms <= countMax && ms >= bucketMs * 0.9;
  const step = steps.find(isEnough) ?? longest;
  const ticks: TimeTick[] = [];
  let at = floorTo(DateTime.fromMillis(fromMs, { zone: timeZone, locale: 'en-GB' }), step);
  // Where clocks go back, two boundaries of a wall clock are further apart than the step says.
  while (at.toMillis() <= toMs && ticks.length <= 4 * countMax) {
    if (at.toMillis() >= fromMs) ticks.push({ atMs: at.toMillis(), label: labelOf(at, step) });
    at = next(at, step);
  }
  return ticks;
}

function floorTo(time: DateTime, { unit, by }: Step): DateTime {
  const start = time.startOf(unit);
  if (unit === 'minute') return start.minus({ minutes: start.minute % by });
  if (unit === 'hour') return start.minus({ hours: start.hour % by });
  if (unit === 'month') return start.minus({ months: (start.month - 1) % by });
  return unit === 'year' ? start.minus({ years: start.year % by }) : start;
}

/** Hours are steps of the wall clock: midnight stays a tick when the clocks change. */
function next(time: DateTime, { unit, by }: Step): DateTime {
  const amount: DurationLikeObject = { [unit]: by };
  if (unit !== 'hour') return time.plus(amount);
  const later = time.plus(amount);
  return by > 1 && later.hour % by !== 0 ? floorTo(later.plus({ hours: 1 }), { unit, by, ms: 0 }) : later;
}

function labelOf(time: DateTime, { unit }: Step): string {
  const isMidnight = time.hour === 0 && time.minute === 0;
  if (unit === 'year') return time.toFormat('yyyy');
  if (unit === 'month') return time.toFormat(time.month === 1 ? 'LLL yyyy' : 'LLL');
  return unit === 'day' || unit === 'week' || isMidnight ? time.toFormat('d LLL') : time.toFormat('HH:mm');
}
