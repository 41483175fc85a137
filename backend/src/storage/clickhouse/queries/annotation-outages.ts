import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import { instantSql } from './time-sql.js';
import { selectionSql, withLineSql, type EventDimension, type EventSelection } from './event-sql.js';
import { filtersSql } from './filters.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { sources, type Source } from './sources.js';

const windowRow = z.object({ start: z.number(), requests: z.number(), failed: z.number() });

/** A window of time in which too many requests failed. */
export interface BadWindow {
  readonly fromMs: number;
  readonly requests: number;
  readonly failed: number;
}

export interface BadWindowsRequest extends EventSelection {
  /** Windows begin where the time since 1970 is a multiple of it. The ends of the selection do, too. */
  readonly windowMinutes: number;
  /** Of the requests of a window, 0 to 1. */
  readonly failedShareMin: number;
  readonly requestsMin: number;
  readonly failedMin: number;
  readonly rowsMax: number;
}

const requestType = 'ai.coditect.api.request.completed.v1';
const minuteMs = 60_000;

/**
 * The smallest table that can tell which requests are meant; `undefined` where that takes single events. Windows are
 * whole minutes, so that a table of minutes has no edges.
 */
export function sourceOfRequests(request: BadWindowsRequest): Source | undefined {
  if (request.words.length > 0) return undefined;
  return sources.find(
    ({ dimensions, grainMs, isRaw, onlyTypes }) =>
      !isRaw &&
      onlyTypes?.includes(requestType) === true &&
      (request.windowMinutes * minuteMs) % grainMs === 0 &&
      request.filters.every(({ dimension }) => Object.hasOwn(dimensions, dimension)),
  );
}

/** The bad windows, the latest first. */
export async function queryBadWindows(
  clickHouse: ClickHouse,
  tenantId: string,
  request: BadWindowsRequest,
  signal?: AbortSignal,
): Promise<readonly BadWindow[]> {
  const { bind, params } = createParamBinder();
  const source = sourceOfRequests(request);
  const seconds = bind(request.windowMinutes * 60, 'Int64');
  const rows = await clickHouse.query({
    name: 'annotation-outages',
    tenantId,
    sql: `SELECT start, requests, failed FROM (
${source === undefined ? withLineSql(request) : ''}SELECT intDiv(toUnixTimestamp(${source?.timeColumn ?? 'occurred_at'}), ${seconds}) * ${seconds} AS start, ${countsSql(source)}
FROM ${source?.table ?? 'events_raw_v1'}
WHERE ${conditionsOf(tenantId, request, source, bind).join('\n  AND ')}
GROUP BY start
) WHERE requests >= ${bind(request.requestsMin, 'UInt64')} AND failed >= ${bind(request.failedMin, 'UInt64')} AND failed / requests >= ${bind(request.failedShareMin, 'Float64')}
ORDER BY start DESC LIMIT ${bind(request.rowsMax, 'UInt32')}`,
    params,
    row: windowRow,
    ...(signal !== undefined && { signal }),
  });
  return rows.map(({ start, requests, failed }) => ({ fromMs: start * 1_000, requests, failed }));
}

/** A request has failed with a status code of 500 or above, as the KPI `api_error_rate` has it. */
function countsSql(source: Source | undefined): string {
  return source === undefined
    ? 'count() AS requests, countIf(status_code >= 500) AS failed'
    : 'sum(events) AS requests, sumIf(events, status_code >= 500) AS failed';
}

function conditionsOf(
  tenantId: string,
  request: BadWindowsRequest,
  source: Source | undefined,
  bind: ParamBinder['bind'],
): readonly string[] {
  const ofType = `type = ${bind(requestType, 'String')}`;
  if (source === undefined) return [...selectionSql(tenantId, request, bind), ofType];
  const expressions: Readonly<Partial<Record<EventDimension, string>>> = source.dimensions;
  return [
    `tenant_id = ${bind(tenantId, 'String')}`,
    ofType,
    `${source.timeColumn} >= ${instantSql(request.fromMs, bind)}`,
    `${source.timeColumn} < ${instantSql(request.toMs, bind)}`,
    ...filtersSql(request.filters, expressions, bind),
  ];
}
