import type { Filter, SeatPrice } from '@coditect/contracts';
import { findSeatPrice } from '../../kpis/goals/choose-goals.js';
import { refuse } from '../../metric-queries/refuse.js';
import { layOutBuckets, type Range } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';
import type { SeatFilter } from '../../storage/clickhouse/queries/seats.js';
import type { PeriodsByDay } from '../../storage/clickhouse/queries/user-periods.js';
import { checkFilters, type Pattern } from './check-filters.js';
import { layPeriodsOverDays } from './periods.js';

export const seatChangesTable = 'seat_changes_v1';

const dayMs = 86_400_000;

/** Filters as they apply to assignments. Throws 422 `dimension_not_allowed` with the pointer. */
export function checkSeatFilters(
  filters: readonly Filter[],
  valuesMax: number,
): { readonly filters: readonly SeatFilter[]; readonly patterns: readonly Pattern[] } {
  const checked = checkFilters(filters, '/filters', valuesMax);
  const ofSeats = checked.filters.map(({ dimension, operator, value }, index): SeatFilter => {
    if (dimension === 'team' || dimension === 'project') return { dimension, operator, value };
    throw refuse('dimension_not_allowed', 'Seats are known by team and project only.', {
      pointer: `/filters/${index}/dimension`,
    });
  });
  return { filters: ofSeats, patterns: checked.patterns };
}

/** Local days, each of them a period, from one to another. Days are counted since 1970-01-01. */
export function layOutDays(firstDay: number, lastDay: number, zone: Zone): PeriodsByDay {
  const range = { fromMs: zone.startOfLocalDay(firstDay), toMs: zone.startOfLocalDay(lastDay + 1) };
  return layPeriodsOverDays(layOutBuckets(range, '1d', zone), zone);
}

/** The local days of a range as far as they have begun, and as many before them. */
export function wholeDays(
  range: Range,
  nowMs: number,
  zone: Zone,
): { before: Range; days: Range; endMs: number } {
  const first = zone.localDayOf(range.fromMs);
  const last = Math.max(first, zone.localDayOf(Math.min(range.toMs, nowMs) - 1));
  const startOf = (day: number): number => zone.startOfLocalDay(day);
  const days = { fromMs: startOf(first), toMs: startOf(last + 1) };
  const before = { fromMs: startOf(first - (last - first + 1)), toMs: days.fromMs };
  return { before, days, endMs: Math.min(days.toMs, nowMs) };
}

/** USD for a seat and month, on the local day of an instant; `undefined` where no price is known. */
export function priceAt(prices: readonly SeatPrice[], atMs: number, zone: Zone): number | undefined {
  const day = new Date(zone.localDayOf(atMs) * dayMs).toISOString().slice(0, 10);
  return findSeatPrice(prices, day)?.monthlyUsd;
}
