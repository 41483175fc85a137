import { setTimeout as sleep } from 'node:timers/promises';
import {
  createControlOperations,
  type ControlOperations,
  type MigrationOperations,
  type Operations,
  type RollupOperations,
} from './admin/operations.js';
import { findRunningInstance, type RemoteOperations } from './admin/remote-operations.js';
import type { SubjectOperations } from './platform/subject-operations.js';
import { openReportTables } from './batch-path.js';
import { createRollupLoop } from './batch-processor/rollup/rollup-loop.js';
import type { OperationsOpener } from './cli/operations-opener.js';
import { openDeadLetters } from './dead-letters.js';
import { openGoals } from './goals.js';
import type { EventBus } from './messaging/event-bus.js';
import { openEventBus, type OpenBus } from './open-bus.js';
import { openSubjects, type OpenSubjects } from './open-subjects.js';
import { readKpis } from './own-kpis.js';
import { openAuditTrail, openEventTables, openFoundation, openIntake } from './pipeline.js';
import { createPipelineOperations, listAllMigrations } from './pipeline-operations.js';
import type { Config } from './platform/config.js';
import { acquireDataLock } from './platform/data-lock.js';
import { AppError } from './platform/errors.js';
import { createLifecycle, type Lifecycle } from './platform/lifecycle.js';
import type { Logger } from './platform/logger.js';
import { createTelemetry } from './platform/telemetry.js';
import { toDefaultLimits } from './platform/tenant-limits.js';
import { createBrandingSettings } from './reporting-service/branding/branding-settings.js';
import { canDrawLogo } from './reporting-service/pdf/try-logo.js';
import { openRollups } from './rollups.js';
import { needsDataFolder, roles, usesTimescale, type Role } from './roles.js';
import { openClickHouse } from './storage/clickhouse/open-clickhouse.js';
import { openControlStore, openControlStores } from './storage/control/open-control-store.js';
import { openTimescale } from './storage/timescale/open-timescale.js';

export interface LocalContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

/** An instance that starts holds the data before it answers, another command holds it for a moment: wait that long. */
const patienceMs = 20_000;
const pauseMs = 200;

/** Tries the running instance first, then the data itself. */
export function createOperationsOpener(config: Config, logger: Logger): OperationsOpener {
  async function useEither<O, T>(
    openLocal: (context: LocalContext) => Promise<O>,
    work: (operations: O | RemoteOperations) => Promise<T>,
  ): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const remote = await findRunningInstance(config.platform.dataDir);
      if (remote !== undefined) return work(remote);
      const lifecycle = createLifecycle({ logger, closeTimeoutMs: config.platform.closeTimeoutMs });
      const local = await openUnlessLocked(() => openLocal({ config, logger, lifecycle }), lifecycle);
      if (local.isOpen) return work(local.operations).finally(() => lifecycle.close());
      if (performance.now() > deadline) throw local.error;
      await sleep(pauseMs);
    }
  }
  return {
    withControl: (work) => useEither(openControl, work),
    withEvents: (work) => useEither(openEvents, work),
    withMigrations: (work) => useEither(openMigrations, work),
    withRollups: (work) => useEither(openRollupOperations, work),
    withSubjects: (work) => useEither(openSubjectOperations, work),
  };
}

type Opened<O> =
  { readonly isOpen: true; readonly operations: O } | { readonly isOpen: false; readonly error: AppError };

async function openUnlessLocked<O>(open: () => Promise<O>, lifecycle: Lifecycle): Promise<Opened<O>> {
  try {
    return { isOpen: true, operations: await open() };
  } catch (error) {
    await lifecycle.close();
    if (error instanceof AppError && error.code === 'data_locked') return { isOpen: false, error };
    throw error;
  }
}

/** The data of servers may be open in many processes; the embedded engines' in one. */
async function lockData({ config, lifecycle }: LocalContext, isEmbedded: boolean): Promise<void> {
  if (!isEmbedded) return;
  const lock = await acquireDataLock(config.platform.dataDir);
  lifecycle.onClose('data lock', () => lock.release());
}

async function openControl(context: LocalContext): Promise<ControlOperations> {
  const { config, logger, lifecycle } = context;
  await lockData(context, config.control.databaseUrl === undefined);
  const stores = await openControlStores(config, logger);
  const { branding, control, deadLetters } = stores;
  lifecycle.onClose('control store', () => control.close());
  await control.migrate();
  const telemetry = createTelemetry({ defaultMetrics: false });
  const trail = openAuditTrail({ lifecycle, logger, telemetry }, stores.audit);
  const settings = createBrandingSettings({ store: branding, canDraw: canDrawLogo });
  return createControlOperations(control, deadLetters, {
    branding: settings,
    goals: openGoals(stores, await readKpis(config)).settings,
    limits: { defaults: toDefaultLimits(config.limits), usage: stores.usage },
    audit: { log: stores.audit, trail },
  });
}

async function openEvents(local: LocalContext): Promise<Operations> {
  const context = { ...local, telemetry: createTelemetry({ defaultMetrics: false }) };
  const isEmbedded = local.config.bus.url === undefined;
  const wanted = new Set<Role>(isEmbedded ? roles : ['collector', 'metrics-service']);
  const foundation = await openFoundation(context, { ownsDataFolder: needsDataFolder(local.config, wanted) });
  const clickHouse = await openEventTables(context, foundation.control);
  const timescale = usesTimescale(wanted) ? await openReportTables(context) : undefined;
  const open = (): Promise<OpenBus> =>
    openEventBus(context, { ...foundation, clickHouse, timescale }, wanted);
  // Without a broker the bus stores what it takes, and first of all what a crash left behind. With one, a command that
  // brings no events needs none.
  let opened = isEmbedded ? await open() : undefined;
  const getBus = async (): Promise<EventBus> => {
    opened ??= await open();
    return opened.bus;
  };
  const bus: Pick<EventBus, 'publish' | 'replay'> = {
    publish: async (batch) => (await getBus()).publish(batch),
    replay: async (branch, message) => (await getBus()).replay(branch, message),
  };
  const intake = openIntake(context, foundation, bus);
  const deadLetters = openDeadLetters(context, foundation, { bus, intake });
  const rollups =
    timescale && (await openRollups(context, { ...foundation, clickHouse, timescale, watermark: undefined }));
  return createPipelineOperations({
    clickHouse,
    timescale,
    rollups,
    control: foundation.control,
    branding: foundation.branding,
    goals: openGoals(foundation, await readKpis(local.config)).settings,
    limits: { defaults: toDefaultLimits(local.config.limits), usage: foundation.usage },
    audit: foundation.audit,
    deadLetters,
    intake,
  });
}

async function openSubjectOperations(local: LocalContext): Promise<SubjectOperations> {
  return (await openEverySubject(local)).recorded;
}

/** With every store, whoever reads the broker. */
export async function openEverySubject(local: LocalContext): Promise<OpenSubjects> {
  const context = { ...local, telemetry: createTelemetry({ defaultMetrics: false }) };
  const wanted = new Set<Role>(roles);
  const foundation = await openFoundation(context, { ownsDataFolder: needsDataFolder(local.config, wanted) });
  const clickHouse = await openEventTables(context, foundation.control);
  const timescale = await openReportTables(context);
  const isEmbedded = local.config.bus.url === undefined;
  // First of all what a crash left behind is stored.
  const open = isEmbedded
    ? await openEventBus(context, { ...foundation, clickHouse, timescale }, wanted)
    : undefined;
  return openSubjects(context, foundation, { clickHouse, timescale, open });
}

/** Without the bus: what waits in a broker or in a journal is not this command's. */
async function openRollupOperations(local: LocalContext): Promise<RollupOperations> {
  const context = { ...local, telemetry: createTelemetry({ defaultMetrics: false }) };
  const { config, logger } = local;
  const wanted = new Set<Role>(['batch-processor']);
  const foundation = await openFoundation(context, { ownsDataFolder: needsDataFolder(config, wanted) });
  const { branding, control, deadLetters } = foundation;
  const timescale = await openReportTables(context);
  const rollups = createRollupLoop({
    database: timescale.database,
    listTenants: () => control.listTenants(),
    stream: undefined,
    now: Date.now,
    config: config.rollup,
    logger,
    telemetry: context.telemetry,
  });
  const settings = createBrandingSettings({ store: branding, canDraw: canDrawLogo });
  const { getTenant } = createControlOperations(control, deadLetters, {
    branding: settings,
    goals: openGoals(foundation, await readKpis(config)).settings,
    limits: { defaults: toDefaultLimits(config.limits), usage: foundation.usage },
    audit: foundation.audit,
  });
  return {
    rollUp: async ({ tenant, ...days }) =>
      rollups.rollUp(tenant === undefined ? days : { ...days, tenant: (await getTenant(tenant)).id }),
  };
}

/** Opens the stores as they are: to list what waits must not apply it. */
async function openMigrations(context: LocalContext): Promise<MigrationOperations> {
  const { config, logger, lifecycle } = context;
  await lockData(context, config.control.databaseUrl === undefined || config.clickhouse.url === undefined);
  const control = await openControlStore(config, logger);
  lifecycle.onClose('control store', () => control.close());
  const clickHouse = await openClickHouse(config);
  lifecycle.onClose('clickhouse', () => clickHouse.close());
  const timescale = await openTimescale(config, logger);
  lifecycle.onClose('timescale', () => timescale.close());
  return { listMigrations: () => listAllMigrations({ control, clickHouse, timescale }) };
}
