import type { EventEnvelope } from '@coditect/contracts';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { EventBlock, EventStore } from './event-store.js';
import type { InsertJournal } from './insert-journal.js';
import { insertBlock } from './insert-block.js';
import { cutBySize, groupEvents, selectNew } from './plan-inserts.js';
import { createRecentIds, type RecentIds } from './recent-ids.js';

export interface CountedOnceWriterOptions {
  readonly store: EventStore;
  readonly journal: InsertJournal;
  /** Ids kept in memory; older ones are looked up in the store. */
  readonly recentIdsMax: number;
  readonly insertAttemptsMax: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly newToken: () => string;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Stores events, each identity once. An insert whose outcome is unknown stays in the journal and is finished, under
 * its own token, before anything else is stored. One call of `write` at a time.
 */
export interface CountedOnceWriter {
  /** Finishes what a crash left behind and loads the recent ids. Call once, before the first `write`. */
  start(): Promise<void>;
  /**
   * Resolves with the ids that were new. A row that the store will never take is set aside in the journal, with an
   * error in the log; its neighbours are stored. Rejects when the store stays away, after its attempts.
   */
  write(events: readonly EventEnvelope[]): Promise<Set<string>>;
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
    await journal.remove(block);
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

  async function insertRows(rows: readonly Row[]): Promise<void> {
    const ndjson = Buffer.from(rows.map((row) => row.text).join('\n'));
    const block = { token: options.newToken(), ndjson };
    const insert = { block, eventIds: rows.map((row) => row.eventId) };
    await journal.write(block);
    try {
      const refused = await finish(insert);
      options.telemetry.sent.inc({ component: 'stream-processor' }, rows.length - refused);
    } catch (error) {
      unfinished = [...unfinished, insert];
      throw error;
    }
  }

  async function insertGroup(events: readonly EventEnvelope[]): Promise<void> {
    const rows = cutBySize(events, (event) => ({ eventId: event.eventId, text: store.formatRow(event) }));
    for (const block of rows) await insertRows(block);
  }

  return {
    async start() {
      unfinished = (await journal.listUnfinished()).map((block) => ({ block, eventIds: [] }));
      if (unfinished.length > 0)
        options.logger.info({ inserts: unfinished.length }, 'unfinished inserts found');
      await finishUnfinished();
      const { chunks, isWhole } = await store.loadRecentIds(options.recentIdsMax);
      recent = createRecentIds(options.recentIdsMax);
      for (const chunk of chunks) for (const id of chunk) recent.add(id);
      isHistoryLoaded = isWhole;
    },
    async write(events) {
      await finishUnfinished();
      const knowsAll = isHistoryLoaded && recent.isWhole;
      const stored = knowsAll ? new Set<string>() : await lookUpOlder(store, recent, events);
      const fresh = selectNew(events, (event) => recent.has(event.eventId) || stored.has(event.eventId));
      // One group a table partition, so that one insert makes one part and its token stands for exactly that part.
      for (const group of groupEvents(fresh, (event) => store.partitionOf(event)).values()) {
        await insertGroup(group);
      }
      return new Set(fresh.map((event) => event.eventId));
    },
  };
}

/** The ids that memory does not know but the store does. */
async function lookUpOlder(
  store: EventStore,
  recent: RecentIds,
  events: readonly EventEnvelope[],
): Promise<ReadonlySet<string>> {
  const unknown = events.filter((event) => !recent.has(event.eventId));
  const stored = new Set<string>();
  for (const [tenantId, group] of groupEvents(unknown, (event) => event.tenantId)) {
    const ids = group.map((event) => event.eventId);
    for (const id of await store.findStoredIds(tenantId, ids)) stored.add(id);
  }
  return stored;
}
