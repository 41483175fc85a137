import { z } from 'zod';
import type { UsageDepth, UsageDepthCount, UsageDepthRequest } from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { createParamList } from './param-list.js';
import { groupNames, userPeriodsSql, type UserPeriodsRequest } from './user-periods.js';

export type PiecedDepthRequest = UserPeriodsRequest &
  Pick<UsageDepthRequest, 'periodOfDay' | 'moderateDays' | 'heavyDays' | 'rowsMax'>;

const depths = ['none', 'light', 'moderate', 'heavy'] as const satisfies readonly UsageDepth[];
const depthRow = z.object({
  period: z.number(),
  group: z.array(z.string()),
  depth: z.enum(depths),
  users: z.string().transform(Number),
});

/** Users by the number of days on which they were active in each period; who was there in the one before only has none. */
export async function queryUsageDepth(
  executor: SqlExecutor,
  tenantId: string,
  request: PiecedDepthRequest,
): Promise<readonly UsageDepthCount[]> {
  const { bind, values } = createParamList();
  const names = groupNames(request.groupBy);
  const keys = names.map((name) => `${name}, `).join('');
  const list = (numbers: readonly number[]): string => `(${bind(numbers, 'integer[]')})`;
  // Each day is a period of what is read.
  const sql = `WITH active AS (
  ${userPeriodsSql(tenantId, request, bind)}
), counted AS (
  SELECT ${keys}user_id, ${list(request.periodOfDay)}[period + 1] AS span, count(*) AS days
  FROM active GROUP BY ${keys}user_id, span
), turns AS (
  SELECT ${keys}span, days, lead(span) OVER (PARTITION BY ${keys}user_id ORDER BY span) AS after FROM counted
), depths AS (
  SELECT ${keys}span, CASE WHEN days >= ${list(request.heavyDays)}[span + 1] THEN 'heavy'
    WHEN days >= ${list(request.moderateDays)}[span + 1] THEN 'moderate' ELSE 'light' END AS depth FROM turns
  UNION ALL
  SELECT ${keys}span + 1, 'none' FROM turns WHERE after IS NULL OR after <> span + 1
)
SELECT span AS period, ARRAY[${names.join(', ')}]::text[] AS group, depth, count(*)::text AS users FROM depths
WHERE span >= 1 AND span < ${bind(request.moderateDays.length, 'integer')}
GROUP BY ${keys}span, depth LIMIT ${bind(request.rowsMax + 1, 'bigint')}`;
  return (await executor.query(sql, values)).map((row) => depthRow.parse(row));
}
