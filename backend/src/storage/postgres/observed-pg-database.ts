import { createEngineObserver, type AskedOfEngine } from '../../platform/observe-engine.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { PgDatabase } from './pg-database.js';

type Operation = 'query' | 'script' | 'transaction';

/** Measures what the database is asked, a transaction as a whole, and puts it into the trace that asks. */
export function observePgDatabase(
  database: PgDatabase,
  engine: 'timescale',
  telemetry: Pick<Telemetry, 'engineDuration' | 'traces'>,
): PgDatabase {
  const observe = createEngineObserver<Operation>(engine, telemetry);
  const attributes = { 'db.system.name': 'postgresql', 'db.namespace': engine };
  const askedOf = (operation: Operation): AskedOfEngine<Operation> => ({
    operation,
    name: `${operation} ${engine}`,
    attributes,
  });
  return {
    query: (sql, parameters) => observe(askedOf('query'), () => database.query(sql, parameters)),
    runScript: (sql) => observe(askedOf('script'), () => database.runScript(sql)),
    transaction: (work) => observe(askedOf('transaction'), () => database.transaction(work)),
    close: () => database.close(),
  };
}
