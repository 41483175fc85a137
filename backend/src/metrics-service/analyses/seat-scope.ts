import type { Filter } from '@coditect/contracts';
import { refuse } from '../../metric-queries/refuse.js';
import type { SeatFilter } from '../../storage/clickhouse/queries/seats.js';
import { checkFilters, type Pattern } from './check-filters.js';

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
