import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIntake, type Intake } from './collector/intake.js';
import { createInProcessBus } from './messaging/in-process-bus.js';
import { createAuthenticator } from './platform/authenticator.js';
import type { Config } from './platform/config.js';
import { acquireDataLock } from './platform/data-lock.js';
import type { Lifecycle } from './platform/lifecycle.js';
import type { Logger } from './platform/logger.js';
import type { Telemetry } from './platform/telemetry.js';
import type { Authenticator, ControlStore } from './platform/tenancy.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { createEventWriter } from './storage/clickhouse/event-writer.js';
import { migrate } from './storage/clickhouse/migrate.js';
import { openClickHouse } from './storage/clickhouse/open-clickhouse.js';
import { applyRetention } from './storage/clickhouse/retention.js';
import { openControlStore } from './storage/control/open-control-store.js';
import { createCountedOnceWriter } from './stream-processor/counted-once-writer.js';
import { openInsertJournal } from './stream-processor/insert-journal.js';
import { createStreamProcessor, type StreamProcessor } from './stream-processor/stream-processor.js';

export interface PipelineContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Takes a closer for all that is opened, in the order of the data. */
  readonly lifecycle: Lifecycle;
}

/** From an event to the stores, in one process. What the services and the command line stand on. */
export interface Pipeline {
  readonly clickHouse: ClickHouse;
  readonly control: ControlStore;
  readonly authenticator: Authenticator;
  readonly intake: Intake;
  readonly processor: StreamProcessor;
}

/**
 * Opens the stores that the configuration names, brings their tables up to date, finishes what a crash left behind.
 * Throws `AppError` `data_locked` when another process has the data folder.
 */
export async function openPipeline(context: PipelineContext): Promise<Pipeline> {
  const { config, lifecycle, logger } = context;
  const lock = await acquireDataLock(config.platform.dataDir);
  lifecycle.onClose('data lock', () => lock.release());

  const control = await openControlStore(config, logger);
  lifecycle.onClose('control store', () => control.close());
  await control.migrate();

  const clickHouse = openClickHouse(config);
  lifecycle.onClose('clickhouse', () => clickHouse.close());
  await prepareTables(context, control, clickHouse);

  const processor = await openStreamProcessor(context, clickHouse);
  lifecycle.onClose('stream processor', () => processor.close());

  const bus = createInProcessBus({ pendingEventsMax: config.bus.pendingEventsMax });
  await bus.subscribe('stream', () =>
    Promise.resolve({ store: (message) => processor.store(message.events) }),
  );
  lifecycle.onClose('event bus', () => bus.close());

  const authenticator = createAuthenticator({
    store: control,
    keyCacheSeconds: config.platform.keyCacheSeconds,
    now: () => performance.now(),
  });
  const intake = createIntake({
    bus,
    getUserSalt: (tenantId) => authenticator.getUserSalt(tenantId),
    now: Date.now,
    limits: config.collector,
    telemetry: context.telemetry,
  });
  return { clickHouse, control, authenticator, intake, processor };
}

async function prepareTables(
  { config, logger }: PipelineContext,
  control: ControlStore,
  clickHouse: ClickHouse,
): Promise<void> {
  const applied = await migrate(clickHouse, (work) => control.withLock('clickhouse-migrations', work));
  if (applied.length > 0) logger.info({ migrations: applied }, 'migrations applied');
  const changed = await applyRetention(clickHouse, {
    rawDays: config.streamProcessor.rawRetentionDays,
    aggregateDays: config.streamProcessor.aggregateRetentionDays,
  });
  if (changed.length > 0) logger.info({ tables: changed }, 'retention changed');
}

async function openStreamProcessor(
  context: PipelineContext,
  clickHouse: ClickHouse,
): Promise<StreamProcessor> {
  const { config, logger, telemetry } = context;
  const { dedupWindowEvents, insertAttemptsMax, insertIntervalMs, insertRowsMax } = config.streamProcessor;
  const writer = createCountedOnceWriter({
    store: createEventWriter(clickHouse),
    journal: await openInsertJournal(join(config.platform.dataDir, 'journal')),
    recentIdsMax: dedupWindowEvents,
    insertAttemptsMax,
    sleep,
    deadLetters: { add: () => Promise.reject(new Error('no dead letters yet')) },
    logger,
    telemetry,
  });
  await writer.start();
  return createStreamProcessor({ writer, insertRowsMax, insertIntervalMs, now: Date.now, sleep, newId: randomUUID, telemetry });
}
