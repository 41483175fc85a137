import type { EventEnvelope } from '@coditect/contracts';

/** What became of a batch. `duplicates` counts events that were stored before; `null` where a broker stands between. */
export interface PublishReceipt {
  readonly duplicates: number | null;
}

/** Stores a batch. Resolves once it is safe; an event that was stored before is left as it is and counted. */
export type BatchSubscriber = (batch: readonly EventEnvelope[]) => Promise<{ readonly duplicates: number }>;

/**
 * From the collector to the processors. A batch may hold events of any tenants.
 * `publish` resolves once the batch is safe and rejects otherwise: with `AppError` 503 and `retryAfterSeconds` when
 * the sender may try again. A rejected batch may have been stored in part; publishing it again is harmless.
 */
export interface EventBus {
  publish(batch: readonly EventEnvelope[]): Promise<PublishReceipt>;
  subscribe(name: string, subscriber: BatchSubscriber): void;
  /** Resolves when nothing is under way any more. Further `publish` calls are refused. */
  close(): Promise<void>;
}
