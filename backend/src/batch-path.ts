import { setTimeout as sleep } from 'node:timers/promises';
import { createGroupLanding, type GroupLanding } from './batch-processor/group-landing.js';
import { joinLandings } from './batch-processor/join-landings.js';
import { createLander, type LandEvents } from './batch-processor/land-events.js';
import { createLandingReader } from './batch-processor/landing-reader.js';
import type { EventBus } from './messaging/event-bus.js';
import { observeReader } from './messaging/observed-reader.js';
import { trackProgress } from './messaging/progress.js';
import type { PipelineContext } from './pipeline.js';
import type { DeadLetterSink } from './platform/dead-letters.js';
import type { ControlStore } from './platform/tenancy.js';
import { publishProgress } from './progress.js';
import { observePgDatabase } from './storage/postgres/observed-pg-database.js';
import { createLandingWriter } from './storage/timescale/landing-writer.js';
import { openTimescale, openTimescaleReader, type Timescale } from './storage/timescale/open-timescale.js';

export interface BatchPathStores {
  readonly timescale: Timescale;
  readonly deadLetters: DeadLetterSink;
}

/** Opens landing and rollups and brings their tables up to date, one process at a time. */
export async function openReportTables({
  config,
  lifecycle,
  logger,
  telemetry,
}: PipelineContext): Promise<Timescale> {
  const timescale = await openTimescale(config, logger);
  lifecycle.onClose('timescale', () => timescale.close());
  await timescale.migrate();
  return { ...timescale, database: observePgDatabase(timescale.database, 'timescale', telemetry) };
}

/** Where reports are read: a replica, where there is one, and else where events land. */
export function openReportReader(
  { config, lifecycle, logger, telemetry }: PipelineContext,
  timescale: Timescale,
): Timescale['database'] {
  const reader = openTimescaleReader(config, logger);
  if (reader === undefined) return timescale.database;
  lifecycle.onClose('timescale reader', () => reader.close());
  return observePgDatabase(reader, 'timescale', telemetry);
}

/** Lands what the bus of this process brings. */
export async function landInProcess(
  context: PipelineContext,
  stores: BatchPathStores,
  bus: EventBus,
): Promise<GroupLanding> {
  const { config, lifecycle, logger, telemetry } = context;
  const { landingAttemptsMax, landingIntervalMs, landingRowsMax, landingSharedRowsMax } =
    config.batchProcessor;
  const landing = createGroupLanding({
    land: createOwnLander(context, stores),
    rowsMax: landingRowsMax,
    sharedRowsMax: landingSharedRowsMax,
    intervalMs: landingIntervalMs,
    attemptsMax: landingAttemptsMax,
    now: Date.now,
    sleep,
    logger,
    telemetry,
  });
  lifecycle.onClose('batch processor', () => landing.close());
  const observation = { branch: 'batch', now: Date.now, telemetry } as const;
  const reader = observeReader({ store: ({ events }) => landing.store(events) }, observation);
  await bus.subscribe('batch', () => Promise.resolve(reader));
  return landing;
}

const attemptsMax = 8;

/** Lands what a broker brings: every partition that becomes this process's. Tells the others how far it is. */
export async function landFromBroker(
  context: PipelineContext,
  stores: BatchPathStores & { readonly control: ControlStore },
  bus: EventBus,
): Promise<void> {
  const { config, logger, telemetry } = context;
  // Of all partitions: they share the store.
  const land = joinLandings({
    land: createOwnLander(context, stores),
    rowsMax: config.batchProcessor.landingRowsMax,
    logger,
    telemetry,
  });
  const board = publishProgress(context, stores.control, { branch: 'batch', component: 'batch-processor' });
  await bus.subscribe('batch', (partition, signal) => {
    const reader = createLandingReader({
      land,
      signal,
      attemptsMax,
      sleep: (ms, abort) => sleep(ms, undefined, { signal: abort }),
      logger,
      telemetry,
    });
    const progress = board.open(partition.index);
    signal.addEventListener('abort', () => {
      progress.close();
    });
    const tracked = trackProgress(reader, progress, 'side by side');
    return Promise.resolve(observeReader(tracked, { branch: 'batch', now: Date.now, telemetry }));
  });
}

function createOwnLander(
  { config, logger, telemetry }: PipelineContext,
  { deadLetters, timescale }: BatchPathStores,
): LandEvents {
  return createLander({
    store: createLandingWriter(timescale.database),
    rowsMax: config.batchProcessor.landingRowsMax,
    deadLetters,
    logger,
    telemetry,
  });
}
