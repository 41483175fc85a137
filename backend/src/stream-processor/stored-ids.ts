import type { EventEnvelope } from '@coditect/contracts';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { EventStore, PartitionOfIds } from './event-store.js';
import { fillIdFilter } from './fill-id-filter.js';
import { createIdFilter } from './id-filter.js';

export interface StoredIdsOptions {
  readonly store: Pick<EventStore, 'countIds' | 'loadIds' | 'findStoredIds'>;
  readonly partition?: PartitionOfIds;
  /** Memory of the filter in front of the look-ups. */
  readonly filterBytesMax: number;
  /** Ends the filling. */
  readonly signal: AbortSignal;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Knows which identities are stored: a filter of all of them tells most of the new ones, the store is asked of the rest. */
export interface StoredIds {
  /**
   * Learns in the background what is stored. Until that is done the store is asked of every id. Call it once, when
   * nobody else writes these ids any more. Resolves when it is done or the signal aborts; nobody has to wait.
   */
  learn(): Promise<void>;
  /** Which of the events are stored, and of which acceptance. Leaves out what the named message brought. */
  find(
    events: readonly EventEnvelope[],
    options?: { readonly exceptOfMessage: string },
  ): Promise<ReadonlyMap<string, number>>;
  /** To be told before they are stored: an insert may succeed although it is said to fail. */
  add(events: readonly EventEnvelope[]): void;
}

const fillToWarnOf = 0.5;

export function createStoredIds(options: StoredIdsOptions): StoredIds {
  const { logger, partition, store, telemetry } = options;
  const filter = createIdFilter(options.filterBytesMax);
  const labels = { partition: String(partition?.index ?? 0) };
  let isFilled = false;
  let isWarned = false;

  function showFill(): void {
    const { fill } = filter;
    if (!options.signal.aborted) telemetry.idFilterFill.set(labels, fill);
    if (fill <= fillToWarnOf || isWarned) return;
    isWarned = true;
    logger.warn({ ...labels, fill }, 'id filter over half full, DEDUP_FILTER_BYTES_MAX is small');
  }

  return {
    async learn() {
      options.signal.addEventListener('abort', () => {
        telemetry.idFilterFill.remove(labels);
      });
      const { signal, sleep } = options;
      const own = { store, signal, sleep, logger, onProgress: showFill };
      isFilled = await fillIdFilter(filter, { ...own, ...(partition !== undefined && { partition }) });
      if (isFilled) logger.info({ ...labels, fill: filter.fill }, 'id filter filled');
    },
    async find(events, except) {
      const unsure = isFilled ? events.filter((event) => filter.mayHave(event.eventId)) : events;
      return unsure.length === 0 ? new Map() : store.findStoredIds(unsure, except);
    },
    add(events) {
      for (const event of events) filter.add(event.eventId);
      showFill();
    },
  };
}
