import type { SharedFlights } from '../metric-queries/shared-flights.js';
import type { ClickHouse, NamedQuery } from '../storage/clickhouse/client.js';

/**
 * The same store, in which equal statements that run at the same time run once: KPIs of one family on a dashboard read the
 * same rows. Not for those who want what the store says now, since a statement under way may have begun before.
 */
export function shareReads(clickHouse: ClickHouse, flights: SharedFlights): ClickHouse {
  return {
    command: (sql) => clickHouse.command(sql),
    insert: (request) => clickHouse.insert(request),
    close: () => clickHouse.close(),
    query<Row>(query: NamedQuery<Row>) {
      const { signal, tenantId, name, sql, params, memoryBytesMax, timeoutMs } = query;
      if (signal === undefined) return clickHouse.query(query);
      const key = JSON.stringify([tenantId, name, sql, params, memoryBytesMax, timeoutMs]);
      return flights.share(key, signal, (shared) => clickHouse.query({ ...query, signal: shared }));
    },
  };
}
