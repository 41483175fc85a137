import type { Series, SeriesSection } from '../../document/report-document.js';
import { axisDivisor } from '../../document/format-values.js';
import { niceTicks, type Ticks } from './nice-ticks.js';

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** The narrowest distance of two points: the width of a bucket where clocks do not change. */
  readonly bucketMs: number;
}

/** Half a day around a lonely point, so that it stands in the middle. */
const aroundOnePointMs = 12 * 3_600_000;

/** Bars are as wide as their buckets, so that the last one needs its room; lines go from point to point. */
export function timeRangeOf({
  series,
  style,
}: Pick<SeriesSection, 'series' | 'style'>): TimeRange | undefined {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ time }) => Date.parse(time))))]
    .filter((time) => Number.isFinite(time))
    .toSorted((a, b) => a - b);
  const [first] = times;
  const last = times.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (first === last) {
    const before = style === 'bars' ? 0 : aroundOnePointMs;
    return {
      fromMs: first - before,
      toMs: first - before + 2 * aroundOnePointMs,
      bucketMs: 2 * aroundOnePointMs,
    };
  }
  const bucketMs = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
  return { fromMs: first, toMs: style === 'bars' ? last + bucketMs : last, bucketMs };
}

/** Zero is part of it unless the values are far above and close to each other. */
export function valueTicksOf(values: readonly number[], unit: string | undefined, keepsZero: boolean): Ticks {
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (values.length === 0) return niceTicks(0, 1, 4);
  const isFarFromZero = !keepsZero && lowest > 0 && (highest - lowest) / highest < 0.2 && highest > lowest;
  const low = isFarFromZero ? lowest : Math.min(0, lowest);
  const high = Math.max(highest, lowest > 0 ? highest : 0);
  return niceTicks(low, high, 4, axisDivisor(Math.max(Math.abs(low), Math.abs(high)), unit));
}

export function valuesOf(series: readonly Series[]): number[] {
  return series.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])));
}
