import { createUnsupported, FrontError } from './front-error.js';
import { quoteName, quoteText } from './statement.js';

/** What a request asks for, however it was sent. */
export interface FrontRequest {
  readonly queryId: string | undefined;
  readonly database: string | undefined;
  readonly defaultFormat: string | undefined;
  readonly isCompressed: boolean;
  readonly settings: Readonly<Record<string, string>>;
  /** As they travel: in the escapes of the engine's own text formats. */
  readonly params: Readonly<Record<string, string>>;
  /** The statement, or its beginning, where it isn't in the body. */
  readonly query: string | undefined;
}

/** Meant for the HTTP server alone; the engine doesn't know them. */
const serverSettings = new Set([
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'buffer_size',
  'http_zlib_compression_level',
  'http_native_compression_disable_checksumming_on_decompress',
  'http_write_exception_in_output_format',
  'cancel_http_readonly_queries_on_client_close',
  'send_timeout',
  'receive_timeout',
  'quota_key',
  'stacktrace',
  'user',
  'password',
]);

const unsupportedNames: Readonly<Record<string, string>> = {
  session_id: 'Sessions (session_id) are',
  session_timeout: 'Sessions (session_timeout) are',
  session_check: 'Sessions (session_check) are',
  role: 'Roles are',
  compress: "ClickHouse's own compression of answers (compress=1; ask for gzip instead) is",
  decompress: "ClickHouse's own compression of bodies (decompress=1; send gzip instead) is",
};

/** Reads the address and the fields of a form. Throws `FrontError` for names that can't be served. */
export function readRequest(fields: Iterable<readonly [string, string]>): FrontRequest {
  const settings: Record<string, string> = {};
  const params: Record<string, string> = {};
  const own = new Map<string, string>();
  for (const [name, value] of fields) {
    if (ownNames.has(name)) own.set(name, value);
    else if (name.startsWith('param_')) params[checkName(name.slice('param_'.length))] = value;
    else if (unsupportedNames[name] !== undefined) refuseUnlessOff(unsupportedNames[name], value);
    else if (!serverSettings.has(name)) settings[checkName(name)] = value;
  }
  return {
    queryId: own.get('query_id'),
    database: own.get('database'),
    defaultFormat: own.get('default_format'),
    isCompressed: own.get('enable_http_compression') === '1',
    query: own.get('query'),
    settings,
    params,
  };
}

const ownNames = new Set(['query', 'query_id', 'database', 'default_format', 'enable_http_compression']);

function refuseUnlessOff(what: string, value: string): void {
  if (value !== '' && value !== '0') throw createUnsupported(what);
}

/** The engine knows its settings; here only what could break out of the statement is refused. */
function checkName(name: string): string {
  if (/^\w{1,200}$/.test(name)) return name;
  throw new FrontError(115, 'UNKNOWN_SETTING', `Unknown setting '${name.slice(0, 200)}'`, 404);
}

/** An answer is held whole before it is sent, so it has a bound unless the client brings another. */
const resultBytesMax = 536_870_912;

/** Text that is read past the limit of a statement, as parameters are. */
const longSetupChars = 100_000;
const statementCharsMax = 262_144;

/** The statements that give a connection the database, settings and parameters of a request. */
export function createSetup(request: FrontRequest, isReadOnly: boolean): readonly string[] {
  const { database, params, settings } = request;
  const pairs = Object.entries({ max_result_bytes: String(resultBytesMax), ...settings });
  const values = Object.entries(params).map(([name, value]) => [`param_${name}`, value] as const);
  const main = `SET ${[...pairs, ...values].map(([name, value]) => `${name} = ${quoteText(value)}`).join(', ')}`;
  const isLong = main.length > longSetupChars;
  const limit = settings['max_query_size'] ?? String(statementCharsMax);
  return [
    ...(database === undefined ? [] : [`USE ${quoteName(database)}`]),
    ...(isLong ? [`SET max_query_size = ${main.length * 2}`] : []),
    main,
    ...(isLong ? [`SET max_query_size = ${quoteText(limit)}`] : []),
    // As a server does with GET: read, and settings of the statement's own.
    ...(isReadOnly ? ['SET readonly = 2'] : []),
  ];
}
