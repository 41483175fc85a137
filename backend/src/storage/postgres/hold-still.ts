import type { SqlDatabase, SqlExecutor } from './sql-executor.js';

/** A front takes a session that says nothing for a while for dead. */
const sayingMs = 10_000;

/**
 * Runs the work while the embedded engine, which has one session, does nothing else and everything is in its files. For a
 * server this holds nobody.
 */
export async function holdEngineStill(
  database: SqlDatabase,
  work: (executor: SqlExecutor) => Promise<void>,
): Promise<void> {
  await database.transaction(async (executor) => {
    await executor.query('CHECKPOINT');
    let saying = Promise.resolve<unknown>(undefined);
    const timer = setInterval(() => {
      saying = executor.query('SELECT 1').catch(() => undefined);
    }, sayingMs);
    try {
      await work(executor);
    } finally {
      clearInterval(timer);
      await saying;
    }
  });
}
