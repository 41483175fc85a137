import { openReportTables } from './batch-path.js';
import type { KeyFile, MigrationReport, MigrationWish } from './cli/migrate-command.js';
import { listAllMigrations } from './pipeline-operations.js';
import { openEventTables, type PipelineContext } from './pipeline.js';
import type { Config } from './platform/config.js';
import { acquireDataLock } from './platform/data-lock.js';
import { AppError } from './platform/errors.js';
import { createLifecycle } from './platform/lifecycle.js';
import type { Logger } from './platform/logger.js';
import { createTelemetry } from './platform/telemetry.js';
import type { ControlStore } from './platform/tenancy.js';
import { needsDataFolder, roles } from './roles.js';
import type { LoadKey } from './storage/control/key-loader.js';
import { openControlStores } from './storage/control/open-control-store.js';

/** Time for whoever still holds the former key to be started anew with the one that takes over. */
const overlapMs = 3_600_000;

/**
 * Brings the tables of all stores up to date before any role starts, and lets in who has a key of a secret store. Repeat
 * it as often as you like: what is done is left as it is.
 */
export async function migrateStores(
  config: Config,
  logger: Logger,
  wish: MigrationWish,
): Promise<MigrationReport> {
  const lifecycle = createLifecycle({ logger, closeTimeoutMs: config.platform.closeTimeoutMs });
  const context = { config, logger, lifecycle, telemetry: createTelemetry({ defaultMetrics: false }) };
  try {
    return await migrate(context, wish);
  } finally {
    await lifecycle.close();
  }
}

async function migrate(context: PipelineContext, wish: MigrationWish): Promise<MigrationReport> {
  const { config, lifecycle, logger } = context;
  if (needsDataFolder(config, new Set(roles))) {
    const lock = await acquireDataLock(config.platform.dataDir);
    lifecycle.onClose('data lock', () => lock.release());
  }
  const { control, loadKey } = await openControlStores(config, logger);
  lifecycle.onClose('control store', () => control.close());
  await control.migrate();
  const clickHouse = await openEventTables(context, control, { besideProcessors: wish.besideProcessors });
  const timescale = await openReportTables(context);
  const migrations = await listAllMigrations({ control, clickHouse, timescale });
  const keys: MigrationReport['keys'][number][] = [];
  if (wish.tenant !== undefined) {
    const tenantId = await ensureTenant(control, { name: wish.tenant, timeZone: wish.timeZone });
    for (const file of wish.keys) keys.push(await loadKeyFile(loadKey, tenantId, file));
  }
  return { migrations, keys };
}

/** A tenant that is there keeps its time zone: its days are cut by it. */
async function ensureTenant(
  control: ControlStore,
  { name, timeZone }: { readonly name: string; readonly timeZone: string },
): Promise<string> {
  try {
    return (await control.createTenant(name, { timeZone })).id;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'tenant_exists') throw error;
  }
  const found = (await control.listTenants()).find((tenant) => tenant.id === name || tenant.name === name);
  if (found !== undefined) return found.id;
  throw new AppError(
    'tenant_exists',
    `There is a tenant with the id of ${JSON.stringify(name)}, and another name.`,
    {
      status: 409,
    },
  );
}

async function loadKeyFile(
  loadKey: LoadKey,
  tenantId: string,
  { key, path, scopes }: KeyFile,
): Promise<MigrationReport['keys'][number]> {
  try {
    return { tenant: tenantId, scopes, ...(await loadKey({ tenantId, scopes, key, overlapMs })) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${path}: ${error.message}`, { status: error.status, cause: error });
  }
}
