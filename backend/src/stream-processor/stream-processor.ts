import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import {
  createJointWrites,
  type JointWrites,
  type Stored,
  type WaitingBatch,
} from '../platform/joint-writes.js';
import type { Telemetry } from '../platform/telemetry.js';
import { fromEach } from '../platform/traces.js';
import type { CountedOnceWriter } from './counted-once-writer.js';

export interface StreamProcessorOptions {
  readonly writer: CountedOnceWriter;
  /** Rows of one write at most; a single larger batch still goes through whole. */
  readonly insertRowsMax: number;
  /** The same while several tenants are near. */
  readonly insertSharedRowsMax: number;
  /** Writes start at least this far apart, so that thin traffic makes few parts. */
  readonly insertIntervalMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly newId: () => string;
  readonly telemetry: Telemetry;
}

/** Stores batches; those that wait at the same time are written together. */
export type StreamProcessor = JointWrites;

export function createStreamProcessor(options: StreamProcessorOptions): StreamProcessor {
  const { telemetry, writer } = options;

  async function writeTogether(batches: readonly WaitingBatch[]): Promise<readonly Stored[]> {
    const events = batches.flatMap(({ batch }) => batch);
    const from = fromEach(batches);
    const attributes = { 'messaging.batch.message_count': events.length, 'coditect.branch': 'stream' };
    const stored = await telemetry.traces.span(
      'store events (stream)',
      { kind: 'consumer', from, attributes },
      () => writer.write({ id: options.newId(), events }),
    );
    return batches.map(({ batch }) => ({ duplicates: claimStored(batch, stored) }));
  }

  const writes = createJointWrites({
    write: writeTogether,
    refusalOf,
    rowsMax: options.insertRowsMax,
    sharedRowsMax: options.insertSharedRowsMax,
    isSideBySide: true,
    intervalMs: options.insertIntervalMs,
    currentTrace: () => telemetry.traces.current(),
    now: options.now,
    sleep: options.sleep,
  });
  return {
    ...writes,
    store(batch) {
      telemetry.received.inc({ component: 'stream-processor' }, batch.length);
      return writes.store(batch);
    },
  };
}

/** How many of the batch were not stored by this very write; takes what it claims out of `stored`. */
function claimStored(batch: readonly EventEnvelope[], stored: Set<string>): number {
  let duplicates = 0;
  for (const event of batch) if (!stored.delete(event.eventId)) duplicates += 1;
  return duplicates;
}

function refusalOf(cause: unknown): AppError {
  const reason = 'The store does not take events at the moment. Send the same events again.';
  return new AppError('store_unavailable', reason, {
    status: 503,
    retryable: true,
    retryAfterSeconds: 5,
    cause,
  });
}
