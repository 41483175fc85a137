import { numberColumns, textColumns, type NumberColumn, type Outcome } from '@coditect/contracts';
import {
  addressAttributes,
  contentAttributes,
  identityAttributes,
  numberAttributeMap,
  renamedAttributes,
  textAttributeMap,
  type NumberAttribute,
} from './attribute-map.js';
import type { OtlpAttributes, OtlpLogRecord, OtlpValue } from './otlp-types.js';
import { recordTypeOf, type RecordType } from './record-type.js';

/** A CloudEvent in structured form, still to be checked like any other. */
interface LogEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LogEventResult {
  readonly event: LogEvent;
  /** Texts that were left out as content, the body among them. */
  readonly contentDropped: number;
}

const SEVERITY_ERROR = 17;
const UNKNOWN_SERVICE = 'unknown_service';
const UNKNOWN_ROUTE = 'unmatched';

/** Turns a log record into an event of ours. Pure; the record's content (body, messages, arguments) stays outside. */
export function toEvent(record: OtlpLogRecord, id: string): LogEventResult {
  const attributes: OtlpAttributes = { ...record.resource, ...record.scope.attributes, ...record.attributes };
  const type = recordTypeOf(record, attributes);
  const rest = underNewNames(attributes);
  for (const name of identityAttributes) rest.delete(name);
  const columns = readColumns(rest, type);
  const contentDropped = dropContent(rest) + (hasContent(record.body, type) ? 1 : 0);
  return {
    event: {
      specversion: '1.0',
      id,
      source: `/otlp/${serviceOf(attributes)}`,
      type: type.known ?? type.eventName,
      ...timeOf(record),
      data: {
        ...Object.fromEntries(rest),
        ...contextOf(record),
        ...defaultsOf(type, attributes),
        ...columns,
        ...(hasOutcome(type) && { status: outcomeOf(columns, attributes, record, type) }),
      },
    },
    contentDropped,
  };
}

/** A new name that is there already goes before an old one. */
function underNewNames(attributes: OtlpAttributes): Map<string, OtlpValue> {
  const renamed = new Map<string, OtlpValue>();
  for (const [name, value] of Object.entries(attributes)) {
    const newName = renamedAttributes.get(name);
    if (newName === undefined) renamed.set(name, value);
    else if (!Object.hasOwn(attributes, newName)) renamed.set(newName, value);
  }
  return renamed;
}

function serviceOf(attributes: OtlpAttributes): string {
  const name = attributes['service.name'];
  return typeof name === 'string' && name !== '' ? name : UNKNOWN_SERVICE;
}

/** The time that the record has, else the one at which it was seen. One that is out of bounds is left for the check. */
function timeOf(record: OtlpLogRecord): { time?: string } {
  const ms = record.timeMs ?? record.observedTimeMs;
  if (ms === undefined) return {};
  const isDate = Math.abs(ms) <= 8.64e15;
  return { time: isDate ? new Date(ms).toISOString() : 'invalid' };
}

function contextOf(record: OtlpLogRecord): Record<string, string> {
  return {
    ...(record.severityText !== '' && { severity: record.severityText }),
    ...(record.traceId !== '' && { 'trace.id': record.traceId }),
    ...(record.spanId !== '' && { 'span.id': record.spanId }),
    ...(record.scope.name !== '' && { 'otel.scope.name': record.scope.name }),
  };
}

/** Moves what has a column out of the attributes. What does not fit its column stays an attribute. */
function readColumns(rest: Map<string, OtlpValue>, type: RecordType): Record<string, string | number> {
  const columns: Record<string, string | number> = {};
  for (const column of textColumns) {
    if (column === 'status') continue;
    const found = textAttributeMap[column].find((name) => asText(rest.get(name)) !== undefined);
    if (found === undefined) continue;
    columns[column] = asText(rest.get(found)) ?? '';
    rest.delete(found);
  }
  for (const column of numberColumns) takeNumber(column, rest, columns);
  splitTokens(columns, type);
  return columns;
}

function takeNumber(
  column: NumberColumn,
  rest: Map<string, OtlpValue>,
  columns: Record<string, string | number>,
): void {
  const found = numberAttributeMap[column].find(({ name }) => asNumber(rest.get(name)) !== undefined);
  if (found === undefined) return;
  columns[column] = scale(asNumber(rest.get(found.name)) ?? 0, found);
  rest.delete(found.name);
}

function scale(value: number, attribute: NumberAttribute): number {
  return attribute.factor === undefined ? value : value * attribute.factor;
}

/**
 * In `gen_ai.*` the input holds the cached tokens and the output the reasoning ones; Claude Code counts them apart.
 * Our columns are apart, so that they may be summed.
 */
function splitTokens(columns: Record<string, string | number>, type: RecordType): void {
  if (isClaudeCode(type)) return;
  subtract(columns, 'tokensInput', ['tokensCacheRead', 'tokensCacheCreation']);
  subtract(columns, 'tokensOutput', ['tokensReasoning']);
}

function subtract(
  columns: Record<string, string | number>,
  whole: NumberColumn,
  parts: readonly NumberColumn[],
): void {
  const total = columns[whole];
  if (typeof total !== 'number') return;
  const sum = parts.reduce((so, part) => so + Number(columns[part] ?? 0), 0);
  // A sender that counts the parts beside the whole is taken at its word.
  if (sum <= total) columns[whole] = total - sum;
}

/** What a record of this type means where it says nothing: the columns that it has go before. */
function defaultsOf(type: RecordType, attributes: OtlpAttributes): Record<string, string> {
  if (type.known === undefined) return {};
  return {
    ...(isClaudeCode(type) ? claudeCodeDefaults(attributes) : projectOf(attributes)),
    ...(type.known === 'ai.coditect.agent.tool.called.v1' && { tool: 'unknown' }),
    ...(type.known === 'ai.coditect.api.request.completed.v1' && { route: UNKNOWN_ROUTE }),
  };
}

function claudeCodeDefaults(attributes: OtlpAttributes): Record<string, string> {
  const version = asText(attributes['service.version']);
  return { agent: 'claude-code', ...(version !== undefined && { agentVersion: version }) };
}

function projectOf(attributes: OtlpAttributes): Record<string, string> {
  const service = asText(attributes['service.name']);
  return service === undefined ? {} : { project: service };
}

function isClaudeCode(type: RecordType): boolean {
  return type.eventName.startsWith('claude_code.');
}

function hasOutcome(type: RecordType): boolean {
  return (
    type.known !== 'ai.coditect.agent.prompt.submitted.v1' &&
    type.known !== 'ai.coditect.agent.tool.decided.v1'
  );
}

function outcomeOf(
  columns: Readonly<Record<string, string | number>>,
  attributes: OtlpAttributes,
  record: OtlpLogRecord,
  type: RecordType,
): Outcome {
  if (type.eventName === 'claude_code.api_error') return 'failed';
  return statedOutcome(attributes) ?? (hasFailed(columns, record) ? 'failed' : 'succeeded');
}

/** What the sender says by itself, before anything is concluded from a number. */
function statedOutcome(attributes: OtlpAttributes): Outcome | undefined {
  const { success, 'error.type': error } = attributes;
  if (typeof success === 'boolean' || typeof success === 'string') {
    return String(success) === 'true' ? 'succeeded' : 'failed';
  }
  if (typeof error !== 'string' || error === '') return undefined;
  return /time.?out/i.test(error) ? 'timed_out' : 'failed';
}

function hasFailed(columns: Readonly<Record<string, string | number>>, record: OtlpLogRecord): boolean {
  if (typeof columns.statusCode === 'number') return columns.statusCode >= 500;
  return record.severityNumber >= SEVERITY_ERROR;
}

function dropContent(rest: Map<string, OtlpValue>): number {
  let dropped = 0;
  for (const [name, value] of rest) {
    if (contentAttributes.has(name)) {
      rest.delete(name);
      dropped += 1;
    } else if (addressAttributes.has(name) && typeof value === 'string') {
      rest.set(name, value.replace(/[?#].*$/s, ''));
    }
  }
  return dropped;
}

/** A body that only repeats the event's name holds nothing. */
function hasContent(body: OtlpValue, type: RecordType): boolean {
  return body !== null && body !== '' && body !== type.eventName;
}

function asText(value: OtlpValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' || value.length > 256 ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** Some senders write every value as text. */
function asNumber(value: OtlpValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?$/.test(value))
    return undefined;
  return Number(value);
}
