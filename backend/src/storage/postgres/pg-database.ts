import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Pool, type PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import { findSqlState, type SqlDatabase, type SqlExecutor } from './sql-executor.js';

export interface PgDatabaseOptions {
  /** Of the store, as in the code of its error `<name>_store_unavailable`. */
  readonly name: string;
  readonly url: string;
  readonly connections: number;
  readonly queryTimeoutMs: number;
  readonly logger: Logger;
}

/** A server that is silent does not even let its connections end: nothing waits for it any more. */
const closeTimeoutMs = 2_000;

export interface PgExecutor extends SqlExecutor {
  /** Runs `COPY ... FROM STDIN` on these bytes. An engine without it rejects with SQLSTATE 0A000. */
  copyFrom(sql: string, bytes: Iterable<Buffer>): Promise<void>;
}

/** A database reached over the protocol of PostgreSQL. */
export interface PgDatabase extends SqlDatabase {
  transaction<T>(work: (executor: PgExecutor) => Promise<T>): Promise<T>;
}

/** A pool of connections to a PostgreSQL server. Connects at the first statement. */
export function openPgDatabase(options: PgDatabaseOptions): PgDatabase {
  const pool = new Pool({
    connectionString: options.url,
    max: options.connections,
    connectionTimeoutMillis: options.queryTimeoutMs,
    statement_timeout: options.queryTimeoutMs,
    application_name: 'coditect-analytics',
  });
  const rethrow = createRethrow(options.name);
  let closing: Promise<void> | undefined;
  // A server that drops an idle connection is reported here; without a listener it would end the process.
  pool.on('error', ({ message: reason }) => {
    if (closing !== undefined) return;
    options.logger.warn({ reason }, `${options.name} database dropped an idle connection`);
  });
  return {
    ...createExecutor(pool, rethrow, options.queryTimeoutMs),
    transaction: async (work) => runTransaction(pool, rethrow, work),
    close() {
      closing ??= Promise.race([pool.end(), sleep(closeTimeoutMs, undefined, { ref: false })]);
      return closing;
    },
  };
}

async function runTransaction<T>(
  pool: Pool,
  rethrow: Rethrow,
  work: (executor: PgExecutor) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch(rethrow);
  let isBroken = false;
  // Between two statements nobody else would hear that the connection is lost, and that would end the process.
  const noteLoss = (): void => {
    isBroken = true;
  };
  client.on('error', noteLoss);
  try {
    const executor = { ...createExecutor(client, rethrow), copyFrom: createCopy(client, rethrow) };
    await executor.runScript('BEGIN');
    const result = await work(executor);
    await executor.runScript('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    client.off('error', noteLoss);
    client.release(isBroken);
  }
}

/** A server that falls silent keeps no time of its statements: with `answerMs` we do. A transaction may set itself other bounds. */
function createExecutor(target: Pool | PoolClient, rethrow: Rethrow, answerMs?: number): SqlExecutor {
  return {
    async query(sql, parameters = []) {
      const statement = { text: sql, values: [...parameters], query_timeout: answerMs };
      const result = await target.query<Record<string, unknown>>(statement).catch(rethrow);
      return result.rows;
    },
    async runScript(sql) {
      await target.query(sql).catch(rethrow);
    },
  };
}

function createCopy(client: PoolClient, rethrow: Rethrow): PgExecutor['copyFrom'] {
  return async (sql, bytes) => {
    await pipeline(Readable.from(bytes), client.query(copyFrom(sql))).catch(rethrow);
  };
}

type Rethrow = (error: unknown) => never;

/** Errors of the statement go on as they are; those of the way to the server become one that may be retried. */
function createRethrow(name: string): Rethrow {
  return (error) => {
    if (isStatementError(findSqlState(error))) throw error;
    throw new AppError(`${name}_store_unavailable`, `The ${name} database does not answer. Try again.`, {
      status: 503,
      retryable: true,
      retryAfterSeconds: 1,
      cause: error,
    });
  };
}

/**
 * The driver's own errors have no SQLSTATE, or a system code such as `EPIPE` that has no digit. Of the states, classes
 * 08 (connection), 28 (sign-in), 3D (no such database), 53 (resources) and 57 (operator, timeout) are not about the
 * statement.
 */
function isStatementError(state: string | undefined): boolean {
  return (
    state !== undefined && /^[0-9A-Z]{5}$/.test(state) && /\d/.test(state) && !/^(08|28|3D|53|57)/.test(state)
  );
}
