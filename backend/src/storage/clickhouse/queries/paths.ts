import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { DimensionFilter, DimensionName } from '../../metric-reads.js';
import { matchSql, nearestRank, userEventsSql } from './event-match.js';
import { createParamBinder } from './param-binder.js';
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
  const { bind, params } = createParamBinder();
  const step = rawSource.dimensions[request.by];
  if (step === undefined) throw new Error(`events have no ${request.by}`);
  const begun =
    request.startsWith === undefined
      ? 'visit'
      : `arraySlice(visit, arrayFirstIndex(event -> event.2 = ${bind(request.startsWith, 'String')}, visit))`;
  const begins =
    request.startsWith === undefined
      ? ''
      : `WHERE arrayExists(event -> event.2 = ${bind(request.startsWith, 'String')}, visit)`;
  return clickHouse.query({
    name: 'paths',
    sql: `SELECT path, users, times, medianMs, count() OVER () AS pathsFound, sum(times) OVER () AS timesFound FROM (
SELECT path, uniqExact(user_id) AS users, count() AS times, quantileExact(${nearestRank(0.5)})(lasted) AS medianMs
FROM (
  SELECT user_id, arrayMap(event -> event.2, events) AS steps,
    arrayCumSum(arrayMap((step, before) -> step != before, steps, arrayPushFront(arrayPopBack(steps), ''))) AS numbers,
    arraySlice(arrayCompact(steps), 1, ${bind(request.stepsMax, 'UInt8')}) AS path,
    events[arrayLastIndex(number -> number <= ${bind(request.stepsMax, 'UInt8')}, numbers)].1 - events[1].1 AS lasted
  FROM (
    SELECT user_id, ${begun} AS events FROM (
      SELECT user_id, arrayJoin(arraySplit((event, pause) -> pause >= ${bind(request.gapMs, 'Int64')}, all, pauses)) AS visit FROM (
        SELECT user_id, arraySort(groupArray((toUnixTimestamp64Milli(occurred_at), toString(${step})))) AS all,
          arrayMap(event -> event.1, all) AS times, arrayDifference(times) AS pauses
        FROM events_raw_v1
        WHERE ${userEventsSql(tenantId, request, bind)} AND ${matchSql(request, bind)} AND ${step} != ''
        GROUP BY user_id
      )
    )
    ${begins}
  )
)
GROUP BY path
)
ORDER BY times DESC, path LIMIT ${bind(request.limit, 'UInt32')}`,
    params,
    row: pathRow,
    memoryBytesMax: request.memoryBytesMax,
    ...(signal !== undefined && { signal }),
  });
}
