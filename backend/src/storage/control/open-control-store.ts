import { join } from 'node:path';
import type { Config } from '../../platform/config.js';
import type { Logger } from '../../platform/logger.js';
import type { ControlStore } from '../../platform/tenancy.js';
import { createControlStore } from './control-store.js';
import { readMigrations } from './migrations.js';
import { openPgDatabase } from './pg-database.js';
import { openPgliteDatabase } from './pglite-database.js';
import type { SqlDatabase } from './sql-executor.js';

/**
 * Opens the control data that the configuration names: the server at `DATABASE_URL`, or PGlite in `DATA_DIR/control`,
 * for which the caller holds the data lock. The caller runs `migrate` and closes it.
 */
export async function openControlStore(
  config: Pick<Config, 'platform' | 'control'>,
  logger: Logger,
): Promise<ControlStore> {
  const migrations = await readMigrations(join(__dirname, 'migrations'));
  const database = await openDatabase(config, logger);
  return createControlStore({ database, migrations, now: () => new Date() });
}

async function openDatabase(
  config: Pick<Config, 'platform' | 'control'>,
  logger: Logger,
): Promise<SqlDatabase> {
  const { databaseUrl: url, connections, queryTimeoutMs } = config.control;
  if (url !== undefined) return openPgDatabase({ url, connections, queryTimeoutMs, logger });
  return openPgliteDatabase(join(config.platform.dataDir, 'control'));
}
