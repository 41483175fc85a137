import type { Interval, MetricQuery } from '@coditect/contracts';
import type { QueryLimits } from './limits.js';
import { refuse } from './refuse.js';
import { estimateBuckets, layOutBuckets, type Buckets, type Range } from './time/buckets.js';
import { findZone, type Zone } from './time/zone.js';

const dayMs = 86_400_000;
/** The stores count time in seconds from here to there. */
const earliestMs = 0;
const latestMs = Date.UTC(2106, 0, 1);

/** Throws 422 `range_empty`, `range_out_of_bounds` or `range_too_long`. */
export function checkRange(range: MetricQuery['range'], limits: QueryLimits): Range {
  const fromMs = Date.parse(range.from);
  const toMs = Date.parse(range.to);
  if (!(fromMs < toMs)) {
    throw refuse('range_empty', '"from" must be before "to".', { pointer: '/range' });
  }
  if (fromMs < earliestMs || toMs > latestMs) {
    const pointer = fromMs < earliestMs ? '/range/from' : '/range/to';
    throw refuse('range_out_of_bounds', 'A range lies between 1970-01-01 and 2106-01-01.', { pointer });
  }
  const limit = limits.rangeDaysMax;
  if (toMs - fromMs > limit * dayMs) {
    throw refuse('range_too_long', `A range is at most ${limit} days long.`, { pointer: '/range', limit });
  }
  return { fromMs, toMs };
}

/** Throws 422 `time_zone_unknown`. */
export function checkTimeZone(name: string): Zone {
  const zone = findZone(name);
  if (zone !== undefined) return zone;
  const reason = 'There is no time zone of this name. Use an IANA name such as Europe/Berlin.';
  throw refuse('time_zone_unknown', reason, { pointer: '/timeZone' });
}

/** One bucket for a total. Throws 422 `too_many_points`. */
export function checkBuckets(
  range: Range,
  interval: Interval | undefined,
  zone: Zone,
  limits: QueryLimits,
): Buckets {
  if (interval === undefined) return { startsMs: [range.fromMs], endMs: range.toMs };
  const limit = limits.pointsMax;
  const tooMany = refuse(
    'too_many_points',
    `A series has at most ${limit} points. Take a wider interval or a shorter range.`,
    { pointer: '/interval', limit },
  );
  if (estimateBuckets(range, interval) > limit + 1) throw tooMany;
  const buckets = layOutBuckets(range, interval, zone);
  if (buckets.startsMs.length > limit) throw tooMany;
  return buckets;
}
