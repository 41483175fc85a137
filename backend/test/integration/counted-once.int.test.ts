import type { EventEnvelope } from '@coditect/contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { countEverywhere } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import type { EventStore } from '../../src/stream-processor/event-store.js';
import { openInsertJournal } from '../../src/stream-processor/insert-journal.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { aMixedBatch, expectCountedOnce, startCountedOnceWriter } from './counted-once-world.js';

let world: TestClickHouse;
let journalFolder: string;
let writes = 0;

beforeAll(async () => {
  world = await openTestClickHouse();
  journalFolder = await mkdtemp(join(tmpdir(), 'coditect-journal-'));
});

afterAll(async () => {
  await world.close();
  await rm(journalFolder, { recursive: true, force: true });
});

async function startWriter(options: {
  filterBytesMax: number;
  store?: EventStore;
}): Promise<{ write(events: readonly EventEnvelope[]): Promise<Set<string>> }> {
  const writer = await startCountedOnceWriter({
    store: options.store ?? createEventWriter(world.clickHouse),
    journal: await openInsertJournal(journalFolder),
    filterBytesMax: options.filterBytesMax,
  });
  return { write: (events) => writer.write({ id: `write-${(writes += 1)}`, events }) };
}

describe('counted once in ClickHouse', () => {
  it('counts retries in differently cut batches once in raw and in every aggregate', async () => {
    const batch = aMixedBatch('recut', 600);
    const writer = await startWriter({ filterBytesMax: 65_536 });
    await writer.write(batch);
    await writer.write(batch.slice(100, 350));
    await writer.write([...batch.slice(300), anEvent({ tenantId: 'recut', id: 'one-more', userId: 'u_1' })]);
    await expectCountedOnce(world.clickHouse, 'recut', 601);
  });

  it('looks up ids that a restarted process with a small memory does not hold', async () => {
    const batch = aMixedBatch('restarted', 500);
    await (await startWriter({ filterBytesMax: 65_536 })).write(batch);
    const restarted = await startWriter({ filterBytesMax: 4 });
    expect((await restarted.write(batch.toReversed())).size).toBe(0);
    await expectCountedOnce(world.clickHouse, 'restarted', 500);
  });

  it('keeps tenants apart: the same source and id of another tenant is another event', async () => {
    const writer = await startWriter({ filterBytesMax: 65_536 });
    await writer.write(aMixedBatch('twin-a', 50));
    await writer.write(aMixedBatch('twin-b', 50));
    await expectCountedOnce(world.clickHouse, 'twin-a', 50);
    await expectCountedOnce(world.clickHouse, 'twin-b', 50);
  });

  it('completes an insert that failed after the store had taken it', async () => {
    const real = createEventWriter(world.clickHouse);
    let failures = 1;
    const flaky: EventStore = {
      ...real,
      async insert(block) {
        await real.insert(block);
        failures -= 1;
        if (failures >= 0) throw new Error('the answer was lost');
      },
    };
    const batch = aMixedBatch('lost-answer', 200);
    const writer = await startWriter({ filterBytesMax: 65_536, store: flaky });
    await expect(writer.write(batch)).rejects.toThrow('the answer was lost');
    await writer.write(batch);
    await expectCountedOnce(world.clickHouse, 'lost-answer', 200);
  });

  it('keeps cost to the last of its nine decimals', async () => {
    const writer = await startWriter({ filterBytesMax: 65_536 });
    await writer.write(
      [0.1, 0.2, 1e-9, 12.345_678_901].map((costUsd, index) =>
        anEvent({ tenantId: 'cents', id: `c${index}`, costUsd }),
      ),
    );
    expect((await countEverywhere(world.clickHouse, 'cents')).cost).toBe('12.645678902');
  });

  it('takes texts that need escaping', async () => {
    const writer = await startWriter({ filterBytesMax: 65_536 });
    const team = `quote " backslash \\ newline \n tab \t emoji 🎯 日本`;
    await writer.write([anEvent({ tenantId: 'texts', team, attributes: { 'a.b': team } })]);
    await expectCountedOnce(world.clickHouse, 'texts', 1);
  });
});
