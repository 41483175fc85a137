import type { OtlpAttributes, OtlpLogRecord, OtlpValue } from './otlp-types.js';

/** One place of the request: a record, or `undefined` where there is something that can't be one. */
export type ParsedRecord = OtlpLogRecord | undefined;

export interface ParseLogsOptions {
  /** OTLP's JSON writes trace and span ids in hexadecimal; protobuf's own JSON mapping writes them in base64. */
  readonly idEncoding: 'hex' | 'base64';
  /** Deeper values are cut to `null`. */
  readonly depthMax: number;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The records of an `ExportLogsServiceRequest` in the order in which they stand, from its JSON form (also with the
 * names of the .proto file). Fields that nobody knows are ignored, as OTLP asks. `undefined` when it is no such request.
 */
export function parseExportRequest(request: unknown, options: ParseLogsOptions): ParsedRecord[] | undefined {
  if (!isJson(request)) return undefined;
  const resourceLogs = member(request, 'resourceLogs', 'resource_logs');
  if (resourceLogs !== undefined && resourceLogs !== null && !Array.isArray(resourceLogs)) return undefined;
  return listOf(resourceLogs).flatMap((group) => parseResourceLogs(group, options));
}

function parseResourceLogs(group: unknown, options: ParseLogsOptions): ParsedRecord[] {
  if (!isJson(group)) return [];
  const resource = member(group, 'resource');
  const attributes = isJson(resource) ? parseAttributes(resource.attributes, options.depthMax) : {};
  return listOf(member(group, 'scopeLogs', 'scope_logs')).flatMap((scopeLogs) => {
    if (!isJson(scopeLogs)) return [];
    const scope = parseScope(scopeLogs.scope, options);
    return listOf(member(scopeLogs, 'logRecords', 'log_records')).map((record) =>
      isJson(record) ? parseRecord(record, { resource: attributes, scope }, options) : undefined,
    );
  });
}

function parseScope(scope: unknown, options: ParseLogsOptions): OtlpLogRecord['scope'] {
  if (!isJson(scope)) return { name: '', version: '', attributes: {} };
  return {
    name: textOf(scope.name),
    version: textOf(scope.version),
    attributes: parseAttributes(scope.attributes, options.depthMax),
  };
}

function parseRecord(
  record: Json,
  around: Pick<OtlpLogRecord, 'resource' | 'scope'>,
  options: ParseLogsOptions,
): OtlpLogRecord {
  const timeUnixNano = nanosOf(member(record, 'timeUnixNano', 'time_unix_nano'));
  const observedTimeUnixNano = nanosOf(member(record, 'observedTimeUnixNano', 'observed_time_unix_nano'));
  const severityNumber = Number(member(record, 'severityNumber', 'severity_number') ?? 0);
  return {
    ...around,
    timeMs: toMs(timeUnixNano),
    observedTimeMs: toMs(observedTimeUnixNano),
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber: Number.isFinite(severityNumber) ? severityNumber : 0,
    severityText: textOf(member(record, 'severityText', 'severity_text')),
    eventName: textOf(member(record, 'eventName', 'event_name')),
    body: parseAnyValue(record.body, options.depthMax),
    attributes: parseAttributes(record.attributes, options.depthMax),
    traceId: idOf(member(record, 'traceId', 'trace_id'), options),
    spanId: idOf(member(record, 'spanId', 'span_id'), options),
  };
}

function parseAttributes(list: unknown, depth: number): OtlpAttributes {
  const attributes: Record<string, OtlpValue> = {};
  for (const pair of listOf(list)) {
    if (!isJson(pair) || typeof pair.key !== 'string' || pair.key === '__proto__') continue;
    attributes[pair.key] = parseAnyValue(pair.value, depth);
  }
  return attributes;
}

function parseAnyValue(value: unknown, depth: number): OtlpValue {
  if (!isJson(value) || depth <= 0) return null;
  return parseScalar(value) ?? parseNested(value, depth);
}

function parseScalar(value: Json): OtlpValue | undefined {
  const text = member(value, 'stringValue', 'string_value');
  if (typeof text === 'string') return text;
  const flag = member(value, 'boolValue', 'bool_value');
  if (typeof flag === 'boolean') return flag;
  const whole = member(value, 'intValue', 'int_value');
  if (whole !== undefined) return wholeOf(whole);
  const double = member(value, 'doubleValue', 'double_value');
  if (double !== undefined) return doubleOf(double);
  const bytes = member(value, 'bytesValue', 'bytes_value');
  return typeof bytes === 'string' ? bytes : undefined;
}

function parseNested(value: Json, depth: number): OtlpValue {
  const list = member(value, 'arrayValue', 'array_value');
  if (isJson(list)) return listOf(list.values).map((inner) => parseAnyValue(inner, depth - 1));
  const pairs = member(value, 'kvlistValue', 'kvlist_value');
  return isJson(pairs) ? parseAttributes(pairs.values, depth - 1) : null;
}

/** 64-bit numbers come as text. What a double can't hold exactly stays text. */
function wholeOf(value: unknown): OtlpValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return null;
  const whole = Number(value);
  return Number.isSafeInteger(whole) ? whole : value;
}

/** JSON has no NaN: protobuf writes it as text, and so it stays. */
function doubleOf(value: unknown): OtlpValue {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? (Number.isFinite(value) ? value : String(value)) : null;
}

function nanosOf(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : '';
  return typeof value === 'string' && value.length <= 32 ? value : '';
}

/** 0 is OTLP's word for "not known". A time that is no number becomes NaN, for the check of times to refuse. */
function toMs(nanos: string): number | undefined {
  if (nanos === '' || nanos === '0') return undefined;
  return /^\d{1,20}$/.test(nanos) ? Number(BigInt(nanos) / 1_000n) / 1_000 : Number.NaN;
}

function idOf(value: unknown, options: ParseLogsOptions): string {
  if (typeof value !== 'string' || value.length > 64) return '';
  return options.idEncoding === 'hex' ? value.toLowerCase() : Buffer.from(value, 'base64').toString('hex');
}

function member(object: Json, ...names: readonly string[]): unknown {
  for (const name of names) {
    if (Object.hasOwn(object, name)) return object[name];
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
