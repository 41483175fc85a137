import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { queryFunnel, type FunnelRequest, type FunnelRow } from '../../storage/clickhouse/queries/funnel.js';
import {
  queryLifecycle,
  type LifecycleRequest,
  type LifecycleRow,
} from '../../storage/clickhouse/queries/lifecycle.js';
import { queryOldestReceipt } from '../../storage/clickhouse/queries/oldest-receipt.js';
import { queryPaths, type PathRow, type PathsRequest } from '../../storage/clickhouse/queries/paths.js';
import { checkRegex } from '../../storage/clickhouse/queries/regex-check.js';
import {
  queryRetention,
  type RetentionRequest,
  type RetentionRow,
} from '../../storage/clickhouse/queries/retention.js';
import {
  querySeats,
  querySeatTransitions,
  type SeatTransition,
  type SeatTransitionsRequest,
} from '../../storage/clickhouse/queries/seats.js';
import type { SeatCounts, SeatsRequest } from '../../storage/metric-reads.js';

/**
 * What analyses read. The tenant comes first everywhere; no answer ever holds another tenant's rows. Whatever would take
 * more memory than a request allows is refused with 422 `too_many_events`.
 */
export interface AnalysesStore {
  /** Throws `AppError` `regex_invalid` when the store can't compile the pattern. */
  checkRegex(pattern: string, signal: AbortSignal): Promise<void>;
  readFunnel(tenantId: string, request: FunnelRequest, signal: AbortSignal): Promise<readonly FunnelRow[]>;
  readRetention(
    tenantId: string,
    request: RetentionRequest,
    signal: AbortSignal,
  ): Promise<readonly RetentionRow[]>;
  readLifecycle(
    tenantId: string,
    request: LifecycleRequest,
    signal: AbortSignal,
  ): Promise<readonly LifecycleRow[]>;
  readPaths(tenantId: string, request: PathsRequest, signal: AbortSignal): Promise<readonly PathRow[]>;
  readSeats(
    tenantId: string,
    request: SeatsRequest & { readonly memoryBytesMax: number },
    signal: AbortSignal,
  ): Promise<readonly SeatCounts[]>;
  readSeatTransitions(
    tenantId: string,
    request: SeatTransitionsRequest,
    signal: AbortSignal,
  ): Promise<readonly { readonly transition: SeatTransition; readonly seats: number }[]>;
  /** The first day of the month in which the oldest event was received that is still counted. Epoch milliseconds. */
  findOldestReceipt(tenantId: string, signal: AbortSignal): Promise<number | undefined>;
}

export function createAnalysesStore(clickHouse: ClickHouse): AnalysesStore {
  return {
    checkRegex: (pattern, signal) => checkRegex(clickHouse, pattern, signal),
    readFunnel: (tenantId, request, signal) => queryFunnel(clickHouse, tenantId, request, signal),
    readRetention: (tenantId, request, signal) => queryRetention(clickHouse, tenantId, request, signal),
    readLifecycle: (tenantId, request, signal) => queryLifecycle(clickHouse, tenantId, request, signal),
    readPaths: (tenantId, request, signal) => queryPaths(clickHouse, tenantId, request, signal),
    readSeats: (tenantId, request, signal) => querySeats(clickHouse, tenantId, request, signal),
    readSeatTransitions: (tenantId, request, signal) =>
      querySeatTransitions(clickHouse, tenantId, request, signal),
    findOldestReceipt: (tenantId, signal) => queryOldestReceipt(clickHouse, tenantId, signal),
  };
}
