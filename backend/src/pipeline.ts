import { randomInt } from 'node:crypto';
import { createIntake, type Intake } from './collector/intake.js';
import { createLetterRedaction, type RedactLetter } from './collector/redact-letter.js';
import type { EventBus } from './messaging/event-bus.js';
import type { AuditLog } from './platform/audit.js';
import { createAuditTrail, type AuditTrail } from './platform/audit-trail.js';
import { createAuthenticator } from './platform/authenticator.js';
import type { Config } from './platform/config.js';
import { acquireDataLock } from './platform/data-lock.js';
import type { DeadLetterStore } from './platform/dead-letters.js';
import { createKeyUses } from './platform/key-uses.js';
import type { Lifecycle } from './platform/lifecycle.js';
import type { Logger } from './platform/logger.js';
import { compileRedaction, createRedactionStore, type Redaction } from './platform/redaction.js';
import { rememberReads } from './platform/remember-reads.js';
import type { Telemetry } from './platform/telemetry.js';
import type { Authenticator, ControlStore } from './platform/tenancy.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { migrate } from './storage/clickhouse/migrate.js';
import { observeClickHouse } from './storage/clickhouse/observed-clickhouse.js';
import { findReader, openClickHouse } from './storage/clickhouse/open-clickhouse.js';
import { applyRetention } from './storage/clickhouse/retention.js';
import { applyRowPolicies } from './storage/clickhouse/tenant-lock.js';
import { openLimits, type Limits } from './limits.js';
import { partitionsSetting } from './partitions-setting.js';
import { requireProcessorsAtRest } from './processors-at-rest.js';
import { openControlStores, type ControlStores } from './storage/control/open-control-store.js';

export interface PipelineContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Takes a closer for all that is opened, in the order of the data. */
  readonly lifecycle: Lifecycle;
}

/** What every role stands on: who may do what, and what was given up. */
export interface Foundation {
  readonly control: ControlStore;
  readonly deadLetters: DeadLetterStore;
  readonly reports: ControlStores['reports'];
  readonly schedules: ControlStores['schedules'];
  readonly branding: ControlStores['branding'];
  readonly goals: ControlStores['goals'];
  readonly suppressions: ControlStores['suppressions'];
  readonly subjectJobs: ControlStores['subjectJobs'];
  readonly createSubjects: ControlStores['createSubjects'];
  readonly holdStill: ControlStores['holdStill'];
  readonly audit: { readonly log: AuditLog; readonly trail: AuditTrail };
  readonly authenticator: Authenticator;
  readonly usage: ControlStores['usage'];
  readonly limits: Limits;
}

const keyUsesEveryMs = 60_000;
/** For the last uses of keys: the next use says it again. */
const lastWordsMs = 1_000;
const auditEveryMs = 60_000;
const auditAskersMax = 10_000;

/**
 * Opens the control data and brings its tables up to date. With `ownsDataFolder` nobody else may open the data folder
 * meanwhile: throws `AppError` `data_locked` when another process has it.
 */
export async function openFoundation(
  context: PipelineContext,
  options: { readonly ownsDataFolder: boolean },
): Promise<Foundation> {
  const { config, lifecycle, logger, telemetry } = context;
  if (options.ownsDataFolder) {
    const lock = await acquireDataLock(config.platform.dataDir);
    lifecycle.onClose('data lock', () => lock.release());
  }
  const stores = await openControlStores(config, logger);
  const { control } = stores;
  lifecycle.onClose('control store', () => control.close());
  await control.migrate();
  const keyUses = createKeyUses({ store: control, everyMs: keyUsesEveryMs, now: () => new Date(), logger });
  lifecycle.onClose('uses of keys', () => keyUses.close(), { leaveAfterMs: lastWordsMs });
  const trail = openAuditTrail({ lifecycle, logger, telemetry }, stores.audit);
  const authenticator = createAuthenticator({
    store: control,
    keyCacheSeconds: config.platform.keyCacheSeconds,
    now: () => performance.now(),
    wallNow: Date.now,
    noteUse: (keyId) => {
      keyUses.note(keyId);
    },
  });
  return {
    ...stores,
    audit: { log: stores.audit, trail },
    authenticator: tellTenant(authenticator, telemetry),
    limits: await openLimits(context, stores),
  };
}

/** Closed before the control store, which it writes to. */
export function openAuditTrail(
  { lifecycle, logger, telemetry }: Omit<PipelineContext, 'config'>,
  log: AuditLog,
): AuditTrail {
  const trail = createAuditTrail({
    log,
    everyMs: auditEveryMs,
    askersMax: auditAskersMax,
    now: () => new Date(),
    logger,
    onDropped: (answers) => {
      telemetry.dropped.inc({ component: 'audit', reason: 'too_many_askers' }, answers);
    },
  });
  lifecycle.onClose('audit trail', () => trail.close(), { leaveAfterMs: 'its time' });
  return trail;
}

/** Whose request it is stands in every log line that is written for it. */
function tellTenant(authenticator: Authenticator, { traces }: Telemetry): Authenticator {
  return {
    ...authenticator,
    async authenticate(authorization, scope) {
      const principal = await authenticator.authenticate(authorization, scope);
      traces.setTenant(principal.tenant.id);
      return principal;
    },
  };
}

/** Opens ClickHouse and brings its tables up to date, one process at a time. */
export async function openEventTables(
  { config, lifecycle, logger, telemetry }: PipelineContext,
  control: ControlStore,
  { besideProcessors = false }: { readonly besideProcessors?: boolean } = {},
): Promise<ClickHouse> {
  const clickHouse = observeClickHouse(await openClickHouse(config), telemetry);
  lifecycle.onClose('clickhouse', () => clickHouse.close());
  // Before the lock: a control store of one session answers nobody else while it is held.
  const partitions = await control.getSetting(partitionsSetting);
  const applied = await migrate(clickHouse, (work) => control.withLock('clickhouse-migrations', work), {
    requireRest: async (names) => {
      if (besideProcessors) logger.warn({ migrations: names }, 'migrations beside processors may miscount');
      else await requireProcessorsAtRest(config, partitions, names);
    },
  });
  if (applied.length > 0) logger.info({ migrations: applied }, 'migrations applied');
  const reader = findReader(config);
  if (reader !== undefined)
    await control.withLock('clickhouse-migrations', () => applyRowPolicies(clickHouse, reader));
  const changed = await applyRetention(clickHouse, {
    rawDays: config.streamProcessor.rawRetentionDays,
    aggregateDays: config.streamProcessor.aggregateRetentionDays,
  });
  if (changed.length > 0) logger.info({ tables: changed }, 'retention changed');
  return clickHouse;
}

function createRedactionReader(
  { platform }: Config,
  control: ControlStore,
): (tenantId: string) => Promise<Redaction> {
  const redactions = createRedactionStore(control);
  return rememberReads(async (tenantId) => compileRedaction(await redactions.get(tenantId)), {
    trustedMs: platform.keyCacheSeconds * 1_000,
    now: () => performance.now(),
  });
}

/** What of a dead letter of a producer may be kept. */
export function openLetterRedaction(
  { config }: Pick<PipelineContext, 'config'>,
  { authenticator, control }: Pick<Foundation, 'authenticator' | 'control'>,
): RedactLetter {
  return createLetterRedaction({
    getUserSalt: (tenantId) => authenticator.getUserSalt(tenantId),
    getRedaction: createRedactionReader(config, control),
  });
}

/** The collector's way in, on a bus. */
export function openIntake(
  { config, telemetry }: PipelineContext,
  { authenticator, control, limits, suppressions }: Foundation,
  bus: Pick<EventBus, 'publish'>,
): Intake {
  return createIntake({
    bus,
    getUserSalt: (tenantId) => authenticator.getUserSalt(tenantId),
    listSuppressed: rememberReads((tenantId) => suppressions.list(tenantId), {
      trustedMs: config.platform.keyCacheSeconds * 1_000,
      now: () => performance.now(),
    }),
    getRedaction: createRedactionReader(config, control),
    now: Date.now,
    drawAcceptance: () => randomInt(1, 2 ** 32),
    limits: config.collector,
    telemetry,
    onAccepted: (tenantId, events) => {
      limits.meter.note(tenantId, { events });
    },
  });
}
