import type { Filter } from '@coditect/contracts';
import { findNearestName } from '../kpis/nearest-name.js';
import { kpiDimensions, type Kpi, type KpiDimension } from '../kpis/kpi.js';
import { refuse } from './refuse.js';

export interface CheckedFilter {
  readonly dimension: KpiDimension;
  readonly operator: Filter['operator'];
  readonly value: string | readonly string[];
}

/** Throws 422 `dimension_unknown` or `dimension_not_allowed`, with the pointer. */
function checkDimension(kpi: Kpi, name: string, pointer: string): KpiDimension {
  const allowed = kpi.dimensions.find((dimension) => dimension === name);
  if (allowed !== undefined) return allowed;
  const known = kpiDimensions.some((dimension) => dimension === name);
  const choices = kpi.dimensions.length === 0 ? 'It takes none.' : `It takes: ${kpi.dimensions.join(', ')}.`;
  if (known) {
    const reason = `${kpi.id} can't be split or filtered by "${name}". ${choices}`;
    throw refuse('dimension_not_allowed', reason, { pointer });
  }
  const nearest = findNearestName(name, kpi.dimensions);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  throw refuse('dimension_unknown', `There is no dimension of this name.${hint} ${choices}`, { pointer });
}

/** Throws also 422 `dimension_repeated`. */
export function checkGroupBy(kpi: Kpi, groupBy: readonly string[]): readonly KpiDimension[] {
  const checked = groupBy.map((name, index) => checkDimension(kpi, name, `/groupBy/${index}`));
  const repeated = checked.findIndex((name, index) => checked.indexOf(name) !== index);
  if (repeated >= 0) {
    const pointer = `/groupBy/${repeated}`;
    throw refuse('dimension_repeated', 'This dimension is in the list already.', { pointer });
  }
  return checked;
}

/** Throws also 422 `too_many_filter_values`. */
export function checkFilters(
  kpi: Kpi,
  filters: readonly Filter[],
  valuesMax: number,
): readonly CheckedFilter[] {
  return filters.map((filter, index) => {
    const dimension = checkDimension(kpi, filter.dimension, `/filters/${index}/dimension`);
    if (Array.isArray(filter.value) && filter.value.length > valuesMax) {
      const reason = `A filter takes at most ${valuesMax} values.`;
      throw refuse('too_many_filter_values', reason, {
        pointer: `/filters/${index}/value`,
        limit: valuesMax,
      });
    }
    return { dimension, operator: filter.operator, value: filter.value };
  });
}
