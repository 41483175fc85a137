import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import { renderForCluster } from './cluster-statements.js';
import { tenantSettings } from './tenant-lock.js';

/** Values bound to `{name:Type}` placeholders. Pass times as text: a `Date` loses its milliseconds. */
export type QueryParams = Readonly<Record<string, unknown>>;

export interface NamedQuery<Row> {
  /** Names the question in logs and errors, such as `dimension-values`. */
  readonly name: string;
  readonly sql: string;
  readonly params?: QueryParams;
  /** Whose rows it may see: no other ones are read, whatever the statement says. Without it, those of every tenant. */
  readonly tenantId?: string;
  readonly row: z.ZodType<Row>;
  readonly timeoutMs?: number;
  /** True where the asker waits until the engine can answer: what may pass is `store_unavailable` then, as with an insert. */
  readonly isAwaited?: boolean;
  /** Where it needs more memory than this, the query is refused with 422 `too_many_events` and the limit. */
  readonly memoryBytesMax?: number;
  /** Statements of a higher rank pause while one of a lower is under way. Those without take no part in it. */
  readonly rank?: number;
  /** Told how many rows the engine has read for it, once the answer is there. */
  readonly onRead?: (rows: number) => void;
  /** When it fires, the query is stopped in the engine and the promise rejects with `query_cancelled`. */
  readonly signal?: AbortSignal;
}

export interface InsertRequest {
  readonly table: string;
  /** One JSON object a line, keys named as the columns. */
  readonly ndjson: Buffer;
  /** The same rows under the same token are stored once: in the table and in every view behind it. */
  readonly token: string;
  /** Of the work that inserts, as W3C Trace Context: a server writes it into its own log of spans. */
  readonly traceparent?: string;
}

/**
 * ClickHouse, embedded or a server: the same queries, the same migrations.
 * Errors are `AppError`: 504 `query_timeout`, 400 `regex_invalid`, 422 `too_many_events`, 499 `query_cancelled`, 503 `store_unavailable`
 * (retryable), 422 `rows_refused` for an insert whose rows the engine can't read; whatever else the engine says is thrown as it is, since it means a defect of ours.
 */
export interface ClickHouse {
  query<Row>(query: NamedQuery<Row>): Promise<readonly Row[]>;
  command(sql: string): Promise<void>;
  insert(request: InsertRequest): Promise<void>;
  close(): Promise<void>;
}

export interface EngineAnswer {
  readonly rows: readonly unknown[];
  /** By the engine, to find these. */
  readonly rowsRead: number;
}

/** What an engine must do; timeouts, cancelling and errors are handled once, above it. */
export interface ClickHouseEngine {
  /** Runs a statement that carries `id` in its text. Where statements wait here, it is in the line of the tenant. */
  run(sql: string, params: QueryParams, id: string, tenantId?: string): Promise<EngineAnswer>;
  command(sql: string): Promise<void>;
  insert(request: InsertRequest): Promise<void>;
  /** Stops the statement that carries `id`. Never rejects. */
  cancel(id: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * A repeated insert must reach the views too; older servers have this off. On a cluster an insert is done when every shard
 * has its rows: the server would answer as soon as it has noted them down.
 */
export const insertSettings = {
  deduplicate_blocks_in_dependent_materialized_views: 1,
  distributed_foreground_insert: 1,
} as const;

export interface ClickHouseOptions {
  readonly queryTimeoutMs: number;
  /** The server asks for the tenant by itself: the user that reads is held to row policies. */
  readonly hasRowPolicies?: boolean;
  /** Name of the cluster on which commands are carried out. Without it there is one server. */
  readonly cluster?: string;
}

export function createClickHouse(engine: ClickHouseEngine, options: ClickHouseOptions): ClickHouse {
  return {
    async query<Row>(query: NamedQuery<Row>) {
      const { rows, rowsRead } = await runQuery(engine, query, options);
      query.onRead?.(rowsRead);
      return rows.map((row) => query.row.parse(row));
    },
    async command(sql) {
      try {
        const { cluster } = options;
        const statements = cluster === undefined ? [sql] : renderForCluster(sql, cluster);
        for (const statement of statements) await engine.command(statement);
      } catch (error) {
        throw translate(error, 'command');
      }
    },
    async insert(request) {
      try {
        await engine.insert(request);
      } catch (error) {
        throw translateInsert(error, request.table);
      }
    },
    close: () => engine.close(),
  };
}

async function runQuery<Row>(
  engine: ClickHouseEngine,
  query: NamedQuery<Row>,
  options: ClickHouseOptions,
): Promise<EngineAnswer> {
  const id = randomUUID();
  const { memoryBytesMax, signal } = query;
  const sql = `/* ${query.name} ${id} */ ${query.sql}\nSETTINGS ${settingsOf(query, options)}`;
  if (signal?.aborted === true) throw cancelled(query.name);
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      void engine.cancel(id);
      reject(cancelled(query.name));
    };
  });
  if (onAbort !== undefined) signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([engine.run(sql, query.params ?? {}, id, query.tenantId), aborted]);
  } catch (error) {
    if (query.isAwaited === true && mayPass(error)) throw createUnavailable(error);
    if (memoryBytesMax !== undefined && codeOf(error) === MEMORY_LIMIT_EXCEEDED)
      throw createTooManyEvents(memoryBytesMax, error);
    throw translate(error, query.name);
  } finally {
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}

/** Statements have their numbers in them, so that compiled ones are not met again: compiling took longer than most reads. */
const once = 'compile_expressions = 0, compile_aggregate_expressions = 0, ';

function settingsOf<Row>(query: NamedQuery<Row>, options: ClickHouseOptions): string {
  const { memoryBytesMax, rank, tenantId, timeoutMs = options.queryTimeoutMs } = query;
  const order = rank === undefined ? '' : `priority = ${rank}, `;
  const lock = tenantId === undefined ? '' : tenantSettings(tenantId, options.hasRowPolicies === true);
  const memory = memoryBytesMax === undefined ? '' : `max_memory_usage = ${memoryBytesMax}, `;
  // A join of tables that lie on several shards is refused unless it says that each shard gets the whole other side.
  const joins = options.cluster === undefined ? '' : `distributed_product_mode = 'global', `;
  return `${lock}${order}${memory}${joins}${once}max_execution_time = ${timeoutMs / 1_000}, output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 0, output_format_json_quote_denormals = 0, max_query_size = 10000000`;
}

function cancelled(name: string): AppError {
  return new AppError('query_cancelled', `The query ${name} was cancelled.`, { status: 499 });
}

const TIMEOUT_EXCEEDED = '159';
const MEMORY_LIMIT_EXCEEDED = '241';
const CANNOT_COMPILE_REGEXP = '427';
const QUERY_WAS_CANCELLED = '394';
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);

/** What the engine says when a value does not fit its column. Other faults are not the rows', and may pass. */
const rowFaults = new Set([
  '6', // CANNOT_PARSE_TEXT
  '25', // CANNOT_PARSE_ESCAPE_SEQUENCE
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '130', // CANNOT_READ_ARRAY_FROM_TEXT
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '376', // CANNOT_PARSE_UUID
  '407', // DECIMAL_OVERFLOW
  '467', // CANNOT_PARSE_BOOL
]);

/** What the engine says of itself rather than of the rows: the same insert may succeed later. */
const passingFaults = new Set([
  '60', // UNKNOWN_TABLE, while migrations run
  '75', // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  '76', // CANNOT_OPEN_FILE
  '81', // UNKNOWN_DATABASE
  '159', // TIMEOUT_EXCEEDED
  '173', // CANNOT_ALLOCATE_MEMORY
  '201', // QUOTA_EXCEEDED
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '225', // NO_ZOOKEEPER
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '285', // TOO_FEW_LIVE_REPLICAS
  '319', // UNKNOWN_STATUS_OF_INSERT
  '394', // QUERY_WAS_CANCELLED
  '439', // CANNOT_SCHEDULE_TASK
  '497', // ACCESS_DENIED
  '516', // AUTHENTICATION_FAILED
  '999', // KEEPER_EXCEPTION
]);

/** The embedded engine and the client each bring error classes of their own, with the engine's code in them. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('clickhouseCode' in error && typeof error.clickhouseCode === 'number')
    return String(error.clickhouseCode);
  return 'code' in error ? String(error.code) : '';
}

/** Without a number the engine has not spoken: the connection broke, or something else answered in its place. */
function mayPass(error: unknown): boolean {
  if (error instanceof AppError) return false;
  const code = codeOf(error);
  return passingFaults.has(code) || !/^\d+$/.test(code);
}

function translateInsert(error: unknown, table: string): unknown {
  if (error instanceof AppError) return error;
  if (mayPass(error)) return createUnavailable(error);
  const code = codeOf(error);
  if (!rowFaults.has(code)) return translate(error, `insert into ${table}`);
  return new AppError('rows_refused', `ClickHouse can't read rows for ${table}.`, {
    status: 422,
    cause: error,
  });
}

function translate(error: unknown, what: string): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  if (code === TIMEOUT_EXCEEDED) {
    const reason = `The query ${what} ran out of time. Ask for a shorter range.`;
    return new AppError('query_timeout', reason, { status: 504, cause: error });
  }
  if (code === CANNOT_COMPILE_REGEXP) {
    return new AppError('regex_invalid', 'The regular expression is not valid RE2.', {
      status: 400,
      cause: error,
    });
  }
  if (code === QUERY_WAS_CANCELLED) return cancelled(what);
  if (connectionCodes.has(code)) return createUnavailable(error);
  return error;
}

function createTooManyEvents(limit: number, cause: unknown): AppError {
  const reason = `The question takes more than ${limit} bytes of memory. Ask for a shorter range, or filter.`;
  return new AppError('too_many_events', reason, { status: 422, limit, cause });
}

function createUnavailable(cause: unknown): AppError {
  const options = { status: 503, retryable: true, retryAfterSeconds: 5, cause };
  return new AppError('store_unavailable', 'ClickHouse does not answer, or not now.', options);
}
