import { AppError } from '../../platform/errors.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { PgDatabase } from './pg-database.js';

type Operation = 'query' | 'script' | 'transaction';

/** Refused because of what was asked: no fault of the engine. */
function isFault(error: unknown): boolean {
  return !(error instanceof AppError) || error.status >= 500;
}

/** Measures what the database is asked, a transaction as a whole, and puts it into the trace that asks. */
export function observePgDatabase(
  database: PgDatabase,
  engine: 'timescale',
  { engineDuration, traces }: Pick<Telemetry, 'engineDuration' | 'traces'>,
): PgDatabase {
  const attributes = { 'db.system.name': 'postgresql', 'db.namespace': engine };
  async function observed<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const stop = engineDuration.startTimer({ engine, operation });
    try {
      // What this process does by itself is no trace of its own.
      const isAsked = traces.current() !== undefined;
      const result = await (isAsked
        ? traces.span(`${operation} ${engine}`, { kind: 'client', attributes }, work)
        : work());
      stop({ outcome: 'ok' });
      return result;
    } catch (error) {
      stop({ outcome: isFault(error) ? 'failed' : 'refused' });
      throw error;
    }
  }
  return {
    query: (sql, parameters) => observed('query', () => database.query(sql, parameters)),
    runScript: (sql) => observed('script', () => database.runScript(sql)),
    transaction: (work) => observed('transaction', () => database.transaction(work)),
    close: () => database.close(),
  };
}
