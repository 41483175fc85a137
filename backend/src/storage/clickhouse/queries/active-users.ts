import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { ActiveUsersRequest, ActiveUsersRow, UserDimensionName } from '../../metric-reads.js';
import type { InstantRange } from './cut-at-grains.js';
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
  const { whole, edges } = partsOf(request);
  const dims = request.groupBy.map((name, index) => `${columns[name]} AS d${index}`);
  const filters = filtersSql(request.filters, columns, bind)
    .map((filter) => `  AND ${filter}`)
    .join('\n');
  const tenant = `tenant_id = ${bind(tenantId, 'String')}`;
  const single = edges.map(
    ({
      day,
      fromMs,
      toMs,
    }) => `SELECT ${[...dims, 'sipHash64(user_id) AS user'].join(', ')}, [${bind(day, 'Int32')}] AS days
FROM events_raw_v1
WHERE ${tenant} AND user_id != ''
  AND occurred_at >= fromUnixTimestamp64Milli(${bind(fromMs, 'Int64')}, 'UTC')
  AND occurred_at < fromUnixTimestamp64Milli(${bind(toMs, 'Int64')}, 'UTC')
${filters}`,
  );
  const stored = `SELECT ${[...dims, 'user_key AS user'].join(', ')},
${storedDaysSql(request, whole, bind)}
FROM user_days_v1
WHERE ${tenant}
  AND utc_day >= toDate(${bind(utcDayOf(whole.fromMs), 'UInt16')}) AND utc_day <= toDate(${bind(utcDayOf(whole.toMs - 1), 'UInt16')})
${filters}`;
  const isStored = whole.fromMs < whole.toMs;
  return [...(isStored ? [stored] : []), ...single].map((inner) => selectDays(dims.length, inner));
}

/** Whole quarter hours, and what is left of the first and the last one, with the number of its day or period. */
function partsOf(request: ActiveUsersRequest): {
  readonly whole: InstantRange;
  readonly edges: readonly (InstantRange & { readonly day: number })[];
} {
  const { startMs = request.firstUtcDay * dayMs, endMs, localDays } = request;
  const firstMs = Math.min(Math.ceil(startMs / quarterMs) * quarterMs, endMs);
  const lastMs = Math.max(Math.floor(endMs / quarterMs) * quarterMs, firstMs);
  const edges = [
    { fromMs: startMs, toMs: firstMs, day: numberOf(request, 0) },
    { fromMs: lastMs, toMs: endMs, day: numberOf(request, localDays - 1) },
  ];
  return {
    whole: { fromMs: firstMs, toMs: lastMs },
    edges: edges.filter(({ fromMs, toMs }) => fromMs < toMs),
  };
}

/** As windows count: periods, or local days. */
function numberOf({ periodOfDay }: ActiveUsersRequest, localDay: number): number {
  return periodOfDay === undefined ? localDay : (periodOfDay[localDay] ?? -1);
}

function utcDayOf(ms: number): number {
  return Math.max(0, Math.floor(ms / dayMs));
}

/** The days (or periods) of a row, from its bits of quarter hours. */
function storedDaysSql(request: ActiveUsersRequest, whole: InstantRange, bind: ParamBinder['bind']): string {
  const list = (name: string, values: readonly number[]): string => bind(values, `Array(${name})`);
  const { cuts } = request;
  const befores = cuts.map((cut) => numberOf(request, cut.before));
  const afters = cuts.map((cut) => numberOf(request, cut.after));
  const quarters = cuts.map((cut) => cut.quarters);
  const days = bind(numberOf(request, request.localDays - 1) + 1, 'Int32');
  const ones = (count: string): string => `bitShiftLeft(toUInt128(1), ${count}) - 1`;
  return `  toInt32(utc_day) - ${bind(request.firstUtcDay, 'Int32')} + 1 AS i,
  ${list('Int32', befores)}[i] AS before,
  ${list('Int32', afters)}[i] AS after,
  ${list('UInt8', quarters)}[i] AS cut,
  ${activeSql(whole, bind, ones)} AS active,
  arrayFilter((d, hit) -> hit AND d >= 0 AND d < ${days},
    [before, after], [bitAnd(active, ${ones('cut')}) != 0, bitShiftRight(active, cut) != 0]) AS days`;
}

/** The bits of a row that lie within the range. */
function activeSql(whole: InstantRange, bind: ParamBinder['bind'], ones: (count: string) => string): string {
  const quarterOf = (ms: number): number => (ms - utcDayOf(ms) * dayMs) / quarterMs;
  const isDay = (ms: number): string => `utc_day = toDate(${bind(utcDayOf(ms), 'UInt16')})`;
  const [from, to] = [Math.max(0, whole.fromMs), whole.toMs];
  const ended =
    quarterOf(to) === 0
      ? 'quarters'
      : `if(${isDay(to)}, bitAnd(quarters, ${ones(bind(quarterOf(to), 'UInt8'))}), quarters)`;
  if (quarterOf(from) === 0) return ended;
  const begun = bind(quarterOf(from), 'UInt8');
  return `if(${isDay(from)}, bitShiftLeft(bitShiftRight(${ended}, ${begun}), ${begun}), ${ended})`;
}

function selectDays(dims: number, inner: string): string {
  const names = Array.from({ length: dims }, (_unused, index) => `d${index}`);
  return `SELECT ${[...names, 'user', 'days'].join(', ')} FROM (\n${inner}\n) WHERE notEmpty(days)`;
}
