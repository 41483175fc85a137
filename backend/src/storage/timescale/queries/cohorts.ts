import { z } from 'zod';
import type { CohortCount } from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { createParamList } from './param-list.js';
import { groupNames, userPeriodsSql, type UserPeriodsRequest } from './user-periods.js';

export interface PiecedCohortsRequest extends UserPeriodsRequest {
  readonly cohorts: number;
  readonly periodsAfter: number;
  readonly rowsMax: number;
}

const cohortRow = z.object({
  cohort: z.number(),
  group: z.array(z.string()),
  after: z.number(),
  users: z.string().transform(Number),
});

/** How many of those who were first seen in a period came again how many periods later. */
export async function queryCohorts(
  executor: SqlExecutor,
  tenantId: string,
  request: PiecedCohortsRequest,
): Promise<readonly CohortCount[]> {
  const { bind, values } = createParamList();
  const names = groupNames(request.groupBy);
  const keys = names.map((name) => `${name}, `).join('');
  const sql = `WITH active AS (
  ${userPeriodsSql(tenantId, request, bind)}
), followed AS (
  SELECT ${keys}period, min(period) OVER (PARTITION BY ${keys}user_id) AS cohort FROM active
), counted AS (
  SELECT ${keys}cohort, period - cohort AS after FROM followed
  UNION ALL
  SELECT ${keys}cohort, -1 FROM followed WHERE period = cohort
)
SELECT cohort, ARRAY[${names.join(', ')}]::text[] AS group, after, count(*)::text AS users FROM counted
WHERE cohort >= 0 AND cohort < ${bind(request.cohorts, 'integer')} AND after <= ${bind(request.periodsAfter, 'integer')}
GROUP BY ${keys}cohort, after LIMIT ${bind(request.rowsMax + 1, 'bigint')}`;
  return (await executor.query(sql, values)).map((row) => cohortRow.parse(row));
}
