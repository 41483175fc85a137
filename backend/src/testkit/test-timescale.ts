import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../platform/logger.js';
import { openTimescaleAt, type Timescale } from '../storage/timescale/open-timescale.js';
import { openTestPostgres } from './postgres-front.js';
import { startTimescaleServer } from './timescale-server.js';

/** A TimescaleDB of its own, with every table. Several processes may be told its address. */
export interface TestTimescale {
  readonly url: string;
  readonly timescale: Timescale;
  /** Another set of connections, as another process would have it. Whoever opens it closes it. */
  connect(): Promise<Timescale>;
  close(): Promise<void>;
}

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });

const connectTo = (url: string): Promise<Timescale> =>
  openTimescaleAt(url, { connections: 4, queryTimeoutMs: 60_000 }, logger);

async function openAt(url: string, closeServer: () => Promise<void>): Promise<TestTimescale> {
  const timescale = await connectTo(url);
  await timescale.migrate();
  return {
    url,
    timescale,
    connect: () => connectTo(url),
    async close() {
      await timescale.close();
      await closeServer();
    },
  };
}

/** The embedded engine behind the protocol. Jest needs the environment of PGlite for it. */
export async function openEmbeddedTimescale(): Promise<TestTimescale> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-timescale-'));
  const postgres = await openTestPostgres(folder, { messageBytesMax: 67_108_864 });
  return openAt(postgres.url, async () => {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  });
}

/** A server of its own. */
export async function openServerTimescale(): Promise<TestTimescale> {
  const server = await startTimescaleServer();
  return openAt(await server.createDatabase(), () => server.close());
}
