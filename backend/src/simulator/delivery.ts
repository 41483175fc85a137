import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { EventSink } from './event-sink.js';

/** What the collector takes in one request. */
const batchEventsMax = 1_000;
const attemptsMax = 8;
const pauseMsMin = 500;
const pauseMsMax = 30_000;

/** Waits; rejects when the signal aborts. */
export type Wait = (durationMs: number, signal: AbortSignal | undefined) => Promise<void>;

export interface DeliveryOptions {
  readonly sink: EventSink;
  readonly wait: Wait;
  readonly logger: Pick<Logger, 'warn'>;
}

/** One tenant's events of a slice. */
interface Consignment {
  readonly tenantId: string;
  readonly events: Iterable<object>;
}

/**
 * Hands slices to the sink, batch by batch, the tenants side by side. Resolves with the number of events that are
 * safe; fewer than given when the signal aborted. A refusal that may be retried is, with growing pauses; any other,
 * or one too many, rejects once no tenant's delivery is under way any more.
 */
export type Deliver = (
  consignments: readonly Consignment[],
  signal: AbortSignal | undefined,
) => Promise<number>;

export function createDelivery(options: DeliveryOptions): Deliver {
  async function deliverBatch(tenantId: string, batch: readonly object[], signal: AbortSignal | undefined) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await options.sink(tenantId, batch);
        return;
      } catch (error) {
        if (!(error instanceof AppError) || !error.retryable || attempt >= attemptsMax) throw error;
        options.logger.warn({ tenantId, attempt, code: error.code }, 'simulated events delayed');
        await options.wait(retryPauseMs(attempt), signal);
      }
    }
  }

  async function deliverOne({ tenantId, events }: Consignment, signal: AbortSignal | undefined) {
    let delivered = 0;
    for (const batch of batchesOf(events)) {
      if (isAborted(signal)) break;
      await deliverBatch(tenantId, batch, signal);
      delivered += batch.length;
    }
    return delivered;
  }

  return async (consignments, signal) => {
    const ends = await Promise.allSettled(consignments.map(async (one) => deliverOne(one, signal)));
    let delivered = 0;
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
      delivered += end.value;
    }
    return delivered;
  };
}

/** A call, because the compiler believes that a signal it has looked at once stays as it was. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** How long to wait after so many failures in a row. */
export function retryPauseMs(failures: number): number {
  return Math.min(pauseMsMax, pauseMsMin * 2 ** (failures - 1));
}

function* batchesOf(events: Iterable<object>): Iterable<readonly object[]> {
  let batch: object[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length === batchEventsMax) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
