import { createUnsupported, FrontError } from './front-error.js';
import type { FrontEngine, FrontResult } from './engine.js';
import { createSetup, type FrontRequest } from './read-request.js';
import {
  findFormat,
  findInsert,
  findKillTarget,
  findUnsupported,
  isKill,
  isRead,
  quoteText,
  trimHead,
} from './statement.js';
import type { StatementRuns } from './statement-runs.js';

export interface Work {
  readonly request: FrontRequest;
  readonly queryId: string;
  readonly body: Buffer;
  /** Sent with GET, which changes nothing. */
  readonly isReadOnly: boolean;
  /** Fires when nobody waits for the answer any more. */
  readonly left: AbortSignal;
}

export interface WorkResult extends FrontResult {
  readonly format: string;
}

/** What HTTP servers of ClickHouse answer in where nobody says. */
const plainFormat = 'TabSeparated';
/** As much of a body as may hold the head of an insert: names of columns, settings. */
const headBytesMax = 65_536;

/** Runs what a request holds: an insert with its rows, a kill, or any other statement. */
export async function doWork(engine: FrontEngine, runs: StatementRuns, work: Work): Promise<WorkResult> {
  const { request, body } = work;
  const head = request.query ?? readHead(body);
  const missing = findUnsupported(head);
  if (missing !== undefined) throw createUnsupported(missing);
  const insert = work.isReadOnly ? undefined : findRows(work, head);
  if (insert !== undefined) {
    const setup = createSetup(request, false);
    const { database, settings } = request;
    const result = await engine.insert({ ...insert, database, settings, setup });
    return { ...result, format: insert.head.format };
  }
  const sql = joinStatement(request.query, body);
  if (trimHead(sql).replaceAll(';', '').trim() === '')
    throw new FrontError(62, 'SYNTAX_ERROR', 'Syntax error: Empty query', 400);
  const format = findFormat(sql) ?? request.defaultFormat ?? plainFormat;
  if (isKill(sql)) return { ...(await kill(engine, runs, work, sql, format)), format };
  return { ...(await runStatement(engine, runs, work, sql, format)), format };
}

/** Bytes one by one, so that a place in the text is a place in the body. Names are read again in their encoding. */
function readHead(body: Buffer): string {
  return body.toString('latin1', 0, headBytesMax);
}

function findRows(
  { request, body }: Work,
  text: string,
): { head: NonNullable<ReturnType<typeof findInsert>>; rows: Buffer } | undefined {
  const head = findInsert(text);
  if (head === undefined) return undefined;
  if (request.query !== undefined) {
    const inline = Buffer.from(request.query.slice(head.dataStart));
    return { head, rows: inline.length === 0 ? body : Buffer.concat([inline, body]) };
  }
  // Values in the statement may use its parameters; the engine reads them best as part of it.
  if (head.format === 'Values') return undefined;
  const { columns, settings } = head;
  const named = {
    ...head,
    table: decode(head.table),
    columns: columns === undefined ? undefined : decode(columns),
    settings: settings === undefined ? undefined : decode(settings),
  };
  return { head: named, rows: body.subarray(head.dataStart) };
}

function decode(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function joinStatement(query: string | undefined, body: Buffer): string {
  const rest = body.toString('utf8');
  return query === undefined || rest === '' ? (query ?? rest) : `${query}\n${rest}`;
}

async function runStatement(
  engine: FrontEngine,
  runs: StatementRuns,
  work: Work,
  sql: string,
  format: string,
): Promise<FrontResult> {
  const { queryId, left } = work;
  const run = runs.add({ queryId, sql });
  // What changes something goes on without its client, as it does on a server.
  const signal = isRead(sql) ? AbortSignal.any([run.signal, left]) : run.signal;
  try {
    const setup = createSetup(work.request, work.isReadOnly);
    return await engine.run({ sql, setup, format }, signal);
  } catch (error) {
    throw signal.aborted ? new FrontError(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled', 500) : error;
  } finally {
    run.remove();
  }
}

/** Stops the statement and answers as the engine would, with the row of what is being stopped. */
async function kill(
  engine: FrontEngine,
  runs: StatementRuns,
  { request }: Work,
  sql: string,
  format: string,
): Promise<FrontResult> {
  const target = findKillTarget(sql);
  const queryId = target?.id ?? request.params[target?.parameter ?? ''];
  if (queryId === undefined)
    throw createUnsupported("KILL QUERY in another form than WHERE query_id = '...' is");
  const run = runs.find(queryId);
  runs.stop(queryId);
  const row = [
    `'waiting' AS kill_status`,
    `${quoteText(queryId)} AS query_id`,
    `'default' AS user`,
    `${quoteText(run?.sql.slice(0, 10_000) ?? '')} AS query`,
  ];
  const answer = `SELECT ${row.join(', ')} WHERE ${run === undefined ? 0 : 1}`;
  return engine.run({ sql: answer, setup: [], format, isUrgent: true });
}
