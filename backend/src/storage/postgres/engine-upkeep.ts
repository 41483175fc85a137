import { z } from 'zod';
import type { Logger } from '../../platform/logger.js';
import type { SqlExecutor } from './sql-executor.js';

export interface UpkeepOptions {
  readonly database: Pick<SqlExecutor, 'query' | 'runScript'>;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface Upkeep {
  /** Does what is due now; what fails is logged and due again. */
  run(): Promise<void>;
  /** Resolves when nothing is under way. */
  close(): Promise<void>;
}

const intervalMs = 30_000;
/** Log that a crash would have to be replayed from. */
const logBytesMax = 64 * 1_048_576;
const checkpointMsMax = 300_000;
const vacuumMs = 3_600_000;

const positionRow = z.object({ position: z.string().transform(Number) });
const tableRow = z.object({ name: z.string() });

/**
 * What the background processes of a server do, and an engine within a process lacks: without checkpoints its log would
 * grow for as long as it runs, and without VACUUM so would tables whose rows are replaced.
 */
export function startEngineUpkeep({ database, logger, now = Date.now }: UpkeepOptions): Upkeep {
  let checkpointed = { atMs: now(), position: -1 };
  let vacuumed = { atMs: now(), position: -1 };
  let running = Promise.resolve();
  let isClosed = false;

  async function readPosition(): Promise<number> {
    const [row] = await database.query(
      `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text AS position`,
    );
    return positionRow.parse(row).position;
  }

  async function keepUp(): Promise<void> {
    const position = await readPosition();
    if (checkpointed.position < 0) {
      checkpointed = { atMs: now(), position };
      vacuumed = { atMs: now(), position };
    }
    const isLong = position - checkpointed.position >= logBytesMax;
    const isLate = now() - checkpointed.atMs >= checkpointMsMax && position > checkpointed.position;
    if (isLong || isLate) {
      await database.query('CHECKPOINT');
      checkpointed = { atMs: now(), position };
    }
    if (now() - vacuumed.atMs >= vacuumMs && position - vacuumed.position >= logBytesMax) {
      await vacuumAll();
      vacuumed = { atMs: now(), position: await readPosition() };
    }
  }

  /** One statement a table: others get their turn between them. */
  async function vacuumAll(): Promise<void> {
    const rows = await database.query(
      `SELECT format('%I.%I', nspname, relname) AS name
       FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
       WHERE relkind = 'r' AND nspname IN ('analytics', 'control', '_timescaledb_internal')`,
    );
    for (const { name } of rows.map((row) => tableRow.parse(row))) {
      if (isClosed) return;
      await database.query(`VACUUM (ANALYZE) ${name}`);
    }
  }

  function run(): Promise<void> {
    running = running.then(keepUp).catch((error: unknown) => {
      if (!isClosed) logger.warn({ err: error }, 'upkeep of the embedded engine failed');
    });
    return running;
  }

  const timer = setInterval(() => void run(), intervalMs);
  timer.unref();
  return {
    run,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await running;
    },
  };
}
