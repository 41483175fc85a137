import { z } from 'zod';
import type { FirstsCount, FirstsDimensionName, FirstsRequest } from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { milestonesSql } from '../milestones.js';
import { toInstant } from '../rollup/spans.js';
import { dimensionSql, filtersSql, type ResolvedFilter } from './filters.js';
import { createParamList } from './param-list.js';
import { landingTable, userFirstsTable } from './pieces.js';
import { groupNames } from './user-periods.js';

export interface PiecedFirstsRequest extends Omit<FirstsRequest, 'filters'> {
  readonly filters: readonly ResolvedFilter<FirstsDimensionName>[];
  /** What has landed in these is not rolled up yet. Epoch milliseconds. */
  readonly open: readonly { readonly fromMs: number; readonly toMs: number }[];
}

const firstsRow = z.object({
  cohort: z.number(),
  group: z.array(z.string()),
  users: z.string().transform(Number),
  in_time: z.string().transform(Number),
  median_ms: z.string().transform(Number).nullable(),
});

/** Users by when they were first seen, and how long it took them to the first agent run that succeeded. */
export async function queryUserFirsts(
  executor: SqlExecutor,
  tenantId: string,
  request: PiecedFirstsRequest,
): Promise<readonly FirstsCount[]> {
  const { bind, values } = createParamList();
  const { startsMs, endMs, groupBy, open } = request;
  const names = groupNames(groupBy);
  const keys = names.map((name) => `, ${name}`).join('');
  const columns = groupBy.map((name, index) => `, ${dimensionSql(name)} AS d${index}`).join('');
  const where = [
    `tenant_id = ${bind(tenantId, 'text')}`,
    ...filtersSql(request.filters, dimensionSql, bind),
  ].join(' AND ');
  const instants = (list: readonly number[]): string => bind(list.map(toInstant), 'timestamptz[]');
  const openSql = `unnest(${instants(open.map(({ fromMs }) => fromMs))}, ${instants(open.map(({ toMs }) => toMs))})`;
  const sql = `WITH milestones AS (
  SELECT user_id${columns}, milestone, first_at FROM ${userFirstsTable} WHERE ${where}
  UNION ALL
  SELECT user_id${columns}, milestone, occurred_at FROM ${openSql} AS open (starts, ends)
  JOIN ${landingTable} ON occurred_at >= starts AND occurred_at < ends
  CROSS JOIN LATERAL ${milestonesSql} AS milestone
  WHERE user_id <> '' AND ${where}
), users AS (
  SELECT min(first_at) FILTER (WHERE milestone = 'seen') AS seen,
    min(first_at) FILTER (WHERE milestone = 'runSucceeded') AS succeeded${keys}
  FROM milestones GROUP BY user_id${keys}
), cohorts AS (
  SELECT width_bucket(seen, ${instants(startsMs)}) - 1 AS cohort,
    round(extract(epoch FROM succeeded - seen) * 1000)::bigint AS took${keys}
  FROM users WHERE seen >= ${bind(toInstant(startsMs[0] ?? endMs), 'timestamptz')} AND seen < ${bind(toInstant(endMs), 'timestamptz')}
)
SELECT cohort, ARRAY[${names.join(', ')}]::text[] AS group, count(*)::text AS users,
  (count(*) FILTER (WHERE took <= ${bind(request.withinMs, 'bigint')}))::text AS in_time,
  (percentile_disc(0.5) WITHIN GROUP (ORDER BY took))::text AS median_ms
FROM cohorts GROUP BY cohort${keys} LIMIT ${bind(request.rowsMax + 1, 'bigint')}`;
  const rows = await executor.query(sql, values);
  return rows
    .map((row) => firstsRow.parse(row))
    .map(({ in_time: inTime, median_ms: medianMs, ...row }) => ({ ...row, inTime, medianMs }));
}
