import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { UsageDepth, UsageDepthCount, UsageDepthRequest } from '../../metric-reads.js';
import { createParamBinder } from './param-binder.js';
import { groupColumnsOf, limitSql, userPeriodsSql } from './user-periods.js';

const depths = ['none', 'light', 'moderate', 'heavy'] as const satisfies readonly UsageDepth[];
const depthRow = z.object({
  period: z.number(),
  group: z.array(z.string()),
  depth: z.enum(depths),
  users: z.number(),
});

/** Users by the number of days on which they were active in each period; who was there in the one before only has none. */
export async function queryUsageDepth(
  clickHouse: ClickHouse,
  tenantId: string,
  request: UsageDepthRequest & { readonly memoryBytesMax: number },
  signal?: AbortSignal,
): Promise<readonly UsageDepthCount[]> {
  const { bind, params } = createParamBinder();
  const { days, filters, groupBy, memoryBytesMax } = request;
  const { names, group } = groupColumnsOf(groupBy);
  const groups = names.map((name) => `, ${name}`).join('');
  const far = 1_000_000;
  const list = (numbers: readonly number[]): string => bind(numbers, 'Array(Int32)');
  const next = (numbers: string, last: string): string => `arrayPushBack(arrayPopFront(${numbers}), ${last})`;
  // In a sorted list each period begins where the number before is another one, and ends where the next one begins.
  return clickHouse.query({
    name: 'usage-depth',
    tenantId,
    sql: `SELECT hit.1 AS period, ${group} AS group, hit.2 AS depth, count() AS users FROM (
  SELECT arrayJoin(arrayConcat(
    arrayMap((p, n) -> (p, multiIf(n >= ${list(request.heavyDays)}[p + 1], 'heavy', n >= ${list(request.moderateDays)}[p + 1], 'moderate', 'light')), periods, counts),
    arrayMap(p -> (toInt32(p + 1), 'none'), arrayFilter((p, later) -> later != p + 1, periods, ${next('periods', `toInt32(${far})`)}))
  )) AS hit${groups}
  FROM (
    SELECT arrayMap(d -> ${list(request.periodOfDay)}[d + 1], active) AS sorted,
      arrayFilter((i, p, before) -> p != before, arrayEnumerate(sorted), sorted, arrayPushFront(arrayPopBack(sorted), toInt32(-1))) AS starts,
      arrayMap(i -> sorted[i], starts) AS periods,
      arrayMap((i, later) -> toInt32(later) - toInt32(i), starts, ${next('starts', 'toUInt32(length(sorted) + 1)')}) AS counts${groups}
    FROM (
${userPeriodsSql(tenantId, { periods: days, isFromBefore: false, filters, lists: { active: [] }, groupBy }, bind)}
    )
  )
)
WHERE period >= 1 AND period < ${bind(request.moderateDays.length, 'Int32')}
GROUP BY period, depth${groups}${limitSql(request.rowsMax, bind)}`,
    params,
    row: depthRow,
    memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}
