import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { DimensionFilter, DimensionName } from '../../metric-reads.js';
import { matchSql, nearestRank, typesSql, userEventsSql, type EventMatch } from './event-match.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { instantSql } from './time-sql.js';
import { rawSource } from './sources.js';

export interface FunnelRequest {
  /** First steps are within; the others have `windowMs` from theirs. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly windowMs: number;
  /** Two to ten. */
  readonly steps: readonly EventMatch[];
  /** For every step. */
  readonly filters: readonly DimensionFilter<DimensionName>[];
  readonly breakdown?: DimensionName;
  /** Most values of the breakdown, those with the most users first. */
  readonly limit: number;
  readonly memoryBytesMax: number;
}

export interface FunnelRow {
  /** Of the breakdown; empty without one. */
  readonly value: string;
  /** Values of the breakdown there are. */
  readonly groups: number;
  /** Per step, the first one included. */
  readonly users: readonly number[];
  /** Per step after the first, from the step before, at the nearest rank; 0 where nobody came. */
  readonly mediansMs: readonly number[];
  readonly p90sMs: readonly number[];
}

const numbers = z.array(z.number());
const funnelRow = z.object({
  value: z.string(),
  groups: z.number(),
  users: numbers,
  mediansMs: numbers,
  p90sMs: numbers,
});

/**
 * How far users came, by their furthest attempt, of equally far ones the earliest. Without a breakdown there is one row
 * always.
 */
export async function queryFunnel(
  clickHouse: ClickHouse,
  tenantId: string,
  request: FunnelRequest,
  signal?: AbortSignal,
): Promise<readonly FunnelRow[]> {
  const { sql, params } = funnelSql(tenantId, request);
  return clickHouse.query({
    name: 'funnel',
    tenantId,
    sql,
    params,
    row: funnelRow,
    memoryBytesMax: request.memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}

/** Bits of an event's key: below its time in milliseconds, the first step that it can be, and all that it can be. */
const stepBits = 10;
const firstBits = 4;
const none = 'toInt64(-1)';

/**
 * One pass over each user's events in order. `c3` holds, at each event that can be step 3, when the latest attempt began
 * that has come to step 2 before it and still has time. The latest one is enough to know how far anybody comes: whatever
 * an earlier one reaches, it reaches too, and has more time. Of those that come as far, the earliest one arrives with
 * it, at the first event that reaches the last step: it is the first step within the window before that event. Its
 * steps are then the first ones in order.
 */
function funnelSql(
  tenantId: string,
  request: FunnelRequest,
): { readonly sql: string; readonly params: Readonly<Record<string, unknown>> } {
  const binder = createParamBinder();
  const { bind } = binder;
  const steps = request.steps.map((_step, index) => index + 1);
  const later = steps.slice(1);
  const isSplit = request.breakdown !== undefined;
  const over = (level: number): string =>
    listSql(
      later.map(
        (step) => `quantileExactIf(${nearestRank(level)})(t${step} - t${step - 1}, level >= ${step})`,
      ),
    );
  const sql = `SELECT value, count() OVER () AS groups, users, mediansMs, p90sMs FROM (
SELECT ${isSplit ? 'entered' : `''`} AS value,
  ${listSql(steps.map((step) => `countIf(level >= ${step})`))} AS users,
  ${over(0.5)} AS mediansMs,
  ${over(0.9)} AS p90sMs
FROM (
${attemptsSql(steps, bind(request.windowMs, 'Int64'), keysSql(tenantId, request, bind))}
)
${isSplit ? 'GROUP BY entered' : ''}
)
ORDER BY users[1] DESC, value LIMIT ${bind(request.limit, 'UInt32')}`;
  return { sql, params: binder.params };
}

function listSql(parts: readonly string[]): string {
  return `[${parts.join(', ')}]`;
}

/** Per user who entered: how far the best attempt came, when it came to each step, and what it entered with. */
function attemptsSql(steps: readonly number[], window: string, keys: string): string {
  const later = steps.slice(1);
  const fromLast = [...later].reverse();
  const candidates = later.map(
    (
      step,
    ) => `arrayMap((t, m, s) -> bitTest(m, ${step - 1}) AND s >= 0 AND t - s <= ${window} ? s : ${none}, times, masks,
    arrayPushFront(arrayPopBack(arrayFill(c -> c >= 0, c${step - 1})), ${none})) AS c${step}`,
  );
  const places = later.map(
    (step) =>
      `level < ${step} ? 0 : arrayFirstIndex((m, i) -> i > p${step - 1} AND bitTest(m, ${step - 1}), masks, arrayEnumerate(masks)) AS p${step}`,
  );
  return `SELECT level,
  arraySort(arrayMap(first -> first.2, arrayFilter(first -> first.1 = keys[p1], firsts)))[1] AS entered,
  ${steps.map((step) => `p${step} = 0 ? toInt64(0) : times[p${step}] AS t${step}`).join(',\n  ')}
FROM (
SELECT keys, firsts, times, level,
  arrayFirstIndex((t, m) -> bitTest(m, 0) AND t >= reachedAt - ${window}, times, masks) AS p1,
  ${places.join(',\n  ')}
FROM (
SELECT keys, firsts, times, masks,
  multiIf(${fromLast.map((step) => `arrayExists(c -> c >= 0, c${step}), ${step}`).join(', ')}, 1) AS level,
  arrayFirst((t, c) -> c >= 0, times, multiIf(${fromLast.map((step) => `level = ${step}, c${step}`).join(', ')}, c1)) AS reachedAt
FROM (
SELECT keys, firsts, times, masks,
  arrayMap((t, m) -> bitTest(m, 0) ? t : ${none}, times, masks) AS c1,
  ${candidates.join(',\n  ')}
FROM (
SELECT keys, firsts,
  arrayMap(key -> toInt64(bitShiftRight(key, ${stepBits + firstBits})), keys) AS times,
  arrayMap(key -> toUInt16(bitAnd(key, ${2 ** stepBits - 1})), keys) AS masks
FROM (
${keys}
))))
)`;
}

/** Each user's events as sorted numbers, of those who took a first step; and what these first steps split by. */
function keysSql(tenantId: string, request: FunnelRequest, bind: ParamBinder['bind']): string {
  const { fromMs, toMs, windowMs, breakdown } = request;
  const [first = '0', ...later] = request.steps.map((step) => matchSql(step, bind));
  const mask = [
    `toUInt64(${first} AND occurred_at < ${instantSql(toMs, bind)})`,
    ...later.map((match, index) => `bitShiftLeft(toUInt64(${match}), ${index + 1})`),
  ].join(' + ');
  const where = [
    userEventsSql(tenantId, { fromMs, toMs: toMs + windowMs }, bind),
    ...typesSql(request.steps, bind),
    matchSql({ filters: request.filters }, bind),
  ];
  const entered = breakdown === undefined ? undefined : rawSource.dimensions[breakdown];
  // The number of the lowest bit is that of the first step that the event can be.
  return `SELECT arraySort(groupArray(key)) AS keys, groupArrayIf((key, entered), bitTest(mask, 0)) AS firsts
FROM (
  SELECT user_id, ${mask} AS mask, toString(${entered ?? `''`}) AS entered,
    bitShiftLeft(toUInt64(toUnixTimestamp64Milli(occurred_at)), ${stepBits + firstBits})
      + bitShiftLeft(toUInt64(bitCount(bitXor(mask, mask - 1)) - 1), ${stepBits}) + mask AS key
  FROM events_raw_v1
  WHERE ${where.join('\n    AND ')}
)
WHERE mask != 0 GROUP BY user_id HAVING max(bitTest(mask, 0)) = 1`;
}
