import type { Interval } from '@coditect/contracts';
import { intervals } from './choices';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Nominal widths; months and days with a clock change differ a little, which only matters for counting points. */
const widthMs: Readonly<Record<Interval, number>> = {
  '1m': minuteMs,
  '5m': 5 * minuteMs,
  '15m': 15 * minuteMs,
  '1h': 60 * minuteMs,
  '1d': dayMs,
  '1w': 7 * dayMs,
  '1M': 30 * dayMs,
};

/** The intervals that a KPI can be asked in: its smallest and everything coarser. */
export function allowedIntervals(smallest: Interval): Interval[] {
  return intervals.filter((interval) => widthMs[interval] >= widthMs[smallest]);
}

/**
 * The smallest interval, not below `smallest`, that cuts the range into at most `pointsMax` buckets; the coarsest
 * one when none does.
 */
export function pickInterval(rangeMs: number, pointsMax: number, smallest: Interval): Interval {
  const fits = allowedIntervals(smallest).find(
    (interval) => Math.ceil(rangeMs / widthMs[interval]) <= pointsMax,
  );
  return fits ?? '1M';
}
