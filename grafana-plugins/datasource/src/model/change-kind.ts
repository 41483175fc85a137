import { isReadable, migrateQuery } from '../migrations';
import type { AnalyticsQuery, QueryFilter, QueryKind } from '../types';
import { readFilters, readRecord } from './read-json';

/** Filters and the zone mean the same in every kind; the rest begins anew. */
export function changeKind(query: AnalyticsQuery, kind: QueryKind): AnalyticsQuery {
  const { refId, hide, key, datasource, timeZone } = query;
  const filters = filtersOf(query);
  const settings = kind === 'kpi' ? { filters } : { [kind]: { filters } };
  const next = migrateQuery({ refId, hide, key, datasource, timeZone, kind, ...settings });
  return isReadable(next) ? next : query;
}

function filtersOf(query: AnalyticsQuery): QueryFilter[] {
  const fields: Record<string, unknown> = { ...query };
  return readFilters((query.kind === 'kpi' ? fields : readRecord(fields[query.kind]))['filters']);
}
