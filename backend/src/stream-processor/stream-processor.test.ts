import type { EventEnvelope } from '@coditect/contracts';
import { pino } from 'pino';
import { AppError } from '../platform/errors.js';
import type { DeadLetterSink } from '../platform/dead-letters.js';
import { createTelemetry } from '../platform/telemetry.js';
import { createCountedOnceWriter } from './counted-once-writer.js';
import type { EventBlock, EventStore } from './event-store.js';
import type { InsertJournal } from './insert-journal.js';
import { createStreamProcessor, type StreamProcessor } from './stream-processor.js';

function anEvent(id: number, overrides: Partial<EventEnvelope> = {}): EventEnvelope {
  return {
    eventId: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    tenantId: 'acme',
    source: '/test',
    id: String(id),
    type: 'test.happened',
    occurredAt: Date.UTC(2026, 0, 15),
    receivedAt: Date.UTC(2026, 0, 15),
    attributes: {},
    ...overrides,
  };
}

/** A store that keeps rows by token, as the engine does: the same token again changes nothing. */
function createFakeStore() {
  const blocks = new Map<string, string>();
  const duplicates = new Set<string>();
  let failures = 0;
  let lookedUp = 0;
  const unreadable = new Set<string>();
  const refuseUnreadable = (ndjson: Buffer): Promise<void> => {
    const isRefused = ndjson
      .toString()
      .split('\n')
      .some((row) => unreadable.has(row));
    if (!isRefused) return Promise.resolve();
    return Promise.reject(new AppError('rows_refused', 'unreadable', { status: 422 }));
  };
  const store: EventStore = {
    soundRow: 'sound',
    check: (ndjson) => refuseUnreadable(ndjson),
    async insert(block) {
      if (failures > 0) {
        failures -= 1;
        throw new Error('store is down');
      }
      await refuseUnreadable(block.ndjson);
      if (!blocks.has(block.token)) blocks.set(block.token, block.ndjson.toString());
    },
    findStoredIds(events) {
      const ids = events.map((event) => event.eventId);
      lookedUp += ids.length;
      const stored = new Set([...blocks.values()].flatMap((text) => text.split('\n')));
      return Promise.resolve(new Map(ids.filter((id) => stored.has(id)).map((id) => [id, 1])));
    },
    insertDuplicates(ndjson) {
      if (failures > 0) {
        failures -= 1;
        return Promise.reject(new Error('store is down'));
      }
      for (const row of ndjson.toString().split('\n')) duplicates.add(row);
      return Promise.resolve();
    },
    formatDuplicate: ({ acceptance, eventId }) => `${eventId} ${acceptance}`,
    countIds: () => Promise.resolve(blocks.size),
    loadIds() {
      const ids = [...blocks.values()].flatMap((text) => text.split('\n'));
      return Promise.resolve(Buffer.from(ids.join('').replaceAll('-', ''), 'hex'));
    },
    createRowFormat: () => (event) => event.eventId,
    parseRow: (row) => anEvent(Number(row.slice(-12))),
    partitionOf: (event) => new Date(event.occurredAt).toISOString().slice(0, 7),
  };
  return {
    store,
    fail(times: number) {
      failures = times;
    },
    refuse(row: string) {
      unreadable.add(row);
    },
    repair() {
      unreadable.clear();
    },
    rows: () => [...blocks.values()].flatMap((text) => text.split('\n')),
    duplicates: () => [...duplicates],
    inserts: () => blocks.size,
    lookedUp: () => lookedUp,
  };
}

function createFakeJournal(): InsertJournal & { readonly blocks: Map<string, EventBlock> } {
  const blocks = new Map<string, EventBlock>();
  return {
    blocks,
    write(block) {
      blocks.set(block.token, block);
      return Promise.resolve();
    },
    remove(block) {
      blocks.delete(block.token);
      return Promise.resolve();
    },
    listUnfinished: () => Promise.resolve([...blocks.values()]),
  };
}

interface World {
  readonly fake: ReturnType<typeof createFakeStore>;
  readonly journal: ReturnType<typeof createFakeJournal>;
  /** Ids of the messages that were given up. */
  readonly dead: string[];
}

function createWorld(): World {
  return { fake: createFakeStore(), journal: createFakeJournal(), dead: [] };
}

let tokens = 0;
const newId = (): string => `write-${(tokens += 1)}`;

function deadLettersOf(world: World): DeadLetterSink {
  return {
    add: ({ messageId }) => {
      world.dead.push(messageId);
      return Promise.resolve();
    },
  };
}

async function startProcessor(world: World, filterBytesMax = 65_536): Promise<StreamProcessor> {
  const shared = { sleep: () => Promise.resolve(), telemetry: createTelemetry({ defaultMetrics: false }) };
  const writer = createCountedOnceWriter({
    ...shared,
    store: world.fake.store,
    journal: world.journal,
    filterBytesMax,
    signal: new AbortController().signal,
    insertAttemptsMax: 2,
    deadLetters: deadLettersOf(world),
    logger: pino({ level: 'silent' }),
  });
  await (
    await writer.start()
  ).learnt;
  return createStreamProcessor({
    ...shared,
    newId,
    writer,
    insertRowsMax: 100,
    insertSharedRowsMax: 100,
    insertIntervalMs: 0,
    now: () => 0,
  });
}

describe('stream processor', () => {
  it('stores each event once, however the batches are cut', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    expect(await processor.store([anEvent(1), anEvent(2), anEvent(3)])).toEqual({ duplicates: 0 });
    expect(await processor.store([anEvent(3), anEvent(4)])).toEqual({ duplicates: 1 });
    expect(await processor.store([anEvent(1)])).toEqual({ duplicates: 1 });
    expect(world.fake.rows()).toHaveLength(4);
  });

  it('counts the second of two equal events of one batch as a duplicate', async () => {
    const processor = await startProcessor(createWorld());
    expect(await processor.store([anEvent(1), anEvent(1)])).toEqual({ duplicates: 1 });
  });

  it('stores batches together that wait together, and still tells each its own duplicates', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    const outcomes = await Promise.all([
      processor.store([anEvent(1)]),
      processor.store([anEvent(2), anEvent(3)]),
      processor.store([anEvent(3), anEvent(4)]),
    ]);
    expect(outcomes.map((outcome) => outcome.duplicates)).toEqual([0, 0, 1]);
    expect(world.fake.inserts()).toBeLessThanOrEqual(2);
  });

  it('keeps each time that an event was taken in again, and none that it was only carried again', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    await processor.store([anEvent(1, { acceptance: 1 }), anEvent(2, { acceptance: 9 })]);
    await processor.store([anEvent(1, { acceptance: 2 })]);
    await processor.store([anEvent(1, { acceptance: 2 }), anEvent(1, { acceptance: 1 })]);
    const { eventId } = anEvent(1);
    // As the store tells of each that it came with acceptance 1.
    expect(world.fake.duplicates()).toEqual([`${eventId} 2`]);
  });

  it('accepts nothing while it can not keep what came again', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    await processor.store([anEvent(1, { acceptance: 1 })]);
    world.fake.fail(2);
    await expect(processor.store([anEvent(1, { acceptance: 2 })])).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    await processor.store([anEvent(1, { acceptance: 3 })]);
    expect(world.fake.duplicates()).toEqual([`${anEvent(1).eventId} 3`]);
  });

  it('makes one insert a month, so that a token stands for one part', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    await processor.store([anEvent(1), anEvent(2, { occurredAt: Date.UTC(2025, 4, 1) })]);
    expect(world.fake.inserts()).toBe(2);
  });

  it('looks ids up in the store as soon as the filter knows no id as new', async () => {
    const world = createWorld();
    const processor = await startProcessor(world, 4);
    for (let id = 0; id < 20; id += 1) await processor.store([anEvent(id)]);
    expect(await processor.store([anEvent(0), anEvent(19), anEvent(20)])).toEqual({ duplicates: 2 });
    expect(world.fake.rows()).toHaveLength(21);
  });

  it('looks up none but those that may be stored', async () => {
    const world = createWorld();
    await (await startProcessor(world)).store([anEvent(1), anEvent(2)]);
    const restarted = await startProcessor(world);
    const before = world.fake.lookedUp();
    expect(await restarted.store([anEvent(2), anEvent(3)])).toEqual({ duplicates: 1 });
    expect(await restarted.store([anEvent(3), anEvent(4)])).toEqual({ duplicates: 1 });
    expect(world.fake.lookedUp() - before).toBe(2);
  });

  it('knows after a restart what was stored before', async () => {
    const world = createWorld();
    await (await startProcessor(world)).store([anEvent(1), anEvent(2)]);
    const restarted = await startProcessor(world, 1);
    expect(await restarted.store([anEvent(2), anEvent(1), anEvent(3)])).toEqual({ duplicates: 2 });
  });

  it('retries an insert under its own token', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    world.fake.fail(1);
    expect(await processor.store([anEvent(1)])).toEqual({ duplicates: 0 });
    expect(world.journal.blocks.size).toBe(0);
  });

  it('refuses with a retryable error when the store stays away, and finishes that insert before the next', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    world.fake.fail(2);
    await expect(processor.store([anEvent(1)])).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
    });
    expect(world.journal.blocks.size).toBe(1);
    // The sender tries again, with another event beside the first.
    expect(await processor.store([anEvent(1), anEvent(2)])).toEqual({ duplicates: 1 });
    expect(world.fake.rows()).toHaveLength(2);
    expect(world.journal.blocks.size).toBe(0);
  });

  it('finishes at the next start what a crash left in the journal', async () => {
    const world = createWorld();
    await world.journal.write({ token: 'left-behind', ndjson: Buffer.from(anEvent(7).eventId) });
    const processor = await startProcessor(world);
    expect(world.fake.rows()).toEqual([anEvent(7).eventId]);
    expect(await processor.store([anEvent(7)])).toEqual({ duplicates: 1 });
  });

  it('sets the one row aside that the store refuses, and stores its neighbours', async () => {
    const world = createWorld();
    const events = Array.from({ length: 9 }, (_, id) => anEvent(id));
    world.fake.refuse(anEvent(4).eventId);
    const processor = await startProcessor(world);
    expect(await processor.store(events)).toEqual({ duplicates: 0 });
    expect(world.fake.rows().sort()).toEqual(
      events.map((event) => event.eventId).filter((_, id) => id !== 4),
    );
    expect(world.dead).toEqual([anEvent(4).eventId]);
    expect(world.journal.blocks.size).toBe(0);
    // Sent again, it is set aside again, under the same id: it was never stored.
    expect(await processor.store([anEvent(4), anEvent(9)])).toEqual({ duplicates: 0 });
    expect(new Set(world.dead)).toEqual(new Set([anEvent(4).eventId]));
    expect(world.fake.rows()).toHaveLength(9);
  });

  it('starts although the journal holds a row that the store refuses', async () => {
    const world = createWorld();
    world.fake.refuse(anEvent(1).eventId);
    const rows = [anEvent(0), anEvent(1), anEvent(2)].map((event) => event.eventId);
    await world.journal.write({ token: 'left-behind', ndjson: Buffer.from(rows.join('\n')) });
    const processor = await startProcessor(world);
    expect(await processor.store([anEvent(0), anEvent(2), anEvent(3)])).toEqual({ duplicates: 2 });
    expect(world.fake.rows()).toHaveLength(3);
    expect(world.dead).toEqual([anEvent(1).eventId]);
  });

  it('skips a block that comes again when the store has learnt to take the row that it refused', async () => {
    const world = createWorld();
    world.fake.refuse(anEvent(1).eventId);
    const rows = [anEvent(0), anEvent(1), anEvent(2)].map((event) => event.eventId);
    const block = { token: 'twice', ndjson: Buffer.from(rows.join('\n')) };
    await world.journal.write(block);
    await startProcessor(world);
    world.fake.repair();
    await world.journal.write(block);
    await startProcessor(world);
    expect(world.fake.rows()).toHaveLength(2);
    expect(world.fake.inserts()).toBe(1);
    expect(world.dead).toEqual([anEvent(1).eventId]);
  });

  it('waits no longer than its interval when the clock is set back', async () => {
    const world = createWorld();
    const pauses: number[] = [];
    const telemetry = createTelemetry({ defaultMetrics: false });
    const sleep = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    const writer = createCountedOnceWriter({
      store: world.fake.store,
      journal: world.journal,
      filterBytesMax: 1_024,
      signal: new AbortController().signal,
      insertAttemptsMax: 1,
      sleep,
      deadLetters: deadLettersOf(world),
      logger: pino({ level: 'silent' }),
      telemetry,
    });
    await writer.start();
    let now = 3_600_000;
    const processor = createStreamProcessor({
      writer,
      newId,
      insertRowsMax: 100,
      insertSharedRowsMax: 100,
      insertIntervalMs: 100,
      now: () => now,
      sleep,
      telemetry,
    });
    await processor.store([anEvent(1)]);
    now = 0;
    await processor.store([anEvent(2)]);
    expect(pauses).toEqual([100]);
  });

  it('stays behind the oldest batch that waits', async () => {
    const processor = await startProcessor(createWorld());
    const stored = processor.store([anEvent(1)]);
    expect(processor.watermark()).toBe(0);
    await stored;
    await processor.close();
  });
});
