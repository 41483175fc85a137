import type { MetricEngine } from '../metric-queries/metric-engine.js';
import type { QueryPlan } from '../metric-queries/query-plan.js';
import type { ClickHouse } from '../storage/clickhouse/client.js';
import { queryActiveUsers } from '../storage/clickhouse/queries/active-users.js';
import { queryMeasures } from '../storage/clickhouse/queries/measures.js';
import { checkRegex } from '../storage/clickhouse/queries/regex-check.js';
import { rawSource, type Source } from '../storage/clickhouse/queries/sources.js';
import { chooseSource } from './choose-source.js';
import type { RawLimits } from './raw-limits.js';
import {
  joinReads,
  listReadsOfMeasures,
  listReadsOfUsers,
  noticesOfRetention,
  type PlannedReads,
} from './raw-reads.js';

/** Metric queries, answered by the aggregates and the raw events in ClickHouse. */
export function createClickHouseEngine(clickHouse: ClickHouse, limits: RawLimits): MetricEngine {
  return {
    checkRegex: (pattern, signal) => checkRegex(clickHouse, pattern, signal),
    open(tenantId, plan, asOfMs) {
      const { source, reads } = planReads(plan, limits, asOfMs);
      return Promise.resolve({
        sources: reads.tables,
        notices: noticesOfRetention(reads, asOfMs, limits.retentionDays),
        readMeasures: (request, signal) =>
          queryMeasures(clickHouse, tenantId, { ...request, source }, signal),
        readActiveUsers: (request, signal) => queryActiveUsers(clickHouse, tenantId, request, signal),
      });
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
  const measures = plan.kind === 'perUser' ? plan.numerator : plan;
  const source = chooseSource(measures, limits, nowMs);
  const reads = listReadsOfMeasures(measures, source);
  if (plan.kind === 'measures') return { source, reads };
  return { source, reads: joinReads(reads, listReadsOfUsers(plan.denominator)) };
}
