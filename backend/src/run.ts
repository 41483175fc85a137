import { createAdminServer } from './admin/admin-server.js';
import { startAmqpIntake } from './collector/amqp/start-amqp-intake.js';
import { createAdmission, type Admission } from './collector/admission.js';
import { createBodyBudget, type BodyBudget } from './collector/body-budget.js';
import { openBackups } from './backup-data.js';
import { openReportReader, openReportTables } from './batch-path.js';
import type { RollupLoop } from './batch-processor/rollup/rollup-loop.js';
import { createBatchProcessorService } from './batch-processor/compose.js';
import { createCollector } from './collector/compose.js';
import { createEventRates } from './collector/event-rate.js';
import { openDeadLetters, type OpenDeadLetters } from './dead-letters.js';
import { removeExpiredDaily } from './expired-control-data.js';
import { ensureDemoTenants, startDemoTraffic } from './demo-traffic.js';
import { countStoredNowAndThen } from './limits.js';
import { createMetricsService } from './metrics-service/compose.js';
import { followGoals, openGoals, type OpenGoals } from './goals.js';
import type { KpiRegistry } from './kpis/kpi-registry.js';
import { openEventBus, type OpenBus } from './open-bus.js';
import { openSubjects } from './open-subjects.js';
import { followKpis, readKpis } from './own-kpis.js';
import { createPipelineOperations } from './pipeline-operations.js';
import {
  openEventTables,
  openFoundation,
  openIntake,
  openLetterRedaction,
  type Foundation,
  type PipelineContext,
} from './pipeline.js';
import type { Intake } from './collector/intake.js';
import type { Config } from './platform/config.js';
import { createGrafanaUserReader } from './platform/grafana-user.js';
import type { HttpService } from './platform/http-service.js';
import { createMinGroupSizeReader } from './platform/min-group-size.js';
import { createLifecycle } from './platform/lifecycle.js';
import { createLogger } from './platform/logger.js';
import { createTelemetry } from './platform/telemetry.js';
import { toDefaultLimits } from './platform/tenant-limits.js';
import { createTraces } from './platform/traces.js';
import type { SubjectOperations } from './platform/subject-operations.js';
import { productVersion } from './product-version.js';
import { createUserRoleReader } from './platform/user-roles.js';
import { followProgress } from './progress.js';
import { createReportingService } from './reporting-service/compose.js';
import { openTraces } from './open-traces.js';
import { openRollups } from './rollups.js';
import {
  needsDataFolder,
  requireMeetingPlace,
  roles,
  usesClickHouse,
  usesTimescale,
  type Role,
} from './roles.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { observeClickHouse } from './storage/clickhouse/observed-clickhouse.js';
import { openClickHouse, openReadClickHouse } from './storage/clickhouse/open-clickhouse.js';
import type { Timescale } from './storage/timescale/open-timescale.js';
import { createProcessorService } from './stream-processor/compose.js';
import { watchDeadLetters, watchEngines } from './watch-health.js';
import { provideWorkbenchAccess } from './workbench-access.js';

export interface RunningInstance {
  /** Where each role listens. */
  readonly urls: Readonly<Partial<Record<Role, string>>>;
  /** Turns `/readyz` red, stops intake, drains, closes the stores. Resolves with the names of the parts that failed to close. */
  close(): Promise<readonly string[]>;
}

/** Runs these roles in this process. When one part fails to start, those that did are closed again. */
export async function runRoles(config: Config, wanted: ReadonlySet<Role>): Promise<RunningInstance> {
  requireMeetingPlace(config, wanted);
  const { logLevel: level, logPretty: pretty, closeTimeoutMs, closeDelayMs } = config.platform;
  const service = isWhole(wanted) ? 'coditect' : [...wanted].join('+');
  const traces = createTraces();
  const logger = createLogger({ level, pretty, service, fields: () => traces.fields() });
  const telemetry = createTelemetry({ defaultMetrics: true, traces, version: productVersion });
  const lifecycle = createLifecycle({ logger, closeTimeoutMs, closeDelayMs });
  const context = { config, logger, telemetry, lifecycle };
  try {
    await openTraces(context, { service, version: productVersion });
    return await startRoles(context, wanted);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

function isWhole(wanted: ReadonlySet<Role>): boolean {
  return roles.every((role) => wanted.has(role));
}

/** What the roles of this process share. Each is there when a role needs it. */
interface Shared {
  readonly foundation: Foundation;
  readonly clickHouse: ClickHouse | undefined;
  readonly timescale: Timescale | undefined;
  readonly open: OpenBus | undefined;
  readonly intake: Intake | undefined;
  readonly deadLetters: OpenDeadLetters | undefined;
  readonly bodies: BodyBudget;
  readonly admission: Admission;
  readonly kpis: KpiRegistry;
  readonly goals: OpenGoals;
  readonly rollups: RollupLoop | undefined;
}

async function openShared(context: PipelineContext, wanted: ReadonlySet<Role>): Promise<Shared> {
  const foundation = await openFoundation(context, {
    ownsDataFolder: needsDataFolder(context.config, wanted),
  });
  const clickHouse = usesClickHouse(wanted) ? await openEventTables(context, foundation.control) : undefined;
  if (clickHouse !== undefined) countStoredNowAndThen(context, foundation.usage, clickHouse);
  const timescale = usesTimescale(wanted) ? await openReportTables(context) : undefined;
  const usesBus = roles.some((role) => wanted.has(role) && !isAsked(role));
  const stores = { ...foundation, clickHouse, timescale };
  const open = usesBus ? await openEventBus(context, stores, wanted) : undefined;
  if (wanted.has('collector')) removeExpiredDaily(context, foundation);
  const doors = { bodies: createBodyBudget(context.config.collector), admission: openAdmission(foundation) };
  const watermark = open?.watermark;
  const rollups =
    timescale !== undefined && wanted.has('batch-processor')
      ? await openRollups(context, { ...foundation, clickHouse, timescale, watermark })
      : undefined;
  const isAnswering = roles.some((role) => wanted.has(role) && isAsked(role));
  const kpis = isAnswering
    ? await followKpis(context, { control: foundation.control, trail: foundation.audit.trail })
    : await readKpis(context.config);
  const goals = openGoals(foundation, kpis, foundation.audit.trail);
  const base = { foundation, clickHouse, timescale, open, rollups, kpis, goals, ...doors };
  if (open === undefined) return { ...base, intake: undefined, deadLetters: undefined };
  const intake = openIntake(context, foundation, open.bus);
  const deadLetters = openDeadLetters(context, foundation, { bus: open.bus, intake });
  return { ...base, intake, deadLetters };
}

/** How much each tenant may bring, through whichever door of this process. */
function openAdmission({ limits }: Foundation): Admission {
  return createAdmission({
    readLimits: limits.read,
    onLimited: limits.onLimited,
    quotas: limits.quotas,
    rates: createEventRates(() => performance.now()),
  });
}

/** Answers questions and neither sends nor receives events. */
function isAsked(role: Role): boolean {
  return role === 'metrics-service' || role === 'reporting-service';
}

async function startRoles(context: PipelineContext, wanted: ReadonlySet<Role>): Promise<RunningInstance> {
  const { config, lifecycle, logger } = context;
  const shared = await openShared(context, wanted);
  const isEverything = isWhole(wanted);
  if (isEverything && config.simulator.enabled) await ensureDemoTenants(shared.foundation);
  if (roles.some((role) => wanted.has(role) && isAsked(role))) await followGoals(context, shared.goals);
  const urls: Partial<Record<Role, string>> = {};
  for (const role of roles) {
    const service = wanted.has(role) ? await createService(role, context, shared) : undefined;
    if (service !== undefined) urls[role] = await startService(context, role, service);
  }
  if (wanted.has('collector')) await startProducersDoor(context, shared);
  if (needsDataFolder(config, wanted)) await startAdmin(context, shared);
  shared.rollups?.start();
  watchHealth(context, shared, wanted);
  if (isEverything) await welcome(context, shared, urls);
  logger.info({ urls }, 'ready');
  return { urls, close: () => lifecycle.close() };
}

function watchHealth(context: PipelineContext, shared: Shared, wanted: ReadonlySet<Role>): void {
  watchEngines(context, shared);
  if (wanted.has('collector')) watchDeadLetters(context, shared.foundation.deadLetters);
}

async function startService(context: PipelineContext, name: string, service: HttpService): Promise<string> {
  const url = await service.start();
  context.lifecycle.onClose(name, (deadline) => service.close(deadline));
  context.logger.info({ url, name }, 'listening');
  return url;
}

/** The service of a role; none for a processor whose process has another to ask. */
async function createService(
  role: Role,
  context: PipelineContext,
  shared: Shared,
): Promise<HttpService | undefined> {
  if (role === 'collector') return createIntakeService(context, shared);
  if (role === 'metrics-service') return createMetrics(context, shared);
  if (role === 'reporting-service') return createReporting(context, shared);
  if (context.config.bus.url === undefined) return undefined;
  return role === 'stream-processor'
    ? createProcessor(context, shared)
    : createBatchProcessor(context, shared);
}

function isOpenFor(context: PipelineContext, { open }: Shared): () => Promise<boolean> {
  return () => Promise.resolve(!context.lifecycle.isClosing && open?.isReady() !== false);
}

function createIntakeService(context: PipelineContext, shared: Shared): HttpService {
  const { config, logger, telemetry } = context;
  const { port, ...limits } = config.collector;
  return createCollector({
    config: {
      host: config.platform.listenHost,
      port,
      tls: config.tls,
      version: productVersion,
      limits,
    },
    intake: requireShared(shared.intake),
    bodies: shared.bodies,
    admission: shared.admission,
    authenticator: shared.foundation.authenticator,
    webhooks: shared.foundation.control.webhooks,
    deadLetters: requireShared(shared.deadLetters),
    logger: logger.child({ service: 'collector' }),
    telemetry,
    isReady: isOpenFor(context, shared),
  });
}

/** Producers that speak AMQP, where there is a broker to speak to. */
async function startProducersDoor(context: PipelineContext, shared: Shared): Promise<void> {
  const { config, lifecycle, logger, telemetry } = context;
  const { foundation, open } = shared;
  if (open?.connection === undefined) return;
  const door = await startAmqpIntake({
    connection: open.connection,
    queueLimits: config.bus,
    prefetch: config.collector.amqpPrefetch,
    intake: requireShared(shared.intake),
    quotas: foundation.limits.quotas,
    findTenant: (id) => foundation.control.findTenant(id),
    deadLetters: foundation.deadLetters,
    redactLetter: openLetterRedaction(context, foundation),
    limits: config.collector,
    bodies: shared.bodies,
    logger: logger.child({ service: 'collector' }),
    telemetry,
  });
  lifecycle.onClose('amqp intake', (deadline) => door.close(deadline));
}

function createProcessor(context: PipelineContext, shared: Shared): HttpService {
  const { config, logger, telemetry } = context;
  return createProcessorService({
    host: config.platform.listenHost,
    port: config.streamProcessor.port,
    tls: config.tls,
    version: productVersion,
    isReady: isOpenFor(context, shared),
    logger: logger.child({ service: 'stream-processor' }),
    telemetry,
  });
}

function createBatchProcessor(context: PipelineContext, shared: Shared): HttpService {
  const { config, logger, telemetry } = context;
  return createBatchProcessorService({
    host: config.platform.listenHost,
    port: config.batchProcessor.port,
    tls: config.tls,
    version: productVersion,
    isReady: isOpenFor(context, shared),
    logger: logger.child({ service: 'batch-processor' }),
    telemetry,
  });
}

async function createMetrics(context: PipelineContext, shared: Shared): Promise<HttpService> {
  const { config, lifecycle, logger, telemetry } = context;
  return createMetricsService({
    config,
    version: productVersion,
    clickHouse: openReader(context) ?? requireShared(shared.clickHouse),
    authenticator: shared.foundation.authenticator,
    kpis: shared.kpis,
    goals: shared.goals,
    audit: shared.foundation.audit,
    limits: shared.foundation.limits,
    readMinGroupSize: createMinGroupSizeReader({
      store: shared.foundation.control,
      now: () => performance.now(),
    }),
    readUser: createGrafanaUserReader(config.grafana),
    readRole: createUserRoleReader({ store: shared.foundation.control, now: () => performance.now() }),
    watermark: shared.open?.watermark ?? (await followProgress(context, shared.foundation.control, 'stream')),
    isClosing: () => lifecycle.isClosing,
    logger: logger.child({ service: 'metrics-service' }),
    telemetry,
    now: Date.now,
  });
}

/** Whom row policies hold to one tenant at a time, where there is such a user. */
function openReader({ config, lifecycle, telemetry }: PipelineContext): ClickHouse | undefined {
  const reader = openReadClickHouse(config);
  if (reader === undefined) return undefined;
  lifecycle.onClose('clickhouse reader', () => reader.close());
  return observeClickHouse(reader, telemetry);
}

/** Reports lie with this role, and so is it that is asked about people; on servers it reaches every store by itself. */
async function openOwnSubjects(context: PipelineContext, shared: Shared): Promise<SubjectOperations> {
  const { foundation, open, timescale } = shared;
  const { config, lifecycle } = context;
  const isServer = shared.clickHouse === undefined && config.clickhouse.url !== undefined;
  const clickHouse = isServer ? await openClickHouse(config) : shared.clickHouse;
  if (isServer) lifecycle.onClose('clickhouse for people', () => clickHouse?.close() ?? Promise.resolve());
  return (await openSubjects(context, foundation, { clickHouse, timescale, open })).subjects;
}

async function createReporting(context: PipelineContext, shared: Shared): Promise<HttpService> {
  const { config, lifecycle, logger, telemetry } = context;
  const { audit, authenticator, branding, control, reports, schedules } = shared.foundation;
  return createReportingService({
    config,
    version: productVersion,
    database: openReportReader(context, requireShared(shared.timescale)),
    reports,
    schedules,
    branding,
    subjects: await openOwnSubjects(context, shared),
    kpis: shared.kpis,
    goals: shared.goals.reader,
    audit: audit.trail,
    limits: shared.foundation.limits,
    readMinGroupSize: createMinGroupSizeReader({ store: control, now: () => performance.now() }),
    authenticator,
    readUser: createGrafanaUserReader(config.grafana),
    readRole: createUserRoleReader({ store: shared.foundation.control, now: () => performance.now() }),
    watermark: shared.open?.landedUntil ?? (await followProgress(context, control, 'batch')),
    isClosing: () => lifecycle.isClosing,
    logger: logger.child({ service: 'reporting-service' }),
    telemetry,
    now: Date.now,
  });
}

/** Opened for this very role: its absence is a defect of `openShared`. */
function requireShared<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a role was started without what it stands on');
  return part;
}

/** The command line can't open a data folder that this process has: it speaks to this endpoint instead. */
async function startAdmin(context: PipelineContext, shared: Shared): Promise<void> {
  const { config, logger, telemetry } = context;
  const { clickHouse, deadLetters, foundation, intake, rollups, timescale } = shared;
  if (clickHouse === undefined || intake === undefined || deadLetters === undefined) return;
  const backups = openBackups(context, foundation, shared);
  const service = createAdminServer({
    config,
    ...(backups !== undefined && { backups }),
    operations: createPipelineOperations({
      clickHouse,
      timescale,
      rollups,
      control: foundation.control,
      branding: foundation.branding,
      goals: shared.goals.settings,
      limits: { defaults: toDefaultLimits(config.limits), usage: foundation.usage },
      audit: foundation.audit,
      deadLetters,
      intake,
    }),
    subjects: (await openSubjects(context, foundation, { clickHouse, timescale, open: shared.open }))
      .recorded,
    version: productVersion,
    logger: logger.child({ service: 'admin' }),
    telemetry,
    now: () => new Date(),
  });
  await startService(context, 'admin', service);
}

/** What a person who just started the whole product wants to see. */
async function welcome(
  context: PipelineContext,
  shared: Shared,
  urls: RunningInstance['urls'],
): Promise<void> {
  const { control } = shared.foundation;
  await provideWorkbenchAccess(context.config, control, {
    metricsUrl: urls['metrics-service'] ?? '',
    reportingUrl: urls['reporting-service'] ?? '',
  });
  if (!context.config.simulator.enabled) return;
  await startDemoTraffic({ ...context, pipeline: { control, intake: requireShared(shared.intake) } });
}
