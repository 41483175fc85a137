import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../platform/config.js';
import type { Logger } from '../../platform/logger.js';
import type { MigrationStatus } from '../../platform/tenancy.js';
import { createPostgresFront } from '../postgres-front/postgres-front.js';
import { openWorkerEngine } from '../postgres-front/worker-engine.js';
import { startEngineUpkeep } from '../postgres/engine-upkeep.js';
import { holdEngineStill } from '../postgres/hold-still.js';
import { listMigrations, readMigrations, runMigrations } from '../postgres/migrations.js';
import { ensureTenantRole } from '../postgres/tenant-role.js';
import { openPgDatabase, type PgDatabase } from '../postgres/pg-database.js';
import { tenantTables } from './tenant-tables.js';

/** Landing and rollups, in the schema `analytics` of one TimescaleDB. */
export interface Timescale {
  readonly database: PgDatabase;
  /** Brings the tables up to date; a second process that does the same waits. */
  migrate(): Promise<void>;
  listMigrations(): Promise<readonly MigrationStatus[]>;
  /** Runs the work while nothing is written; where it is embedded. */
  readonly holdStill: ((work: () => Promise<void>) => Promise<void>) | undefined;
  /** Resolves when statements under way are done and everything is on disk. */
  close(): Promise<void>;
}

type TimescaleConfig = Pick<Config, 'platform' | 'control' | 'timescale'>;

/**
 * Opens the TimescaleDB that the configuration names: the server at `TIMESCALE_URL`, or at `DATABASE_URL`, or the
 * embedded one in `DATA_DIR/timescale`, for which the caller holds the data lock.
 */
export async function openTimescale(config: TimescaleConfig, logger: Logger): Promise<Timescale> {
  const url = config.timescale.url ?? config.control.databaseUrl;
  if (url !== undefined) return openTimescaleAt(url, config.timescale, logger);
  return openEmbedded(config, logger);
}

/** The replica at `TIMESCALE_READ_URL`, for who only reads; `undefined` where there is none. */
export function openTimescaleReader(
  { timescale }: Pick<Config, 'timescale'>,
  logger: Logger,
): PgDatabase | undefined {
  const { readUrl: url, connections, queryTimeoutMs } = timescale;
  if (url === undefined) return undefined;
  return openPgDatabase({ name: 'timescale', url, connections, queryTimeoutMs, logger });
}

const ledger = { schema: 'analytics', lock: 7_305_319 };

/** A TimescaleDB that speaks the protocol of PostgreSQL at this address. */
export async function openTimescaleAt(
  url: string,
  options: Pick<Config['timescale'], 'connections' | 'queryTimeoutMs'>,
  logger: Logger,
): Promise<Timescale> {
  const migrations = await readMigrations(join(__dirname, 'migrations'));
  const { connections, queryTimeoutMs } = options;
  const database = openPgDatabase({ name: 'timescale', url, connections, queryTimeoutMs, logger });
  return {
    database,
    async migrate() {
      await runMigrations(database, ledger, migrations, () => new Date());
      await ensureTenantRole(database, ledger.lock, tenantTables);
    },
    listMigrations: () => listMigrations(database, ledger, migrations),
    holdStill: undefined,
    close: () => database.close(),
  };
}

/** The engine has one session: connections of this process take turns, and a long statement makes the others wait. */
const embeddedBounds = {
  clientsMax: 50,
  messageBytesMax: 128 * 1_048_576,
  idleMsMax: 60_000,
  waitMsMax: 600_000,
} as const;

/**
 * The embedded engine in a thread of its own, behind the protocol on a free loopback port with a password of this
 * process: so there is one driver, and a statement never stops the event loop.
 */
async function openEmbedded(config: TimescaleConfig, logger: Logger): Promise<Timescale> {
  const password = randomBytes(24).toString('base64url');
  const engine = await openWorkerEngine({ folder: join(config.platform.dataDir, 'timescale'), logger });
  const front = createPostgresFront({ port: 0, password, engine, logger, ...embeddedBounds });
  const address = await front.start();
  const timescale = await openTimescaleAt(
    `postgres://postgres:${password}@${address}/postgres`,
    config.timescale,
    logger,
  );
  const upkeep = startEngineUpkeep({ database: timescale.database, logger });
  return {
    ...timescale,
    holdStill: (work) => holdEngineStill(timescale.database, work),
    async close() {
      await upkeep.close();
      await timescale.close();
      await front.close();
      await engine.close();
    },
  };
}
