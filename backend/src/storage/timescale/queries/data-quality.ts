import type { AnswerQuality } from '@coditect/contracts';
import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';

const count = z.union([z.string(), z.number()]).transform(Number);
const qualityRow = z.object({
  days: count,
  waiting: count,
  differing: count,
  matched: count,
  stream: count,
  batch: count,
  late: count,
});

/** What the comparisons of the closed local days say that touch `[fromMs, toMs)`. */
export async function queryDataQuality(
  executor: Pick<SqlExecutor, 'query'>,
  tenantId: string,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<AnswerQuality> {
  const [found] = await executor.query(
    `WITH days AS (
  SELECT local_day, reconciled_at IS NOT NULL AS is_compared FROM analytics.rollup_days_v1
  WHERE tenant_id = $1 AND ends_at > $2::timestamptz AND starts_at < $3::timestamptz
    AND local_day < (SELECT closed_until FROM analytics.rollup_tenants_v1 WHERE tenant_id = $1)
), sums AS (
  SELECT coalesce(sum(abs(stream_events - batch_events)), 0) AS differing,
    coalesce(sum(least(stream_events, batch_events)), 0) AS matched, coalesce(sum(stream_events), 0) AS stream,
    coalesce(sum(batch_events), 0) AS batch, coalesce(sum(late_events), 0) AS late
  FROM analytics.reconciliation_v1 JOIN days USING (local_day) WHERE tenant_id = $1
)
SELECT (SELECT count(*) FROM days WHERE is_compared) AS days, (SELECT count(*) FROM days WHERE NOT is_compared) AS waiting,
  sums.* FROM sums`,
    [tenantId, new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString()],
  );
  const row = qualityRow.parse(found);
  return {
    reconciliationDifference: row.differing,
    completeness: row.stream === 0 ? null : row.matched / row.stream,
    lateness: row.batch === 0 ? null : row.late / row.batch,
    daysCompared: row.days,
    daysWaiting: row.waiting,
  };
}
