import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import type { Telemetry } from '../platform/telemetry.js';
import { fromEach } from '../platform/traces.js';
import type { CountedOnceWriter } from './counted-once-writer.js';

export interface StreamProcessorOptions {
  readonly writer: CountedOnceWriter;
  /** Rows of one write at most; a single larger batch still goes through whole. */
  readonly insertRowsMax: number;
  /** Writes start at least this far apart, so that thin traffic makes few parts. */
  readonly insertIntervalMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly newId: () => string;
  readonly telemetry: Telemetry;
}

/** Stores batches; those that wait at the same time are written together. */
export interface StreamProcessor {
  /** Resolves once every event of the batch is in the store. Rejects with 503 `store_unavailable`, retryable. */
  store(batch: readonly EventEnvelope[]): Promise<{ readonly duplicates: number }>;
  /** Everything received before this instant (epoch milliseconds) is stored. */
  watermark(): number;
  /** Resolves when nothing waits any more. */
  close(): Promise<void>;
}

interface Waiting {
  readonly batch: readonly EventEnvelope[];
  readonly since: number;
  readonly traceparent: string | undefined;
  readonly resolve: (outcome: { duplicates: number }) => void;
  readonly reject: (error: unknown) => void;
}

export function createStreamProcessor(options: StreamProcessorOptions): StreamProcessor {
  const { telemetry, writer } = options;
  const waiting: Waiting[] = [];
  let inFlight: readonly Waiting[] = [];
  let running: Promise<void> | undefined;
  let lastWriteAt = Number.NEGATIVE_INFINITY;

  function writeTogether(entries: readonly Waiting[]): Promise<Set<string>> {
    const events = entries.flatMap((entry) => entry.batch);
    const from = fromEach(entries);
    const attributes = { 'messaging.batch.message_count': events.length, 'coditect.branch': 'stream' };
    return telemetry.traces.span('store events (stream)', { kind: 'consumer', from, attributes }, () =>
      writer.write({ id: options.newId(), events }),
    );
  }

  async function storeNext(): Promise<void> {
    const pause = lastWriteAt + options.insertIntervalMs - options.now();
    // A clock that was set back must not hold writes up for as long.
    if (pause > 0) await options.sleep(Math.min(pause, options.insertIntervalMs));
    lastWriteAt = options.now();
    inFlight = takeUpTo(options.insertRowsMax, waiting);
    try {
      const stored = await writeTogether(inFlight);
      for (const entry of inFlight) entry.resolve({ duplicates: claimStored(entry.batch, stored) });
    } catch (error) {
      const refusal = refusalOf(error);
      for (const entry of inFlight) entry.reject(refusal);
    } finally {
      inFlight = [];
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) await storeNext();
    running = undefined;
  }

  return {
    store(batch) {
      telemetry.received.inc({ component: 'stream-processor' }, batch.length);
      return new Promise((resolve, reject) => {
        waiting.push({
          batch,
          since: options.now(),
          traceparent: telemetry.traces.current(),
          resolve,
          reject,
        });
        running ??= run();
      });
    },
    watermark() {
      return inFlight[0]?.since ?? waiting[0]?.since ?? options.now();
    },
    async close() {
      while (running !== undefined) await running;
    },
  };
}

/** Takes entries off the front until the next one would go over `rowsMax`; at least one. */
function takeUpTo(rowsMax: number, waiting: Waiting[]): readonly Waiting[] {
  let rows = 0;
  let count = 0;
  for (const entry of waiting) {
    rows += entry.batch.length;
    if (count > 0 && rows > rowsMax) break;
    count += 1;
  }
  return waiting.splice(0, count);
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
