import type { Notice } from '@coditect/contracts';
import type { MetricEngine } from '../metric-queries/metric-engine.js';
import type { QueryPlan } from '../metric-queries/query-plan.js';
import type { ClickHouse } from '../storage/clickhouse/client.js';
import { queryActiveUsers } from '../storage/clickhouse/queries/active-users.js';
import { queryLifecycle } from '../storage/clickhouse/queries/lifecycle.js';
import { queryMeasures } from '../storage/clickhouse/queries/measures.js';
import { queryOldestReceipt } from '../storage/clickhouse/queries/oldest-receipt.js';
import { checkRegex } from '../storage/clickhouse/queries/regex-check.js';
import { queryRetention } from '../storage/clickhouse/queries/retention.js';
import { querySeats } from '../storage/clickhouse/queries/seats.js';
import { rawSource, type Source } from '../storage/clickhouse/queries/sources.js';
import { queryUsageDepth } from '../storage/clickhouse/queries/usage-depth.js';
import { queryUserFirsts } from '../storage/clickhouse/queries/user-firsts.js';
import { noticeOfFirstTimes } from './analyses/analysis-scope.js';
import { chooseSource } from './choose-source.js';
import type { RawLimits, StatesLimits } from './raw-limits.js';
import {
  joinReads,
  listReadsOfMeasures,
  listReadsOfStates,
  listReadsOfUsers,
  noticesOfRetention,
  type PlannedReads,
} from './raw-reads.js';

/** Metric queries, answered by the aggregates and the raw events in ClickHouse. */
export function createClickHouseEngine(
  clickHouse: ClickHouse,
  limits: RawLimits,
  { memoryBytesMax, aggregateRetentionDays }: StatesLimits,
): MetricEngine {
  /** Who is new is told by all that is kept. */
  async function noticesOfStates(
    tenantId: string,
    plan: QueryPlan,
    asOfMs: number,
    signal: AbortSignal,
  ): Promise<readonly Notice[]> {
    if (plan.kind !== 'lifecycle' && plan.kind !== 'cohorts' && plan.kind !== 'firsts') return [];
    const what = plan.kind === 'firsts' ? 'First uses' : 'Days of users';
    const kept = { kept: what, keptDays: aggregateRetentionDays, asOfMs };
    const store = {
      findOldestReceipt: (id: string, limited: AbortSignal) => queryOldestReceipt(clickHouse, id, limited),
    };
    return noticeOfFirstTimes(tenantId, kept, store, signal);
  }

  return {
    checkRegex: (pattern, signal) => checkRegex(clickHouse, pattern, signal),
    async open(tenantId, plan, asOfMs, opening) {
      const { source, reads } = planReads(plan, limits, asOfMs);
      return {
        sources: reads.tables,
        notices: [
          ...noticesOfRetention(reads, asOfMs, limits.retentionDays),
          ...(await noticesOfStates(tenantId, plan, asOfMs, opening)),
        ],
        readMeasures: (request, signal) =>
          queryMeasures(clickHouse, tenantId, { ...request, source }, signal),
        readActiveUsers: (request, signal) => queryActiveUsers(clickHouse, tenantId, request, signal),
        readSeats: (request, signal) =>
          querySeats(clickHouse, tenantId, { ...request, memoryBytesMax }, signal),
        readLifecycle: ({ rowsMax, ...activity }, signal) => {
          const request = { activity: { kind: 'days', ...activity }, rowsMax, memoryBytesMax } as const;
          return queryLifecycle(clickHouse, tenantId, request, signal);
        },
        readCohorts: ({ cohorts, periodsAfter, rowsMax, ...days }, signal) => {
          const source = { kind: 'days', ...days, start: [], returning: [] } as const;
          const which = { source, cohorts, periodsAfter, isFirstEver: true, isUnbounded: false };
          return queryRetention(clickHouse, tenantId, { ...which, rowsMax, memoryBytesMax }, signal);
        },
        readFirsts: (request, signal) =>
          queryUserFirsts(clickHouse, tenantId, { ...request, memoryBytesMax }, signal),
        readUsageDepth: (request, signal) =>
          queryUsageDepth(clickHouse, tenantId, { ...request, memoryBytesMax }, signal),
      };
    },
  };
}

/** Throws 422 `grain_not_available`. */
export function planReads(
  plan: QueryPlan,
  limits: RawLimits,
  nowMs: number,
): { readonly source: Source; readonly reads: PlannedReads } {
  if (plan.kind === 'activeUsers') return { source: rawSource, reads: listReadsOfUsers(plan) };
  if (plan.kind !== 'measures' && plan.kind !== 'perUser')
    return { source: rawSource, reads: listReadsOfStates(plan) };
  const measures = plan.kind === 'perUser' ? plan.numerator : plan;
  const source = chooseSource(measures, limits, nowMs);
  const reads = listReadsOfMeasures(measures, source);
  if (plan.kind === 'measures') return { source, reads };
  return { source, reads: joinReads(reads, listReadsOfUsers(plan.denominator)) };
}
