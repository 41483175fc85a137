import { setImmediate as turn } from 'node:timers/promises';
import type { EventStore, PartitionOfIds } from './event-store.js';
import type { IdFilter } from './id-filter.js';
import type { Logger } from '../platform/logger.js';

export interface FillIdFilterOptions {
  readonly store: Pick<EventStore, 'countIds' | 'loadIds'>;
  /** Whose ids; all, when left out. */
  readonly partition?: PartitionOfIds;
  /** Ends the work. */
  readonly signal: AbortSignal;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly logger: Logger;
  readonly onProgress?: () => void;
}

const pauseMsMin = 500;
const pauseMsMax = 30_000;

/** Of one answer: eight megabytes of text. */
const idsPerSlice = 250_000;

/** So many are added between two turns of the event loop: some milliseconds. */
const bytesPerTurn = 16 * 10_000;

/**
 * Adds every id that is stored, slice by slice, and tries again for as long as the store is away. False when the signal
 * aborts before.
 */
export async function fillIdFilter(filter: IdFilter, options: FillIdFilterOptions): Promise<boolean> {
  const { partition = { index: 0, count: 1 }, signal, store } = options;
  try {
    const stored = await untilItSucceeds(options, () => store.countIds({ signal }));
    const slices = 2 ** Math.ceil(Math.log2(Math.max(1, stored / partition.count / idsPerSlice)));
    for (let index = 0; index < slices; index += 1) {
      const slice = { index, count: slices };
      const ids = await untilItSucceeds(options, () => store.loadIds(slice, { partition, signal }));
      await addInTurns(filter, ids);
      options.onProgress?.();
    }
    return !signal.aborted;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

async function addInTurns(filter: IdFilter, ids: Buffer): Promise<void> {
  for (let start = 0; start < ids.length; start += bytesPerTurn) {
    filter.addBytes(ids.subarray(start, start + bytesPerTurn));
    await turn();
  }
}

async function untilItSucceeds<T>(options: FillIdFilterOptions, ask: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    options.signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      options.signal.throwIfAborted();
      options.logger.warn({ err: error }, 'stored ids not read yet');
      const pauseMs = Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(failures, 10));
      await options.sleep(pauseMs, options.signal);
    }
  }
}
