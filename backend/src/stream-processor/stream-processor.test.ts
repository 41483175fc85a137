import type { EventEnvelope } from '@coditect/contracts';
import { pino } from 'pino';
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
  let failures = 0;
  const store: EventStore = {
    insert(block) {
      if (failures > 0) {
        failures -= 1;
        return Promise.reject(new Error('store is down'));
      }
      blocks.set(block.token, block.ndjson.toString());
      return Promise.resolve();
    },
    findStoredIds(_tenantId, ids) {
      const stored = new Set([...blocks.values()].flatMap((text) => text.split('\n')));
      return Promise.resolve(new Set(ids.filter((id) => stored.has(id))));
    },
    loadRecentIds(limit) {
      const ids = [...blocks.values()].flatMap((text) => text.split('\n'));
      return Promise.resolve({ chunks: [ids.slice(-limit)], isWhole: ids.length <= limit });
    },
    formatRow: (event) => event.eventId,
    partitionOf: (event) => new Date(event.occurredAt).toISOString().slice(0, 7),
  };
  return {
    store,
    fail(times: number) {
      failures = times;
    },
    rows: () => [...blocks.values()].flatMap((text) => text.split('\n')),
    inserts: () => blocks.size,
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
}

function createWorld(): World {
  return { fake: createFakeStore(), journal: createFakeJournal() };
}

let tokens = 0;

async function startProcessor(world: World, recentIdsMax = 1_000): Promise<StreamProcessor> {
  const shared = { sleep: () => Promise.resolve(), telemetry: createTelemetry({ defaultMetrics: false }) };
  const writer = createCountedOnceWriter({
    ...shared,
    store: world.fake.store,
    journal: world.journal,
    recentIdsMax,
    insertAttemptsMax: 2,
    newToken: () => `token-${(tokens += 1)}`,
    logger: pino({ level: 'silent' }),
  });
  await writer.start();
  return createStreamProcessor({ ...shared, writer, insertRowsMax: 100, insertIntervalMs: 0, now: () => 0 });
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

  it('makes one insert a month, so that a token stands for one part', async () => {
    const world = createWorld();
    const processor = await startProcessor(world);
    await processor.store([anEvent(1), anEvent(2, { occurredAt: Date.UTC(2025, 4, 1) })]);
    expect(world.fake.inserts()).toBe(2);
  });

  it('looks ids up in the store that memory has forgotten', async () => {
    const world = createWorld();
    const processor = await startProcessor(world, 4);
    for (let id = 0; id < 20; id += 1) await processor.store([anEvent(id)]);
    expect(await processor.store([anEvent(0), anEvent(19), anEvent(20)])).toEqual({ duplicates: 2 });
    expect(world.fake.rows()).toHaveLength(21);
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

  it('stays behind the oldest batch that waits', async () => {
    const processor = await startProcessor(createWorld());
    const stored = processor.store([anEvent(1)]);
    expect(processor.watermark()).toBe(0);
    await stored;
    await processor.close();
  });
});
