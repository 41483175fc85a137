import { eventLevelSchema, type EventLevel } from '@coditect/contracts';
import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import { eventOutputs, selectionSql, type EventSelection } from './event-sql.js';
import { createParamBinder } from './param-binder.js';

export type EventOrder = 'newestFirst' | 'oldestFirst';

/** A place in the order of events: by time, and by id (as text) among those of one millisecond. */
export interface EventPlace {
  readonly atMs: number;
  readonly eventId: string;
}

export interface EventPageRequest extends EventSelection {
  readonly order: EventOrder;
  /** Only events that come after it in the order. */
  readonly after?: EventPlace | undefined;
  readonly rowsMax: number;
  /** The page ends before the event with which it would have more, yet never before its first. */
  readonly bytesMax: number;
}

const rowSchema = z.object({
  at_ms: z.number(),
  received_ms: z.number(),
  event_text: z.string(),
  type_text: z.string(),
  level_text: eventLevelSchema,
  line_text: z.string(),
  texts: z.array(z.string()),
  counts: z.array(z.number()),
  cost: z.string(),
  duration: z.number().nullable(),
  attributes: z.record(z.string(), z.string()),
  found: z.number(),
});

export interface EventRow {
  readonly atMs: number;
  readonly receivedMs: number;
  readonly eventId: string;
  readonly type: string;
  readonly level: EventLevel;
  readonly line: string;
  /** What is known of it, by the names that filters take, and numbers. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface EventPage {
  readonly events: readonly EventRow[];
  /** How many of `rowsMax` were found: more than `events` when the page was cut by its bytes. */
  readonly found: number;
}

const textColumns = {
  id: 'id',
  source: 'source',
  subject: 'subject',
  domain: 'domain',
  status: 'status',
  user: 'user_id',
  session: 'session_id',
  team: 'team',
  project: 'project',
  repository: 'repository',
  agent: 'agent',
  agentVersion: 'agent_version',
  model: 'model',
  workflow: 'workflow',
  tool: 'tool',
  language: 'language',
  kind: 'kind',
  method: 'method',
  route: 'route',
} as const;
const textNames = Object.keys(textColumns);
const countColumns = {
  statusCode: 'status_code',
  tokensInput: 'tokens_input',
  tokensOutput: 'tokens_output',
  tokensCacheRead: 'tokens_cache_read',
  tokensCacheCreation: 'tokens_cache_creation',
  tokensReasoning: 'tokens_reasoning',
  responseBytes: 'response_bytes',
} as const;
const countNames = Object.keys(countColumns);
const texts = Object.values(textColumns).map((column) => `toString(${column})`);
const counts = Object.values(countColumns).map((column) => `toUInt64(${column})`);

/** One page of a tenant's events in their order. */
export async function queryEvents(
  clickHouse: ClickHouse,
  tenantId: string,
  request: EventPageRequest,
  signal?: AbortSignal,
): Promise<EventPage> {
  const { sql, params } = eventsSql(tenantId, request);
  const rows = await clickHouse.query({
    name: 'events',
    tenantId,
    sql,
    params,
    row: rowSchema,
    ...(signal !== undefined && { signal }),
  });
  return { events: rows.map(toEventRow), found: rows[0]?.found ?? 0 };
}

/** The statement and its parameters. */
function eventsSql(
  tenantId: string,
  request: EventPageRequest,
): { readonly sql: string; readonly params: Readonly<Record<string, unknown>> } {
  const { bind, params } = createParamBinder();
  const direction = request.order === 'newestFirst' ? 'DESC' : 'ASC';
  const where = [...selectionSql(tenantId, request, bind), ...afterSql(request, bind)];
  const order = `ORDER BY at_ms ${direction}, event_text ${direction}`;
  const sql = `SELECT * EXCEPT (bytes, bytes_so_far) FROM (
SELECT *, count() OVER () AS found, sum(bytes) OVER (${order} ROWS UNBOUNDED PRECEDING) AS bytes_so_far FROM (
SELECT ${eventOutputs}, [${texts.join(', ')}] AS texts, [${counts.join(', ')}] AS counts, toString(cost_usd) AS cost, duration_ms AS duration, attributes, toUInt64(byteSize(attributes) + byteSize(texts) + byteSize(line_text)) AS bytes
FROM events_raw_v1
WHERE ${where.join('\n  AND ')}
${order} LIMIT ${bind(request.rowsMax, 'UInt32')}
)) WHERE bytes_so_far <= ${bind(request.bytesMax, 'UInt64')} OR bytes_so_far = bytes
${order}`;
  return { sql, params };
}

/** Ids are compared as text: how the engine orders the ids themselves is its own affair. */
function afterSql(
  { after, order }: EventPageRequest,
  bind: ReturnType<typeof createParamBinder>['bind'],
): readonly string[] {
  if (after === undefined) return [];
  const comparison = order === 'newestFirst' ? '<' : '>';
  const place = `(${bind(after.atMs, 'Int64')}, ${bind(after.eventId, 'String')})`;
  return [`(toUnixTimestamp64Milli(occurred_at), toString(event_id)) ${comparison} ${place}`];
}

function toEventRow(row: z.infer<typeof rowSchema>): EventRow {
  const fields: Record<string, string> = {};
  for (const [index, name] of textNames.entries()) {
    const text = row.texts[index] ?? '';
    if (text !== '') fields[name] = text;
  }
  if (row.duration !== null) fields['durationMs'] = String(row.duration);
  for (const [index, name] of countNames.entries()) {
    const count = row.counts[index] ?? 0;
    if (count !== 0) fields[name] = String(count);
  }
  if (row.cost !== '0') fields['costUsd'] = row.cost;
  for (const [name, text] of Object.entries(row.attributes)) fields[`attributes.${name}`] = text;
  return {
    atMs: row.at_ms,
    receivedMs: row.received_ms,
    eventId: row.event_text,
    type: row.type_text,
    level: row.level_text,
    line: row.line_text,
    fields,
  };
}
