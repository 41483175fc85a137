import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { DimensionFilter, DimensionName } from '../../metric-reads.js';
import { matchSql, nearestRank, userEventsSql } from './event-match.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { rawSource } from './sources.js';

export interface PathsRequest {
  readonly fromMs: number;
  readonly toMs: number;
  /** What a step is called after. */
  readonly by: DimensionName;
  readonly filters: readonly DimensionFilter<DimensionName>[];
  readonly startsWith?: string;
  readonly stepsMax: number;
  /** Who does nothing for this long begins anew. */
  readonly gapMs: number;
  readonly limit: number;
  readonly memoryBytesMax: number;
}

export interface PathRow {
  readonly path: readonly string[];
  readonly users: number;
  readonly times: number;
  /** From the first to the last event of the path, at the nearest rank. */
  readonly medianMs: number;
  /** Of all paths, those that are not in the answer too: how many different ones, and how often. */
  readonly pathsFound: number;
  readonly timesFound: number;
}

const pathRow = z.object({
  path: z.array(z.string()),
  users: z.number(),
  times: z.number(),
  medianMs: z.number(),
  pathsFound: z.number(),
  timesFound: z.number(),
});

/** The most frequent sequences, the most frequent first. Events of the same time are in the order of their steps' names. */
export async function queryPaths(
  clickHouse: ClickHouse,
  tenantId: string,
  request: PathsRequest,
  signal?: AbortSignal,
): Promise<readonly PathRow[]> {
  const { sql, params } = pathsSql(tenantId, request);
  return clickHouse.query({
    name: 'paths',
    tenantId,
    sql,
    params,
    row: pathRow,
    memoryBytesMax: request.memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}

/** Bits of an event's key below its time in milliseconds: the number of its step. Of a million names the rest is left out. */
const codeBits = 20;

/**
 * Steps are numbered in the order of their names, so that an event is one number and sorting is cheap; names come back
 * with the few paths that are shown. The empty name has number 1, and no event; a name that came since the names were
 * read has 0, and is not looked at.
 */
function pathsSql(
  tenantId: string,
  request: PathsRequest,
): { readonly sql: string; readonly params: Readonly<Record<string, unknown>> } {
  const { bind, params } = createParamBinder();
  const step = rawSource.dimensions[request.by];
  if (step === undefined) throw new Error(`events have no ${request.by}`);
  const where = `${userEventsSql(tenantId, request, bind)} AND ${matchSql(request, bind)} AND ${step} != ''`;
  const wanted = `${where}${startersSql(request, step, where, bind)}`;
  const stepsMax = bind(request.stepsMax, 'UInt8');
  const code = (key: string): string => `bitAnd(${key}, ${2 ** codeBits - 1})`;
  const visits = `SELECT user, arrayJoin(arraySplit((key, pause) -> pause >= ${bind(request.gapMs, 'Int64')}, keys, pauses)) AS visit
FROM (
  SELECT sipHash64(user_id) AS user, arraySort(groupArray(key)) AS keys,
    arrayDifference(arrayMap(key -> toInt64(bitShiftRight(key, ${codeBits})), keys)) AS pauses
  FROM (
    SELECT user_id, bitShiftLeft(toUInt64(toUnixTimestamp64Milli(occurred_at)), ${codeBits}) + transform(toString(${step}), names, codes, toUInt32(0)) AS key
    FROM events_raw_v1
    WHERE ${wanted}
  )
  WHERE ${code('key')} != 0
  GROUP BY user_id
)`;
  const sql = `WITH
  (SELECT arrayPushFront(arraySort(groupArray(${2 ** codeBits - 2})(name)), '') FROM (SELECT toString(${step}) AS name FROM events_raw_v1 WHERE ${where} GROUP BY name)) AS names,
  arrayMap(number -> toUInt32(number), arrayEnumerate(names)) AS codes
SELECT arrayMap(code -> names[code], numbered) AS path, users, times, medianMs, pathsFound, timesFound FROM (
SELECT numbered, users, times, medianMs, count() OVER () AS pathsFound, sum(times) OVER () AS timesFound FROM (
SELECT numbered, uniqExact(user) AS users, count() AS times, quantileExact(${nearestRank(0.5)})(lasted) AS medianMs FROM (
SELECT user, arrayMap(key -> ${code('key')}, begun) AS steps,
  arraySlice(arrayCompact(steps), 1, ${stepsMax}) AS numbered,
  arrayCumSum(arrayMap((code, before) -> code != before, steps, arrayPushFront(arrayPopBack(steps), toUInt64(0)))) AS numbers,
  bitShiftRight(begun[arrayLastIndex(number -> number <= ${stepsMax}, numbers)], ${codeBits}) - bitShiftRight(begun[1], ${codeBits}) AS lasted
FROM (
SELECT user, ${begunSql(request, code('key'), bind)} AS begun
FROM (
${visits}
)
)
WHERE notEmpty(begun)
) GROUP BY numbered
)
ORDER BY times DESC, numbered LIMIT ${bind(request.limit, 'UInt32')}
)
ORDER BY times DESC, numbered`;
  return { sql, params };
}

/** Whoever never came to the wanted first step has no path: mostly nearly all, whose events need not be put in order. */
function startersSql(
  { startsWith }: PathsRequest,
  step: string,
  where: string,
  bind: ParamBinder['bind'],
): string {
  if (startsWith === undefined) return '';
  return ` AND user_id IN (SELECT user_id FROM events_raw_v1 WHERE ${where} AND toString(${step}) = ${bind(startsWith, 'String')})`;
}

/** The visit from the first event of the wanted step on; nothing where there is none. */
function begunSql({ startsWith }: PathsRequest, code: string, bind: ParamBinder['bind']): string {
  if (startsWith === undefined) return 'visit';
  const isFirst = `${code} = indexOf(names, ${bind(startsWith, 'String')})`;
  return `(arrayFirstIndex(key -> ${isFirst}, visit) AS first) = 0 ? emptyArrayUInt64() : arraySlice(visit, greatest(first, 1))`;
}
