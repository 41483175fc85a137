import { z } from 'zod';
import type { LifecycleCount, LifecycleState } from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { createParamList } from './param-list.js';
import { groupNames, userPeriodsSql, type UserPeriodsRequest } from './user-periods.js';

export interface PiecedLifecycleRequest extends UserPeriodsRequest {
  /** The first one is the one before those that are asked for. */
  readonly periods: number;
  readonly rowsMax: number;
}

const states = ['new', 'returning', 'resurrected', 'dormant'] as const satisfies readonly LifecycleState[];
const lifecycleRow = z.object({
  period: z.number(),
  group: z.array(z.string()),
  state: z.enum(states),
  users: z.string().transform(Number),
});

/** Who was active in each period, against all before; dormant are those who were active in the one before only. */
export async function queryLifecycle(
  executor: SqlExecutor,
  tenantId: string,
  request: PiecedLifecycleRequest,
): Promise<readonly LifecycleCount[]> {
  const { bind, values } = createParamList();
  const names = groupNames(request.groupBy);
  const keys = names.map((name) => `${name}, `).join('');
  const sql = `WITH active AS (
  ${userPeriodsSql(tenantId, request, bind)}
), turns AS (
  SELECT ${keys}period, lag(period) OVER turn AS before, lead(period) OVER turn AS after
  FROM active WINDOW turn AS (PARTITION BY ${keys}user_id ORDER BY period)
), states AS (
  SELECT ${keys}period, CASE WHEN before IS NULL THEN 'new' WHEN period - before = 1 THEN 'returning' ELSE 'resurrected' END AS state
  FROM turns
  UNION ALL
  SELECT ${keys}period + 1, 'dormant' FROM turns WHERE after IS NULL OR after <> period + 1
)
SELECT period, ARRAY[${names.join(', ')}]::text[] AS group, state, count(*)::text AS users FROM states
WHERE period >= 1 AND period < ${bind(request.periods, 'integer')}
GROUP BY ${keys}period, state LIMIT ${bind(request.rowsMax + 1, 'bigint')}`;
  return (await executor.query(sql, values)).map((row) => lifecycleRow.parse(row));
}
