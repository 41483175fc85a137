import type { EventEnvelope } from '@coditect/contracts';

/** How a value is written in text: of a time in milliseconds, of an amount, of what may be absent. */
interface LandingColumn {
  readonly name: string;
  readonly type: string;
  /** The text of the value as PostgreSQL reads it; `undefined` is NULL. */
  readonly read: (event: EventEnvelope) => string | undefined;
}

const text = (name: string, read: (event: EventEnvelope) => string | undefined): LandingColumn => ({
  name,
  type: 'text',
  read: (event) => read(event) ?? '',
});

const count = (name: string, read: (event: EventEnvelope) => number | undefined): LandingColumn => ({
  name,
  type: 'bigint',
  // Texts of great numbers have no exponent below 10^21.
  read: (event) => String(read(event) ?? 0),
});

/** Events of a batch were received at the same time, and a time is slow to write. */
function time(name: string, read: (event: EventEnvelope) => number): LandingColumn {
  let last = { at: 0, text: new Date(0).toISOString() };
  return {
    name,
    type: 'timestamptz',
    read(event) {
      const at = read(event);
      if (at !== last.at) last = { at, text: new Date(at).toISOString() };
      return last.text;
    },
  };
}

/** The third part of `ai.coditect.<domain>...`, as in ClickHouse. */
export function domainOf(type: string): string {
  return type.startsWith('ai.coditect.') ? (type.split('.', 3)[2] ?? '') : 'other';
}

/** The columns of events_landing_v1. What has none, such as attributes, is in ClickHouse. */
export const landingColumns: readonly LandingColumn[] = [
  text('tenant_id', (event) => event.tenantId),
  { name: 'event_id', type: 'uuid', read: (event) => event.eventId },
  text('type', (event) => event.type),
  text('domain', (event) => domainOf(event.type)),
  time('occurred_at', (event) => event.occurredAt),
  time('received_at', (event) => event.receivedAt),
  text('user_id', (event) => event.userId),
  text('session_id', (event) => event.sessionId),
  text('team', (event) => event.team),
  text('project', (event) => event.project),
  text('repository', (event) => event.repository),
  text('agent', (event) => event.agent),
  text('agent_version', (event) => event.agentVersion),
  text('model', (event) => event.model),
  text('workflow', (event) => event.workflow),
  text('tool', (event) => event.tool),
  text('language', (event) => event.language),
  text('kind', (event) => event.kind),
  text('status', (event) => event.status),
  text('method', (event) => event.method),
  text('route', (event) => event.route),
  { ...count('status_code', (event) => event.statusCode), type: 'integer' },
  { name: 'duration_ms', type: 'double precision', read: (event) => event.durationMs?.toString() },
  count('tokens_input', (event) => event.tokensInput),
  count('tokens_output', (event) => event.tokensOutput),
  count('tokens_cache_read', (event) => event.tokensCacheRead),
  count('tokens_cache_creation', (event) => event.tokensCacheCreation),
  count('tokens_reasoning', (event) => event.tokensReasoning),
  { name: 'cost_usd', type: 'numeric', read: (event) => event.costUsd?.toFixed(9) ?? '0' },
  count('response_bytes', (event) => event.responseBytes),
];

const copyEscapes = new Map([
  ['\\', '\\\\'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
]);

/** One line of COPY in its text format. */
export function formatCopyLine(event: EventEnvelope): string {
  let line = '';
  for (const { read, type } of landingColumns) {
    const value = read(event);
    line += '\t';
    if (value === undefined) line += '\\N';
    else line += type === 'text' && value !== '' ? escapeForCopy(value) : value;
  }
  return `${line.slice(1)}\n`;
}

function escapeForCopy(value: string): string {
  if (!/[\\\t\n\r]/.test(value)) return value;
  return value.replaceAll(/[\\\t\n\r]/g, (found) => copyEscapes.get(found) ?? found);
}

/** The values of one column as the text of an array. */
export function formatArray(events: readonly EventEnvelope[], { read, type }: LandingColumn): string {
  const isQuoted = type === 'text';
  const elements = events.map((event) => {
    const value = read(event);
    if (value === undefined) return 'NULL';
    return isQuoted
      ? `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`
      : value;
  });
  return `{${elements.join(',')}}`;
}
