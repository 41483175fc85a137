import type { Telemetry } from '../platform/telemetry.js';
import type { Branch, PartitionReader } from './event-bus.js';

export interface ReaderObservation {
  readonly branch: Branch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly telemetry: Pick<Telemetry, 'freshness' | 'duplicates'>;
}

/** Counts how old the oldest event of a message is once it is stored, and what had been stored before. */
export function observeReader(
  reader: PartitionReader,
  { branch, now, telemetry }: ReaderObservation,
): PartitionReader {
  return {
    async store(message) {
      const outcome = await reader.store(message);
      const oldest = message.events.reduce((least, event) => Math.min(least, event.receivedAt), Infinity);
      if (oldest !== Infinity) telemetry.freshness.observe({ branch }, Math.max(0, now() - oldest) / 1_000);
      telemetry.duplicates.inc({ branch }, outcome.duplicates);
      return outcome;
    },
  };
}
