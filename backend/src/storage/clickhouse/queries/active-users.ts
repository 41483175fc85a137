import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { ActiveUsersRequest, ActiveUsersRow, UserDimensionName } from '../../metric-reads.js';
import { filtersSql } from './filters.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';

const quarterMs = 900_000;
const dayMs = 86_400_000;
const columns = { team: 'team', project: 'project', domain: 'domain' } as const satisfies Record<
  UserDimensionName,
  string
>;

const activeUsersRow = z.object({
  window: z.number(),
  localDay: z.number(),
  group: z.array(z.string()),
  change: z.number(),
});

/**
 * Exact distinct users of trailing windows, in one pass: the days of each user become runs (a run lasts until the
 * user has been away for the whole window), and only the ends of runs are summed.
 */
export async function queryActiveUsers(
  clickHouse: ClickHouse,
  tenantId: string,
  request: ActiveUsersRequest,
  signal?: AbortSignal,
): Promise<readonly ActiveUsersRow[]> {
  const { sql, params } = activeUsersSql(tenantId, request);
  return clickHouse.query({
    name: 'active-users',
    sql,
    params,
    row: activeUsersRow,
    ...(signal !== undefined && { signal }),
  });
}

function activeUsersSql(
  tenantId: string,
  request: ActiveUsersRequest,
): { readonly sql: string; readonly params: Readonly<Record<string, unknown>> } {
  const binder = createParamBinder();
  const { bind } = binder;
  const dims = request.groupBy.map((_name, index) => `d${index}`);
  const group =
    dims.length === 0 ? 'emptyArrayString()' : `[${dims.map((dim) => `toString(${dim})`).join(', ')}]`;
  const far = 1_000_000;
  const sql = `SELECT tupleElement(edge, 1) AS window, tupleElement(edge, 2) AS localDay, ${group} AS group, sum(tupleElement(edge, 3)) AS change
FROM (
  SELECT ${[...dims, 'sorted'].join(', ')},
    arrayJoin(arrayFlatten(arrayMap(w -> arrayConcat(
      arrayMap(s -> (w, s, toInt32(1)), arrayFilter((day, before) -> day - before > w, sorted, arrayPopBack(arrayPushFront(sorted, toInt32(-${far}))))),
      arrayMap(e -> (w, toInt32(e + w), toInt32(-1)), arrayFilter((day, after) -> after - day > w, sorted, arrayPopFront(arrayPushBack(sorted, toInt32(${far})))))
    ), ${bind(request.windows, 'Array(Int32)')}))) AS edge
  FROM (
    SELECT ${[...dims, 'user'].join(', ')}, arraySort(groupUniqArrayArray(days)) AS sorted
    FROM (
${userDaysSql(tenantId, request, bind).join('\nUNION ALL\n')}
    )
    GROUP BY ${[...dims, 'user'].join(', ')}
  )
)
GROUP BY ${['window', 'localDay', ...dims].join(', ')}
LIMIT ${bind(request.rowsMax + 1, 'UInt32')}`;
  return { sql, params: binder.params };
}

function userDaysSql(
  tenantId: string,
  request: ActiveUsersRequest,
  bind: ParamBinder['bind'],
): readonly string[] {
  const wholeEndMs = Math.floor(request.endMs / quarterMs) * quarterMs;
  const endDay = Math.floor(wholeEndMs / dayMs);
  const endQuarters = (wholeEndMs - endDay * dayMs) / quarterMs;
  const dims = request.groupBy.map((name, index) => `${columns[name]} AS d${index}`);
  const filters = filtersSql(request.filters, columns, bind);
  const localDays = bind(request.localDays, 'Int32');
  const ones = (quarters: string): string => `bitShiftLeft(toUInt128(1), ${quarters}) - 1`;
  const first = bind(request.firstUtcDay, 'Int32');
  const active =
    endQuarters === 0
      ? 'quarters'
      : `if(utc_day = toDate(${bind(endDay, 'UInt16')}), bitAnd(quarters, ${ones(bind(endQuarters, 'UInt8'))}), quarters)`;
  const lastDay = endQuarters === 0 ? endDay - 1 : endDay;
  const fromDay = bind(Math.max(0, request.firstUtcDay), 'UInt16');
  const toDay = bind(Math.max(0, lastDay), 'UInt16');
  const befores = bind(
    request.cuts.map((cut) => cut.before),
    'Array(Int32)',
  );
  const afters = bind(
    request.cuts.map((cut) => cut.after),
    'Array(Int32)',
  );
  const quarters = bind(
    request.cuts.map((cut) => cut.quarters),
    'Array(UInt8)',
  );
  const stored = `SELECT ${[...dims, 'user_key AS user'].join(', ')},
  toInt32(utc_day) - ${first} + 1 AS i,
  ${befores}[i] AS before,
  ${afters}[i] AS after,
  ${quarters}[i] AS cut,
  ${active} AS active,
  arrayFilter((d, hit) -> hit AND d >= 0 AND d < ${localDays},
    [before, after], [bitAnd(active, ${ones('cut')}) != 0, bitShiftRight(active, cut) != 0]) AS days
FROM user_days_v1
WHERE tenant_id = ${bind(tenantId, 'String')}
  AND utc_day >= toDate(${fromDay}) AND utc_day <= toDate(${toDay})
${filters.map((filter) => `  AND ${filter}`).join('\n')}`;
  if (wholeEndMs === request.endMs) return [selectDays(dims.length, stored)];
  const last = bind(request.localDays - 1, 'Int32');
  const rest = `SELECT ${[...dims, 'sipHash64(user_id) AS user'].join(', ')}, [${last}] AS days
FROM events_raw_v1
WHERE tenant_id = ${bind(tenantId, 'String')} AND user_id != ''
  AND occurred_at >= fromUnixTimestamp64Milli(${bind(wholeEndMs, 'Int64')}, 'UTC')
  AND occurred_at < fromUnixTimestamp64Milli(${bind(request.endMs, 'Int64')}, 'UTC')
${filters.map((filter) => `  AND ${filter}`).join('\n')}`;
  return [selectDays(dims.length, stored), selectDays(dims.length, rest)];
}

function selectDays(dims: number, inner: string): string {
  const names = Array.from({ length: dims }, (_unused, index) => `d${index}`);
  return `SELECT ${[...names, 'user', 'days'].join(', ')} FROM (\n${inner}\n) WHERE notEmpty(days)`;
}
