import { randomUUID } from 'node:crypto';
import { AppError } from '../platform/errors.js';
import type { Branch, EventBus, Message, PartitionReader, PublishReceipt } from './event-bus.js';

/**
 * The event bus of a single process: `publish` resolves once every branch has stored the batch, so that accepted means
 * stored. At most `pendingEventsMax` events are under way; beyond that the sender is told to come back. There is one
 * partition, which stays here; its reader is called for many batches at a time.
 */
export function createInProcessBus(options: { pendingEventsMax: number }): EventBus {
  const readers = new Map<Branch, PartitionReader>();
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();
  let pendingEvents = 0;
  let isClosed = false;

  function refuse(code: string, reason: string, status: number): never {
    throw new AppError(code, reason, { status, retryable: true, retryAfterSeconds: 1 });
  }

  async function deliver(message: Message, to: readonly PartitionReader[]): Promise<PublishReceipt> {
    const outcomes = await Promise.all(to.map((reader) => reader.store(message)));
    return { duplicates: Math.max(0, ...outcomes.map((outcome) => outcome.duplicates)) };
  }

  async function send(message: Message, to: readonly PartitionReader[]): Promise<PublishReceipt> {
    if (isClosed) refuse('shutting_down', 'This process is shutting down.', 503);
    const events = message.events.length;
    // A batch that alone is over the bound still goes through when nothing else is under way.
    if (pendingEvents > 0 && pendingEvents + events > options.pendingEventsMax) {
      refuse('overloaded', 'Too many events are waiting to be stored.', 429);
    }
    pendingEvents += events;
    const delivery = deliver(message, to);
    underWay.add(delivery);
    try {
      return await delivery;
    } finally {
      underWay.delete(delivery);
      pendingEvents -= events;
    }
  }

  return {
    publish: (batch) => send({ id: randomUUID(), events: batch }, [...readers.values()]),
    async replay(branch, message) {
      const reader = readers.get(branch);
      if (reader === undefined)
        throw new AppError('branch_not_read', `Nobody reads the branch ${branch} here.`, { status: 409 });
      await send(message, [reader]);
    },
    async subscribe(branch, openPartition) {
      readers.set(branch, await openPartition({ index: 0, count: 1 }, closing.signal));
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
      closing.abort();
    },
  };
}
