import type { ClickHouse } from '../storage/clickhouse/client.js';
import { queryDimensionValues, type DimensionValue } from '../storage/clickhouse/queries/dimension-values.js';
import { queryStoredEvents, type StoredEvents } from '../storage/clickhouse/queries/service-status.js';
import type { DimensionName } from '../storage/metric-reads.js';

/** What the service reads beside metrics. The tenant comes first everywhere; no answer ever holds another tenant's rows. */
export interface MetricsStore {
  readDimensionValues(
    tenantId: string,
    request: { readonly dimension: DimensionName; readonly prefix: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly DimensionValue[]>;
  readStoredEvents(tenantId: string, signal: AbortSignal): Promise<StoredEvents>;
}

export function createMetricsStore(clickHouse: ClickHouse): MetricsStore {
  return {
    readDimensionValues: (tenantId, request, signal) =>
      queryDimensionValues(clickHouse, tenantId, request, signal),
    readStoredEvents: (tenantId, signal) => queryStoredEvents(clickHouse, tenantId, signal),
  };
}
