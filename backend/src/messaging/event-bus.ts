import type { EventEnvelope } from '@coditect/contracts';
import type { Deadline } from '../platform/deadline.js';

/**
 * Events that travel and are stored together. All of one partition, of any tenants. The id is drawn when the message is
 * cut and stays through republishing, redelivery, dead letter and replay: the same id always holds the same events.
 */
export interface Message {
  readonly id: string;
  readonly events: readonly EventEnvelope[];
}

/** What became of a batch. `duplicates` counts events that were stored before; `null` where a broker stands between. */
export interface PublishReceipt {
  readonly duplicates: number | null;
}

/** One of the `count` parts that events are spread over by the hash of their identity. */
export interface Partition {
  readonly index: number;
  readonly count: number;
}

/** Who reads: each branch gets every event. */
export const branches = ['stream', 'batch'] as const;
export type Branch = (typeof branches)[number];

/** Stores the messages of one partition. */
export interface PartitionReader {
  /**
   * Resolves once the message is stored; what was stored before is left as it is and counted. The same message may come
   * again. Rejects with an `AppError` that is not `retryable` when the message can never be stored: it becomes a dead
   * letter. After any other rejection the message comes again.
   */
  store(message: Message): Promise<{ readonly duplicates: number }>;
}

/**
 * Called when this process becomes the one that reads a partition, before its first message, and anew when it becomes
 * so again: what another process stored meanwhile has to be learnt. `signal` aborts when the partition may have moved
 * to another process; nothing may be written for it after that.
 */
export type OpenPartition = (partition: Partition, signal: AbortSignal) => Promise<PartitionReader>;

/**
 * From the collector to the processors. A batch may hold events of any tenants and partitions.
 * `publish` resolves once the batch is safe and rejects otherwise, with a retryable `AppError`: 429 `overloaded` when
 * too much is under way, 503 with `retryAfterSeconds` when the bus can't. A rejected batch may be safe in part;
 * publishing it again is harmless.
 */
export interface EventBus {
  publish(batch: readonly EventEnvelope[]): Promise<PublishReceipt>;
  /** Puts a message back on one branch, under its own id. Resolves once it is safe. */
  replay(branch: Branch, message: Message): Promise<void>;
  /**
   * Reads every partition of a branch, in this process or as many as share the work. On the branch `stream` the messages
   * of a partition come one at a time and in order; on `batch` they may come side by side.
   */
  subscribe(branch: Branch, openPartition: OpenPartition): Promise<void>;
  /**
   * Stops reading, resolves when nothing is under way any more. Further `publish` calls are refused with 503
   * `shutting_down`. Where a broker stands between, what is under way at the deadline is left to it: it comes again.
   */
  close(deadline?: Deadline): Promise<void>;
}
