import { layOutBuckets, type Buckets } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';

const dayMs = 86_400_000;

/** A calendar month of a zone, as its local days. */
export interface Month {
  /** Such as `2026-03`. */
  readonly name: string;
  /** Starts of its days, and where it ends. */
  readonly days: Buckets;
  readonly startMs: number;
  readonly endMs: number;
}

/** The month that an instant is in. */
export function monthOf(atMs: number, zone: Zone): Month {
  const day = new Date(zone.localDayOf(atMs) * dayMs);
  const firstOf = (monthsLater: number): number =>
    zone.startOfLocalDay(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + monthsLater, 1) / dayMs);
  const [startMs, endMs] = [firstOf(0), firstOf(1)];
  const days = layOutBuckets({ fromMs: startMs, toMs: endMs }, '1d', zone);
  return { name: day.toISOString().slice(0, 7), days, startMs, endMs };
}

/** Every month that a span touches, in order. */
export function monthsOf(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  zone: Zone,
): readonly Month[] {
  const months: Month[] = [];
  for (let atMs = fromMs; atMs < toMs;) {
    const month = monthOf(atMs, zone);
    months.push(month);
    atMs = month.endMs;
  }
  return months;
}
