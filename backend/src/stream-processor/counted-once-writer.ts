import type { EventEnvelope } from '@coditect/contracts';
import type { DeadLetterSink } from '../platform/dead-letters.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { EventBlock, EventStore } from './event-store.js';
import type { InsertJournal } from './insert-journal.js';
import { insertBlock } from './insert-block.js';
import { cutBySize, groupEvents, selectNew } from './plan-inserts.js';
import { createRecentIds, type RecentIds } from './recent-ids.js';

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
  /** Whose ids are remembered; all, when left out. */
  readonly partition?: { readonly index: number; readonly count: number };
  /** Ids kept in memory; older ones are looked up in the store. */
  readonly recentIdsMax: number;
  readonly insertAttemptsMax: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly deadLetters: DeadLetterSink;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Stores events, each identity once. An insert has a token made of the request's id and the table partition: repeated,
 * it completes what it lacks. One call of `write` at a time.
 */
export interface CountedOnceWriter {
  /** Finishes what a crash left behind and loads the recent ids. Call once, before the first `write`. */
  start(): Promise<void>;
  /**
   * Resolves with the ids that were new. A row that the store will never take becomes a dead letter, with an error in
   * the log; its neighbours are stored. Rejects when the store stays away, after its attempts.
   */
  write(request: WriteRequest): Promise<Set<string>>;
}

interface Row {
  readonly eventId: string;
  readonly text: string;
}

interface UnfinishedInsert {
  readonly block: EventBlock;
  /** Empty for what an earlier process left: those ids are loaded from the store afterwards. */
  readonly eventIds: readonly string[];
}

export function createCountedOnceWriter(options: CountedOnceWriterOptions): CountedOnceWriter {
  const { store, journal } = options;
  let recent: RecentIds = createRecentIds(options.recentIdsMax);
  let isHistoryLoaded = false;
  let unfinished: readonly UnfinishedInsert[] = [];

  async function finish({ block, eventIds }: UnfinishedInsert): Promise<number> {
    const refused = await insertBlock(options, block);
    for (const id of eventIds) recent.add(id);
    await journal?.remove(block);
    return refused;
  }

  async function finishUnfinished(): Promise<void> {
    for (;;) {
      const [insert] = unfinished;
      if (insert === undefined) return;
      await finish(insert);
      unfinished = unfinished.slice(1);
    }
  }

  async function insertRows(token: string, rows: readonly Row[]): Promise<void> {
    const block = { token, ndjson: Buffer.from(rows.map((row) => row.text).join('\n')) };
    const insert = { block, eventIds: rows.map((row) => row.eventId) };
    await journal?.write(block);
    try {
      const refused = await finish(insert);
      options.telemetry.sent.inc({ component: 'stream-processor' }, rows.length - refused);
    } catch (error) {
      if (journal !== undefined) unfinished = [...unfinished, insert];
      throw error;
    }
  }

  /** Without a journal a request may have been stored in part: its own events are new to it until it is done. */
  async function findStored({ id, events }: WriteRequest): Promise<(event: EventEnvelope) => boolean> {
    const knowsAll = isHistoryLoaded && recent.isWhole;
    if (journal === undefined) {
      const unsure = knowsAll ? events.filter((event) => recent.has(event.eventId)) : events;
      const stored = await lookUp(store, unsure, { exceptOfMessage: id });
      return (event) => stored.has(event.eventId);
    }
    const unsure = knowsAll ? [] : events.filter((event) => !recent.has(event.eventId));
    const stored = await lookUp(store, unsure);
    return (event) => recent.has(event.eventId) || stored.has(event.eventId);
  }

  return {
    async start() {
      unfinished = ((await journal?.listUnfinished()) ?? []).map((block) => ({ block, eventIds: [] }));
      if (unfinished.length > 0)
        options.logger.info({ inserts: unfinished.length }, 'unfinished inserts found');
      await finishUnfinished();
      const { chunks, isWhole } = await store.loadRecentIds(options.recentIdsMax, options.partition);
      recent = createRecentIds(options.recentIdsMax);
      for (const chunk of chunks) for (const id of chunk) recent.add(id);
      isHistoryLoaded = isWhole;
    },
    async write(request) {
      await finishUnfinished();
      const fresh = selectNew(request.events, await findStored(request));
      const formatRow = store.createRowFormat(request.id);
      const format = (event: EventEnvelope): Row => ({ eventId: event.eventId, text: formatRow(event) });
      for (const [partition, events] of groupEvents(fresh, (event) => store.partitionOf(event))) {
        let block = 0;
        for (const rows of cutBySize(events, format)) {
          await insertRows(`${request.id}-${partition}-${block}`, rows);
          block += 1;
        }
      }
      return new Set(fresh.map((event) => event.eventId));
    },
  };
}

/** Which of the events the store has, tenant by tenant. */
async function lookUp(
  store: EventStore,
  events: readonly EventEnvelope[],
  options?: { readonly exceptOfMessage: string },
): Promise<ReadonlySet<string>> {
  const stored = new Set<string>();
  for (const [tenantId, ofTenant] of groupEvents(events, (event) => event.tenantId)) {
    const ids = ofTenant.map((event) => event.eventId);
    for (const id of await store.findStoredIds(tenantId, ids, options)) stored.add(id);
  }
  return stored;
}
