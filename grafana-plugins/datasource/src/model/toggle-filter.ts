import type { ToggleFilterAction } from '@grafana/data';
import type { AnalyticsQuery, QueryFilter, QueryOf } from '../types';

/** A label of a log line, as the details of the line offer it for filtering. */
interface Label {
  key?: string;
  value?: string;
}

/**
 * The query with a filter for or against a label's value: the same filter again takes it out, the opposite one takes its
 * place. Queries of other kinds stay as they are.
 */
export function toggleFilter(query: AnalyticsQuery, action: ToggleFilterAction): AnalyticsQuery {
  const { key, value }: Label = action.options;
  if (query.kind !== 'events' || key === undefined || value === undefined) {
    return query;
  }
  const operator = action.type === 'FILTER_FOR' ? '=' : '!=';
  const wanted: QueryFilter = { dimension: key, operator, value };
  const isThere = query.events.filters.some((filter) => isSame(filter, wanted));
  const others = query.events.filters.filter((filter) => !isAbout(filter, key, value));
  return withFilters(query, isThere ? others : [...others, wanted]);
}

/** Whether the query looks for the label's value already. */
export function hasFilter(query: AnalyticsQuery, { key, value }: Label): boolean {
  return (
    query.kind === 'events' &&
    key !== undefined &&
    value !== undefined &&
    query.events.filters.some((filter) => isSame(filter, { dimension: key, operator: '=', value }))
  );
}

function isAbout({ dimension, operator, value }: QueryFilter, key: string, text: string): boolean {
  return dimension === key && value === text && (operator === '=' || operator === '!=');
}

function isSame(one: QueryFilter, other: QueryFilter): boolean {
  return one.dimension === other.dimension && one.operator === other.operator && one.value === other.value;
}

function withFilters(query: QueryOf<'events'>, filters: QueryFilter[]): QueryOf<'events'> {
  return { ...query, events: { ...query.events, filters } };
}
