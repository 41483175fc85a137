import { landFromBroker, landInProcess } from './batch-path.js';
import type { EventBus } from './messaging/event-bus.js';
import { createInProcessBus } from './messaging/in-process-bus.js';
import type { BrokerConnection } from './messaging/rabbitmq/broker-connection.js';
import { createRabbitBus } from './messaging/rabbitmq/rabbit-bus.js';
import type { Foundation, PipelineContext } from './pipeline.js';
import { partitionsSetting } from './partitions-setting.js';
import { AppError } from './platform/errors.js';
import type { ControlStore } from './platform/tenancy.js';
import type { WriteGate } from './platform/write-gate.js';
import type { Role } from './roles.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import type { Timescale } from './storage/timescale/open-timescale.js';
import { readFromBroker, readInProcess, watchForFreeze } from './stream-path.js';

/** The event bus of this process, read here by the processors that are among its roles. */
export interface OpenBus {
  readonly bus: EventBus;
  readonly isReady: () => boolean;
  /** Everything accepted before is stored; known here when this process stores it all. Epoch milliseconds. */
  readonly watermark: (() => number) | undefined;
  /** The same for landing. */
  readonly landedUntil: (() => number) | undefined;
  /** Runs the work while no batch is half stored; where the bus is within this process. */
  readonly hold: WriteGate['hold'] | undefined;
  /** To the broker, for what else is read from it. */
  readonly connection: BrokerConnection | undefined;
}

export type BusStores = Pick<Foundation, 'control' | 'deadLetters'> & {
  readonly clickHouse: ClickHouse | undefined;
  readonly timescale: Timescale | undefined;
};

/** RabbitMQ when it is configured, else the bus within this process. */
export async function openEventBus(
  context: PipelineContext,
  stores: BusStores,
  wanted: ReadonlySet<Role>,
): Promise<OpenBus> {
  const { url } = context.config.bus;
  if (url !== undefined) return openBrokerBus(context, stores, wanted, url);
  const bus = createInProcessBus({
    pendingEventsMax: context.config.bus.pendingEventsMax,
    telemetry: context.telemetry,
  });
  const { clickHouse, deadLetters, timescale } = stores;
  const processor =
    clickHouse !== undefined && wanted.has('stream-processor')
      ? await readInProcess(context, { clickHouse, deadLetters }, bus)
      : undefined;
  const landing =
    timescale !== undefined && wanted.has('batch-processor')
      ? await landInProcess(context, { timescale, deadLetters }, bus)
      : undefined;
  context.lifecycle.onClose('event bus', () => bus.close());
  return {
    bus,
    isReady: () => true,
    watermark: processor && (() => processor.watermark()),
    landedUntil: landing && (() => landing.watermark()),
    hold: (work) => bus.hold(work),
    connection: undefined,
  };
}

async function openBrokerBus(
  context: PipelineContext,
  stores: BusStores,
  wanted: ReadonlySet<Role>,
  url: string,
): Promise<OpenBus> {
  const { config, lifecycle, logger, telemetry } = context;
  const { clickHouse, control, deadLetters, timescale } = stores;
  await requireSamePartitions(control, config.bus.partitions);
  const freezeGuard = watchForFreeze(context, url);
  const { caFile, certificateFile, keyFile } = config.bus;
  const bus = await createRabbitBus({
    ...config.bus,
    url,
    tls: { caFile, certificateFile, keyFile },
    joinEventsMax: config.streamProcessor.joinEventsMax,
    joinIntervalMs: config.streamProcessor.joinIntervalMs,
    connectionName: [...wanted].join('+'),
    logger,
    telemetry,
    deadLetters,
    requireCurrent: () => requireStillSame(control, config.bus.partitions),
    now: Date.now,
  });
  lifecycle.onClose('event bus', (deadline) => bus.close(deadline));
  if (clickHouse !== undefined && wanted.has('stream-processor'))
    await readFromBroker(context, { clickHouse, control, deadLetters }, { bus, freezeGuard });
  if (timescale !== undefined && wanted.has('batch-processor'))
    await landFromBroker(context, { timescale, control, deadLetters }, bus);
  return {
    bus,
    isReady: () => bus.isReady(),
    watermark: undefined,
    landedUntil: undefined,
    hold: undefined,
    connection: bus.connections.consume,
  };
}

/**
 * The first role to start decides how many partitions there are. Throws `AppError` `partitions_differ` when this process
 * is configured otherwise: it would send an identity to another reader than the one that knows it.
 */
async function requireSamePartitions(control: ControlStore, configured: number): Promise<void> {
  const kept = await control.getSetting(partitionsSetting);
  if (kept === undefined) await control.putSetting(partitionsSetting, String(configured));
  if (kept === undefined || Number(kept) === configured) return;
  throw new AppError(
    'partitions_differ',
    `BUS_PARTITIONS is ${configured} here and ${kept} where it was set first. Change it by: partitions set ${configured}`,
    { status: 500 },
  );
}

/** A process that runs on while the number is changed must not make the old queues anew: nobody would read them. */
async function requireStillSame(control: ControlStore, configured: number): Promise<void> {
  try {
    await requireSamePartitions(control, configured);
  } catch (error) {
    // While the control data is away, what was right at the start counts.
    if (error instanceof AppError && error.code === 'partitions_differ') throw error;
  }
}
