import { eventOnlyDimensions, type Filter, type QueryRange } from '@coditect/contracts';
import { kpiDimensions } from '../../kpis/kpi.js';
import { findNearestName } from '../../kpis/nearest-name.js';
import { checkRange } from '../../metric-queries/check-range.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import { refuse } from '../../metric-queries/refuse.js';
import {
  attributeOf,
  type EventDimension,
  type EventSelection,
} from '../../storage/clickhouse/queries/event-sql.js';
import type { DimensionFilter } from '../../storage/metric-reads.js';

const knownDimensions = [...kpiDimensions, ...eventOnlyDimensions] as const;

/** What a question about events says of those it means. */
export interface AskedSelection {
  readonly range: QueryRange;
  readonly filters: readonly Filter[];
  readonly search?: string | undefined;
}

/** Throws what `checkRange` throws, 422 `dimension_unknown` or `too_many_filter_values`, with the pointer. */
export function checkSelection(asked: AskedSelection, limits: QueryLimits): EventSelection {
  return {
    ...checkRange(asked.range, limits),
    filters: asked.filters.map((filter, index) => checkFilter(filter, index, limits.filterValuesMax)),
    words: wordsOf(asked.search),
  };
}

function checkFilter(
  { dimension, operator, value }: Filter,
  index: number,
  valuesMax: number,
): DimensionFilter<EventDimension> {
  if (Array.isArray(value) && value.length > valuesMax) {
    const reason = `A filter takes at most ${valuesMax} values.`;
    throw refuse('too_many_filter_values', reason, { pointer: `/filters/${index}/value`, limit: valuesMax });
  }
  return { dimension: checkDimension(dimension, `/filters/${index}/dimension`), operator, value };
}

function checkDimension(name: string, pointer: string): EventDimension {
  const known = knownDimensions.find((dimension) => dimension === name);
  if (known !== undefined) return known;
  const attribute = attributeOf(name);
  if (attribute !== undefined) return `attributes.${attribute}`;
  const nearest = findNearestName(name, knownDimensions);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  const choices = `Events are filtered by ${knownDimensions.join(', ')}, and by "attributes." with the name of an attribute.`;
  throw refuse('dimension_unknown', `There is no dimension of this name.${hint} ${choices}`, { pointer });
}

/** Each word once. */
function wordsOf(search: string | undefined): readonly string[] {
  return [...new Set((search ?? '').split(/\s+/u).filter((word) => word !== ''))];
}
