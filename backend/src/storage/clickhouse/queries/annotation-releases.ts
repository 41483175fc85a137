import { z } from 'zod';
import type { DimensionFilter, DimensionName } from '../../metric-reads.js';
import type { ClickHouse } from '../client.js';
import { instantSql } from './time-sql.js';
import { selectionSql, withLineSql, type EventDimension, type EventSelection } from './event-sql.js';
import { filtersSql } from './filters.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { sources } from './sources.js';

const releaseRow = z.object({
  agent_text: z.string(),
  version_text: z.string(),
  first_ms: z.number(),
  found: z.number(),
});

export interface Releases {
  /** The latest first. */
  readonly releases: readonly { readonly agent: string; readonly version: string; readonly atMs: number }[];
  /** How many there are, whether or not they fit. */
  readonly found: number;
  readonly tables: readonly string[];
}

const runTypes = ['ai.coditect.agent.run.started.v1', 'ai.coditect.agent.run.finished.v1'];
const rawTable = 'events_raw_v1';
const quarterMs = 900_000;
const activity = sources.find(({ table }) => table === 'activity_per_quarter_v1');

/** The first run of each version of an agent, where it lies in the range: of the runs that the selection lets through. */
export async function queryReleases(
  clickHouse: ClickHouse,
  tenantId: string,
  request: EventSelection & { readonly rowsMax: number },
  signal?: AbortSignal,
): Promise<Releases> {
  const { bind, params } = createParamBinder();
  const types = `type IN ${bind(runTypes, 'Array(String)')} AND agent != '' AND agent_version != ''`;
  const filters = activityFilters(request);
  const earlier =
    filters === undefined
      ? [rawEarlierSql(tenantId, { ...request, fromMs: 0, toMs: request.fromMs }, types, bind)]
      : quarterEarlierSql(tenantId, request, { types, filters }, bind);
  const rows = await clickHouse.query({
    name: 'annotation-releases',
    tenantId,
    sql: `SELECT toString(agent) AS agent_text, toString(agent_version) AS version_text, first_ms, count() OVER () AS found FROM (
${withLineSql(request)}SELECT agent, agent_version, toUnixTimestamp64Milli(min(occurred_at)) AS first_ms
FROM events_raw_v1
WHERE ${[...selectionSql(tenantId, request, bind), types].join('\n  AND ')}
GROUP BY agent, agent_version
) WHERE (toString(agent), toString(agent_version)) NOT IN (
${earlier.join('\nUNION ALL\n')}
)
ORDER BY first_ms DESC, agent_text, version_text LIMIT ${bind(request.rowsMax, 'UInt32')}`,
    params,
    row: releaseRow,
    ...(signal !== undefined && { signal }),
  });
  return {
    releases: rows.map((row) => ({ agent: row.agent_text, version: row.version_text, atMs: row.first_ms })),
    found: rows[0]?.found ?? 0,
    tables: [...(filters === undefined ? [] : ['activity_per_quarter_v1']), rawTable],
  };
}

/** The filters, when the quarter hours of activity can tell all of them: those are kept for longer than events. */
function activityFilters(selection: EventSelection): readonly DimensionFilter<DimensionName>[] | undefined {
  if (selection.words.length > 0) return undefined;
  const known = selection.filters.filter(isOfActivity);
  return known.length === selection.filters.length ? known : undefined;
}

function isOfActivity(filter: DimensionFilter<EventDimension>): filter is DimensionFilter<DimensionName> {
  return activity !== undefined && Object.hasOwn(activity.dimensions, filter.dimension);
}

function rawEarlierSql(
  tenantId: string,
  selection: EventSelection,
  types: string,
  bind: ParamBinder['bind'],
): string {
  return `${withLineSql(selection)}SELECT DISTINCT toString(agent), toString(agent_version) FROM events_raw_v1
WHERE ${[...selectionSql(tenantId, selection, bind), types].join('\n  AND ')}`;
}

/** Whole quarter hours before the range, and what is between the last of them and the range. */
function quarterEarlierSql(
  tenantId: string,
  request: EventSelection,
  { types, filters }: { readonly types: string; readonly filters: readonly DimensionFilter<DimensionName>[] },
  bind: ParamBinder['bind'],
): readonly string[] {
  const wholeToMs = Math.floor(request.fromMs / quarterMs) * quarterMs;
  const where = [
    `tenant_id = ${bind(tenantId, 'String')}`,
    `quarter < ${instantSql(wholeToMs, bind)}`,
    ...filtersSql(filters, activity?.dimensions ?? {}, bind),
    types,
  ];
  const quarters = `SELECT DISTINCT toString(agent), toString(agent_version) FROM activity_per_quarter_v1
WHERE ${where.join('\n  AND ')}`;
  const rest = { ...request, fromMs: wholeToMs, toMs: request.fromMs };
  return wholeToMs === request.fromMs ? [quarters] : [quarters, rawEarlierSql(tenantId, rest, types, bind)];
}
