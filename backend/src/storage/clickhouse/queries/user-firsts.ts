import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { FirstsCount, FirstsDimensionName, FirstsRequest } from '../../metric-reads.js';
import { filtersSql } from './filters.js';
import { createParamBinder } from './param-binder.js';
import { groupColumnsOf, limitSql } from './user-periods.js';

const columns = { team: 'team', project: 'project' } as const satisfies Record<FirstsDimensionName, string>;

const firstsRow = z.object({
  cohort: z.number(),
  group: z.array(z.string()),
  users: z.number(),
  inTime: z.number(),
  medianMs: z.number().nullable(),
});

/** Users by when they were first seen, and how long it took them to the first agent run that succeeded. */
export async function queryUserFirsts(
  clickHouse: ClickHouse,
  tenantId: string,
  request: FirstsRequest & { readonly memoryBytesMax: number },
  signal?: AbortSignal,
): Promise<readonly FirstsCount[]> {
  const { bind, params } = createParamBinder();
  const { startsMs, endMs, groupBy, memoryBytesMax } = request;
  const { names, group } = groupColumnsOf(groupBy);
  const groups = names.map((name) => `, ${name}`).join('');
  const starts = bind(startsMs, 'Array(Int64)');
  const numbers = bind(
    startsMs.map((_start, index) => index),
    'Array(Int32)',
  );
  const where = [
    `tenant_id = ${bind(tenantId, 'String')}`,
    ...filtersSql(request.filters, columns, bind),
  ].join(' AND ');
  const selected = groupBy.map((name, index) => `, ${columns[name]} AS d${index}`).join('');
  return clickHouse.query({
    name: 'user-firsts',
    tenantId,
    sql: `SELECT transform(roundDown(seen, ${starts}), ${starts}, ${numbers}, toInt32(-1)) AS cohort, ${group} AS group, count() AS users,
  countIf(has_arrived AND took <= ${bind(request.withinMs, 'Int64')}) AS inTime,
  if(countIf(has_arrived) = 0, NULL, quantileExactLowIf(0.5)(took, has_arrived)) AS medianMs
FROM (
  SELECT minIf(at, milestone = 'seen') AS seen, minIf(at, milestone = 'runSucceeded') - seen AS took, max(milestone = 'runSucceeded') AS has_arrived${groups}
  FROM (
    SELECT user_key, milestone, toUnixTimestamp64Milli(first_at) AS at${selected} FROM user_firsts_v1 WHERE ${where}
  )
  GROUP BY user_key${groups}
  HAVING seen >= ${bind(startsMs[0] ?? endMs, 'Int64')} AND seen < ${bind(endMs, 'Int64')}
)
GROUP BY cohort${groups}${limitSql(request.rowsMax, bind)}`,
    params,
    row: firstsRow,
    memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}
