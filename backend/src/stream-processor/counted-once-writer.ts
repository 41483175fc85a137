import type { EventEnvelope } from '@coditect/contracts';
import type { DeadLetterSink } from '../platform/dead-letters.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { EventBlock, EventStore, PartitionOfIds } from './event-store.js';
import type { InsertJournal } from './insert-journal.js';
import { insertBlock, insertDuplicates } from './insert-block.js';
import { cutBySize, groupEvents, sortEvents } from './plan-inserts.js';
import { createStoredIds } from './stored-ids.js';

/** Events that are stored together. */
export interface WriteRequest {
  /** The same id always comes with the same events. */
  readonly id: string;
  readonly events: readonly EventEnvelope[];
}

export interface CountedOnceWriterOptions {
  readonly store: EventStore;
  /**
   * Keeps inserts whose outcome is unknown, to finish them before anything else. Left out where whoever calls `write`
   * brings the same request again, in its old place, until it resolves: then a broker is the journal.
   */
  readonly journal?: InsertJournal;
  /** Whose ids are known; all, when left out. */
  readonly partition?: PartitionOfIds;
  /** Memory of the filter that tells new ids without a look-up. */
  readonly filterBytesMax: number;
  /** Aborts when this writer is not used any more. */
  readonly signal: AbortSignal;
  readonly insertAttemptsMax: number;
  /** Throws when nothing may be inserted now, because these events may be another process's. */
  readonly requireMayInsert?: () => void;
  /** With a signal, rejects when that aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  readonly deadLetters: DeadLetterSink;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Stores events, each identity once. An insert has a token made of the request's id and the table partition: repeated,
 * it completes what it lacks. Calls of `write` at the same time are of different tenants: an identity is that of one tenant's event.
 */
export interface CountedOnceWriter {
  /**
   * Finishes what a crash left behind, and begins to learn which ids are stored. Call once, before the first `write`.
   * `learnt` resolves when that is done or the signal aborts; no `write` has to wait for it.
   */
  start(): Promise<{ readonly learnt: Promise<void> }>;
  /**
   * Resolves with the ids that were new. A row that the store will never take becomes a dead letter, with an error in
   * the log; its neighbours are stored. What was taken in again is kept as a duplicate, once for each time, however often
   * the request comes. Rejects when the store stays away, after its attempts.
   */
  write(request: WriteRequest): Promise<Set<string>>;
}

interface Row {
  readonly text: string;
}

export function createCountedOnceWriter(options: CountedOnceWriterOptions): CountedOnceWriter {
  const { store, journal } = options;
  const ids = createStoredIds(options);
  let unfinished: readonly EventBlock[] = [];
  let finishing: Promise<void> | undefined;

  async function finish(block: EventBlock): Promise<number> {
    const refused = await insertBlock(options, block);
    await journal?.remove(block);
    return refused;
  }

  async function finishEach(): Promise<void> {
    for (;;) {
      const [block] = unfinished;
      if (block === undefined) return;
      await finish(block);
      unfinished = unfinished.slice(1);
    }
  }

  /** Once, for all who wait for it. */
  async function finishUnfinished(): Promise<void> {
    if (unfinished.length === 0) return;
    finishing ??= finishEach().finally(() => {
      finishing = undefined;
    });
    await finishing;
  }

  async function insertRows(token: string, rows: readonly Row[]): Promise<void> {
    const block = { token, ndjson: Buffer.from(rows.map((row) => row.text).join('\n')) };
    await journal?.write(block);
    try {
      const refused = await finish(block);
      options.telemetry.sent.inc({ component: 'stream-processor' }, rows.length - refused);
    } catch (error) {
      if (journal !== undefined) unfinished = [...unfinished, block];
      throw error;
    }
  }

  /** Without a journal a request may have been stored in part: its own events are new to it until it is done. */
  function findStored({ id, events }: WriteRequest): Promise<ReadonlyMap<string, number>> {
    return ids.find(events, journal === undefined ? { exceptOfMessage: id } : undefined);
  }

  return {
    async start() {
      unfinished = (await journal?.listUnfinished()) ?? [];
      if (unfinished.length > 0)
        options.logger.info({ inserts: unfinished.length }, 'unfinished inserts found');
      await finishUnfinished();
      return { learnt: ids.learn() };
    },
    async write(request) {
      await finishUnfinished();
      const { fresh, duplicates } = sortEvents(request.events, await findStored(request));
      // Those that are stored as well: another process may have stored them after this one learnt its ids.
      ids.add(request.events);
      const formatRow = store.createRowFormat(request.id);
      const format = (event: EventEnvelope): Row => ({ text: formatRow(event) });
      for (const [partition, events] of groupEvents(fresh, (event) => store.partitionOf(event))) {
        let block = 0;
        for (const rows of cutBySize(events, format)) {
          await insertRows(`${request.id}-${partition}-${block}`, rows);
          block += 1;
        }
      }
      // Last: until its first copy is stored, an event that came again is no duplicate.
      const formatDuplicate = (event: EventEnvelope): Row => ({ text: store.formatDuplicate(event) });
      for (const rows of cutBySize(duplicates, formatDuplicate))
        await insertDuplicates(options, request.id, Buffer.from(rows.map((row) => row.text).join('\n')));
      return new Set(fresh.map((event) => event.eventId));
    },
  };
}
