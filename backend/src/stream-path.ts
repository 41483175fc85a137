import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus, OpenPartition } from './messaging/event-bus.js';
import { heartbeatSecondsOf } from './messaging/rabbitmq/broker-connection.js';
import { observeReader } from './messaging/observed-reader.js';
import { trackProgress, type ProgressBoard } from './messaging/progress.js';
import type { PipelineContext } from './pipeline.js';
import type { DeadLetterSink } from './platform/dead-letters.js';
import type { ControlStore } from './platform/tenancy.js';
import { publishProgress } from './progress.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { createEventWriter } from './storage/clickhouse/event-writer.js';
import {
  createCountedOnceWriter,
  type CountedOnceWriter,
  type CountedOnceWriterOptions,
} from './stream-processor/counted-once-writer.js';
import { createFreezeGuard, pulse, type FreezeGuard } from './stream-processor/freeze-guard.js';
import { openInsertJournal } from './stream-processor/insert-journal.js';
import { createPartitionReader } from './stream-processor/partition-reader.js';
import { createStreamProcessor, type StreamProcessor } from './stream-processor/stream-processor.js';

export interface StreamPathStores {
  readonly clickHouse: ClickHouse;
  readonly deadLetters: DeadLetterSink;
}

/** Stores what the bus of this process brings. Finishes first what a crash left behind. */
export async function readInProcess(
  context: PipelineContext,
  stores: StreamPathStores,
  bus: EventBus,
): Promise<StreamProcessor> {
  const { config, lifecycle, telemetry } = context;
  const { insertIntervalMs, insertRowsMax, insertSharedRowsMax } = config.streamProcessor;
  const journal = await openInsertJournal(join(config.platform.dataDir, 'journal'));
  const learning = stopLearningOnClose(context);
  const writer = createWriter(context, stores, { journal, signal: learning.signal });
  learning.track((await writer.start()).learnt);
  const processor = createStreamProcessor({
    writer,
    insertRowsMax,
    insertSharedRowsMax,
    insertIntervalMs,
    now: Date.now,
    sleep,
    newId: randomUUID,
    telemetry,
  });
  lifecycle.onClose('stream processor', () => processor.close());
  const observation = { branch: 'stream', now: Date.now, telemetry } as const;
  await bus.subscribe('stream', () =>
    Promise.resolve(observeReader({ store: (message) => processor.store(message.events) }, observation)),
  );
  return processor;
}

const attemptsMax = 8;
const quarantineMarginMs = 5_000;

/** Stores what a broker brings: every partition that becomes this process's. Tells the others how far it is. */
export async function readFromBroker(
  context: PipelineContext,
  stores: StreamPathStores & { readonly control: ControlStore },
  { bus, freezeGuard }: { readonly bus: EventBus; readonly freezeGuard: FreezeGuard },
): Promise<void> {
  const board = publishProgress(context, stores.control, { branch: 'stream', component: 'stream-processor' });
  const learning = stopLearningOnClose(context);
  await bus.subscribe('stream', createOpenPartition(context, stores, { board, freezeGuard, learning }));
}

function createOpenPartition(
  context: PipelineContext,
  stores: StreamPathStores,
  { board, freezeGuard, learning }: { board: ProgressBoard; freezeGuard: FreezeGuard; learning: Learning },
): OpenPartition {
  const { config, logger, telemetry } = context;
  return async (partition, signal) => {
    const writer = createWriter(context, stores, {
      partition,
      filterBytesMax: Math.floor(config.streamProcessor.dedupFilterBytesMax / partition.count),
      signal: AbortSignal.any([signal, learning.signal]),
      requireMayInsert() {
        signal.throwIfAborted();
        freezeGuard.requireAwake();
      },
      sleep: (ms, until = signal) => sleep(ms, undefined, { signal: until }),
    });
    learning.track((await writer.start()).learnt);
    const reader = createPartitionReader({
      writer,
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
    return observeReader(trackProgress(reader, progress), { branch: 'stream', now: Date.now, telemetry });
  };
}

/** To be called before the bus is opened: it watches until the bus is closed. */
export function watchForFreeze({ lifecycle, logger }: PipelineContext, brokerUrl: string): FreezeGuard {
  const guard = createFreezeGuard({
    clocks: [() => performance.now(), Date.now],
    every: pulse,
    quarantineMs: 3_000 * heartbeatSecondsOf(brokerUrl) + quarantineMarginMs,
    logger,
  });
  lifecycle.onClose('freeze guard', () => {
    guard.close();
  });
  return guard;
}

interface Learning {
  /** Aborts when this process closes. */
  readonly signal: AbortSignal;
  track(learnt: Promise<void>): void;
}

/** Reading all ids may take long: it is ended before the store closes. */
function stopLearningOnClose({ lifecycle }: PipelineContext): Learning {
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  lifecycle.onClose('stored ids', async () => {
    closing.abort();
    await Promise.all(underWay);
  });
  return {
    signal: closing.signal,
    track(learnt) {
      const done = learnt.finally(() => underWay.delete(done));
      underWay.add(done);
    },
  };
}

function createWriter(
  { config, logger, telemetry }: PipelineContext,
  { clickHouse, deadLetters }: StreamPathStores,
  own: Partial<CountedOnceWriterOptions> & Pick<CountedOnceWriterOptions, 'signal'>,
): CountedOnceWriter {
  return createCountedOnceWriter({
    store: createEventWriter(clickHouse),
    filterBytesMax: config.streamProcessor.dedupFilterBytesMax,
    insertAttemptsMax: config.streamProcessor.insertAttemptsMax,
    sleep: (ms, signal) => sleep(ms, undefined, { ...(signal !== undefined && { signal }) }),
    deadLetters,
    logger,
    telemetry,
    ...own,
  });
}
