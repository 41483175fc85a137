import type { ClickHouse } from '../storage/clickhouse/client.js';
import {
  queryActiveUsers,
  type ActiveUsersRequest,
  type ActiveUsersRow,
} from '../storage/clickhouse/queries/active-users.js';
import { queryDimensionValues, type DimensionValue } from '../storage/clickhouse/queries/dimension-values.js';
import { queryMeasures, type MeasureAnswer } from '../storage/clickhouse/queries/measures.js';
import type { MeasureRequest } from '../storage/clickhouse/queries/measures-sql.js';
import { checkRegex } from '../storage/clickhouse/queries/regex-check.js';
import { queryStoredEvents, type StoredEvents } from '../storage/clickhouse/queries/service-status.js';
import type { DimensionName } from '../storage/clickhouse/queries/sources.js';

/** What the service reads. The tenant comes first everywhere; no answer ever holds another tenant's rows. */
export interface MetricsStore {
  readMeasures(tenantId: string, request: MeasureRequest, signal: AbortSignal): Promise<MeasureAnswer>;
  readActiveUsers(
    tenantId: string,
    request: ActiveUsersRequest,
    signal: AbortSignal,
  ): Promise<readonly ActiveUsersRow[]>;
  readDimensionValues(
    tenantId: string,
    request: { readonly dimension: DimensionName; readonly prefix: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly DimensionValue[]>;
  readStoredEvents(tenantId: string, signal: AbortSignal): Promise<StoredEvents>;
  /** Throws `AppError` `regex_invalid` when the store can't compile the pattern. */
  checkRegex(pattern: string, signal: AbortSignal): Promise<void>;
}

export function createMetricsStore(clickHouse: ClickHouse): MetricsStore {
  return {
    readMeasures: (tenantId, request, signal) => queryMeasures(clickHouse, tenantId, request, signal),
    readActiveUsers: (tenantId, request, signal) => queryActiveUsers(clickHouse, tenantId, request, signal),
    readDimensionValues: (tenantId, request, signal) =>
      queryDimensionValues(clickHouse, tenantId, request, signal),
    readStoredEvents: (tenantId, signal) => queryStoredEvents(clickHouse, tenantId, signal),
    checkRegex: (pattern, signal) => checkRegex(clickHouse, pattern, signal),
  };
}
