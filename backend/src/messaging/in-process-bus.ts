import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import type { BatchSubscriber, EventBus, PublishReceipt } from './event-bus.js';

/**
 * The event bus of a single process: `publish` resolves once every subscriber has stored the batch, so that accepted
 * means stored. At most `pendingEventsMax` events are under way; beyond that the sender is told to come back.
 */
export function createInProcessBus(options: { pendingEventsMax: number }): EventBus {
  const subscribers: BatchSubscriber[] = [];
  const underWay = new Set<Promise<unknown>>();
  let pendingEvents = 0;
  let isClosed = false;

  function refuse(code: string, reason: string, status: number): never {
    throw new AppError(code, reason, { status, retryable: true, retryAfterSeconds: 1 });
  }

  async function deliver(batch: readonly EventEnvelope[]): Promise<PublishReceipt> {
    const outcomes = await Promise.all(subscribers.map((subscriber) => subscriber(batch)));
    return { duplicates: Math.max(0, ...outcomes.map((outcome) => outcome.duplicates)) };
  }

  return {
    async publish(batch) {
      if (isClosed) refuse('shutting_down', 'This process is shutting down.', 503);
      // A batch that alone is over the bound still goes through when nothing else is under way.
      if (pendingEvents > 0 && pendingEvents + batch.length > options.pendingEventsMax) {
        refuse('overloaded', 'Too many events are waiting to be stored.', 429);
      }
      pendingEvents += batch.length;
      const delivery = deliver(batch);
      underWay.add(delivery);
      try {
        return await delivery;
      } finally {
        underWay.delete(delivery);
        pendingEvents -= batch.length;
      }
    },
    subscribe(_name, subscriber) {
      subscribers.push(subscriber);
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}
