import { migrateQuery } from '../migrations';
import type { AnalyticsQuery, OtherKind, QueryKind, QueryOf } from '../types';

/** An empty query of a kind, as the editor starts it. */
export function newQuery<Kind extends OtherKind>(kind: Kind, refId: string): QueryOf<Kind>;
export function newQuery(kind: QueryKind, refId: string): AnalyticsQuery;
export function newQuery(kind: QueryKind, refId: string): AnalyticsQuery {
  const query = migrateQuery({ refId, kind });
  if (query.kind === 'unreadable') {
    throw new Error(query.reason);
  }
  return query;
}
