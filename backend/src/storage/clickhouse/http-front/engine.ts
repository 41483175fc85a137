import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createChdbConnection, type ChdbConnection } from 'chdb/connection';
import { forgetTokensWithoutParts } from '../embedded-deduplication-log.js';
import { quoteText, type InsertHead } from './statement.js';
import { createTurns } from './turns.js';

/** Statements that go before the one that was sent: database, settings, parameters. */
export type Setup = readonly string[];

export interface FrontStatement {
  readonly sql: string;
  readonly setup: Setup;
  /** Used where the statement names none. */
  readonly format: string;
  /** Takes no turn: a statement about other statements must not wait for them. */
  readonly isUrgent?: boolean;
}

export interface FrontInsert {
  readonly head: InsertHead;
  readonly rows: Buffer;
  readonly database: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  /** The same settings, and the parameters, as statements. */
  readonly setup: Setup;
}

export interface FrontResult {
  readonly bytes: Uint8Array;
  readonly elapsedSeconds: number;
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
}

/** The engine in the words of the HTTP interface. Whatever it says of an error is thrown as it is. */
export interface FrontEngine {
  /** When `signal` fires, the statement is stopped, or never starts, and the promise rejects. */
  run(statement: FrontStatement, signal?: AbortSignal): Promise<FrontResult>;
  /** Inserts go one after the other and never wait for a query. */
  insert(insert: FrontInsert): Promise<FrontResult>;
  readonly version: string;
  close(): Promise<void>;
}

export interface FrontEngineOptions {
  /** Folder of the engine, made when missing. One process per folder: the engine locks it. */
  readonly path: string;
  /** For rows on their way to the engine that it can only read from a file. Emptied at the start. */
  readonly scratchPath: string;
  /** Most statements at once. */
  readonly connections: number;
  /** Most statements that wait. */
  readonly waitingMax: number;
}

const killPauseMs = 50;

/**
 * Opens the engine, blocking. Each statement has a connection of its own, which costs a third of a millisecond:
 * settings, parameters and temporary tables live as long as a connection, and so never reach another client.
 */
export async function openFrontEngine(options: FrontEngineOptions): Promise<FrontEngine> {
  const { path, scratchPath } = options;
  mkdirSync(path, { recursive: true });
  await rm(scratchPath, { recursive: true, force: true });
  mkdirSync(scratchPath, { recursive: true, mode: 0o700 });
  forgetTokensWithoutParts(path);
  // The engine stays open as long as one connection is.
  const inserter = createChdbConnection({ path });
  const queryTurns = createTurns({ running: options.connections, waitingMax: options.waitingMax });
  const insertTurns = createTurns({ running: 1, waitingMax: options.waitingMax });
  const answer = await inserter.chdb.queryAsync('SELECT version()', { format: 'TSVRaw' });
  const version = answer.text().trim();

  return {
    version,
    async run(statement, signal) {
      const end = statement.isUrgent === true ? () => undefined : await queryTurns.take(signal);
      try {
        return await runAlone(path, statement, signal);
      } finally {
        end();
      }
    },
    async insert(insert) {
      const end = await insertTurns.take();
      try {
        return canPass(insert) ? await passRows(inserter, insert) : await runFromFile(options, insert);
      } finally {
        end();
      }
    },
    async close() {
      // Waits for what is under way: nobody new comes, because the front has closed.
      (await insertTurns.take())();
      await inserter.close();
    },
  };
}

async function runAlone(path: string, statement: FrontStatement, signal?: AbortSignal): Promise<FrontResult> {
  const connection = createChdbConnection({ path });
  try {
    for (const sql of statement.setup) await connection.chdb.queryAsync(sql, { format: 'Null' });
    signal?.throwIfAborted();
    // The engine draws the query id itself, so a statement is found again by a mark in its text.
    const mark = randomUUID();
    const running = connection.chdb.queryAsync(`/* ${mark} */ ${statement.sql}`, {
      format: statement.format,
    });
    const stopper = signal === undefined ? undefined : stopOnAbort(path, mark, running, signal);
    const result = await running.finally(() => stopper?.forget());
    return { ...emptyResult, ...readings(result) };
  } finally {
    await connection.close();
  }
}

interface Readings {
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
  bytes(): Uint8Array;
}

function readings(result: Readings): Partial<FrontResult> {
  const { elapsed: elapsedSeconds, rowsRead: readRows, bytesRead: readBytes } = result;
  return { bytes: result.bytes(), elapsedSeconds, readRows, readBytes };
}

const emptyResult: FrontResult = {
  bytes: new Uint8Array(0),
  elapsedSeconds: 0,
  readRows: 0,
  readBytes: 0,
  writtenRows: 0,
  writtenBytes: 0,
};

/** Kills the statement with the mark, again and again until it has ended: the engine may not have begun it yet. */
function stopOnAbort(
  path: string,
  mark: string,
  running: Promise<unknown>,
  signal: AbortSignal,
): { forget(): void } {
  let isOver = false;
  const stop = async (): Promise<void> => {
    const killer = createChdbConnection({ path });
    const sql = `KILL QUERY WHERE position(query, '${mark}') > 0 AND position(query, 'KILL QUERY') = 0 ASYNC`;
    while (!isOver) {
      await killer.chdb.queryAsync(sql, { format: 'Null' }).catch(() => undefined);
      await Promise.race([running.catch(() => undefined), sleep(killPauseMs)]);
    }
    await killer.close();
  };
  const onAbort = (): void => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    forget() {
      isOver = true;
      signal.removeEventListener('abort', onAbort);
    },
  };
}

const passedFormats = {
  JSONEachRow: 'JSONEachRow',
  JSONCompactEachRow: 'JSONCompactEachRow',
  CSV: 'CSV',
  CSVWithNames: 'CSVWithNames',
  TSV: 'TabSeparated',
  TabSeparated: 'TabSeparated',
  TSVWithNames: 'TabSeparatedWithNames',
  TabSeparatedWithNames: 'TabSeparatedWithNames',
} as const;
type PassedFormat = (typeof passedFormats)[keyof typeof passedFormats];

function findPassedFormat(name: string): PassedFormat | undefined {
  return Object.entries(passedFormats).find(([format]) => format === name)?.[1];
}

/**
 * May the rows go to the engine as they came? It takes a blank line for the end of the rows, and what follows for
 * the next statement.
 */
function canPass({ head, rows, database }: FrontInsert): boolean {
  return (
    findPassedFormat(head.format) !== undefined &&
    head.settings === undefined &&
    /^\w+(?:\.\w+)?$/.test(head.table) &&
    (database === undefined || /^\w+$/.test(database)) &&
    (head.columns === undefined || /^\([\w\s,]+\)$/.test(head.columns)) &&
    !rows.includes('\n\n') &&
    rows[0] !== lineFeed
  );
}

const lineFeed = 10;

async function passRows(inserter: ChdbConnection, insert: FrontInsert): Promise<FrontResult> {
  const { head, rows, database, settings } = insert;
  const isQualified = head.table.includes('.') || database === undefined;
  const columns = head.columns
    ?.slice(1, -1)
    .split(',')
    .map((name) => name.trim());
  const summary = await inserter.chdb.rawInsert({
    table: isQualified ? head.table : `${database}.${head.table}`,
    values: rows,
    format: findPassedFormat(head.format) ?? 'JSONEachRow',
    settings: { ...settings },
    ...(columns !== undefined && { columns }),
  });
  return {
    ...emptyResult,
    elapsedSeconds: summary.elapsed,
    writtenRows: summary.rowsWritten,
    writtenBytes: summary.bytesWritten,
  };
}

/** Rows in any format of the engine, binary ones too, by way of a file. */
async function runFromFile(options: FrontEngineOptions, insert: FrontInsert): Promise<FrontResult> {
  const { head, rows, setup } = insert;
  if (rows.length === 0) return emptyResult;
  const file = join(options.scratchPath, randomUUID());
  await writeFile(file, rows, { mode: 0o600 });
  const settings = head.settings === undefined ? '' : `SETTINGS ${head.settings}`;
  const source = `FROM INFILE ${quoteText(file)} COMPRESSION 'none' ${settings}`;
  const sql = `INSERT INTO ${head.table} ${head.columns ?? ''} ${source} FORMAT ${head.format}`;
  try {
    const result = await runAlone(options.path, { sql, setup, format: 'Null' });
    return { ...result, writtenBytes: rows.length };
  } finally {
    await rm(file, { force: true });
  }
}
