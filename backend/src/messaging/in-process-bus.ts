import { randomUUID } from 'node:crypto';
import { AppError } from '../platform/errors.js';
import type { Telemetry } from '../platform/telemetry.js';
import { createWriteGate, type WriteGate } from '../platform/write-gate.js';
import type { Branch, EventBus, Message, PartitionReader, PublishReceipt } from './event-bus.js';
import { createUnderWay } from './under-way.js';

/** What is under way is stored within seconds, or the store does not answer. */
const drainMsMax = 15_000;

/** Batches wait while somebody holds it, and count as under way. */
export type InProcessBus = EventBus & Pick<WriteGate, 'hold'>;

/**
 * The event bus of a single process: `publish` resolves once every branch has stored the batch, so that accepted means
 * stored. At most `pendingEventsMax` events are under way; beyond that the sender is told to come back. There is one
 * partition, which stays here; its reader is called for many batches at a time.
 */
export function createInProcessBus(options: {
  readonly pendingEventsMax: number;
  readonly telemetry?: Pick<Telemetry, 'underWay'>;
}): InProcessBus {
  const gate = createWriteGate({ drainMsMax });
  const readers = new Map<Branch, PartitionReader>();
  const closing = new AbortController();
  const underWay = createUnderWay({
    eventsMax: options.pendingEventsMax,
    onChange: (events) => {
      options.telemetry?.underWay.set({ component: 'messaging.in-process' }, events);
    },
  });

  async function deliver(message: Message, to: readonly PartitionReader[]): Promise<PublishReceipt> {
    const outcomes = await Promise.all(to.map((reader) => reader.store(message)));
    return { duplicates: Math.max(0, ...outcomes.map((outcome) => outcome.duplicates)) };
  }

  function send(message: Message, to: readonly PartitionReader[]): Promise<PublishReceipt> {
    return underWay.run(message.events.length, () => gate.pass(() => deliver(message, to)));
  }

  return {
    hold: (work) => gate.hold(work),
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
      await underWay.close();
      closing.abort();
    },
  };
}
