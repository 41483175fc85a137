import { partitionOf } from '../../src/messaging/partition-of.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import type { CountedOnceWriter } from '../../src/stream-processor/counted-once-writer.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { aMixedBatch, expectCountedOnce, startCountedOnceWriter } from './counted-once-world.js';

let world: TestClickHouse;

beforeAll(async () => {
  world = await openTestClickHouse();
});

afterAll(async () => {
  await world.close();
});

/** A processor as it is after it became the reader of a partition: what it knows, it loaded from the store. */
function startProcessor(
  options: { filterBytesMax?: number; partition?: { index: number; count: number } } = {},
): Promise<CountedOnceWriter> {
  return startCountedOnceWriter({
    store: createEventWriter(world.clickHouse),
    filterBytesMax: 65_536,
    ...options,
  });
}

/** The ids as a store gives them: 16 bytes each. */
function readIds(bytes: Buffer): string[] {
  return (bytes.toString('hex').match(/.{32}/g) ?? []).map((hex) =>
    hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  );
}

describe('counted once behind a broker', () => {
  it.each(['events_per_minute_v1_mv', 'activity_per_quarter_v1_mv', 'event_ids_v1_mv'])(
    'completes a message that another process stored without %s',
    async (view) => {
      const tenantId = `part-${view.slice(0, 8)}`.replaceAll('_', '-');
      const message = { id: `message-${view}`, events: aMixedBatch(tenantId, 100) };
      const first = await startProcessor();
      await world.clickHouse.command(`DETACH TABLE ${view}`);
      await first.write(message).finally(() => world.clickHouse.command(`ATTACH TABLE ${view}`));
      await expect(expectCountedOnce(world.clickHouse, tenantId, 100)).rejects.toThrow();
      await (await startProcessor()).write(message);
      await expectCountedOnce(world.clickHouse, tenantId, 100);
    },
  );

  it('changes nothing when a message comes again, to the same process or to another', async () => {
    const message = { id: 'again', events: aMixedBatch('again', 60) };
    const processor = await startProcessor();
    await processor.write(message);
    await processor.write(message);
    await (await startProcessor({ filterBytesMax: 4 })).write(message);
    await expectCountedOnce(world.clickHouse, 'again', 60);
  });

  it('leaves out of a message what another message brought, before and after a restart', async () => {
    const batch = aMixedBatch('recut', 90);
    const processor = await startProcessor();
    await processor.write({ id: 'recut-1', events: batch.slice(0, 50) });
    await processor.write({ id: 'recut-2', events: batch.slice(30, 70) });
    const later = await startProcessor({ filterBytesMax: 4 });
    await later.write({ id: 'recut-3', events: batch });
    await later.write({ id: 'recut-2', events: batch.slice(30, 70) });
    await expectCountedOnce(world.clickHouse, 'recut', 90);
  });

  it('counts once when a process that lost its partition goes on beside the one that has it', async () => {
    const batch = aMixedBatch('zombie', 120);
    const messages = [
      { id: 'zombie-1', events: batch.slice(0, 60) },
      { id: 'zombie-2', events: batch.slice(40, 100) },
      { id: 'zombie-3', events: batch.slice(80) },
    ];
    const zombie = await startProcessor();
    await zombie.write({ id: 'zombie-1', events: batch.slice(0, 60) });
    const heir = await startProcessor();
    for (const message of messages) await Promise.all([zombie.write(message), heir.write(message)]);
    await expectCountedOnce(world.clickHouse, 'zombie', 120);
  });

  it('leaves out what is stored of any tenant of a message, and only that', async () => {
    const tenants = Array.from({ length: 40 }, (_, index) => `of-many-${index}`);
    const batch = tenants.flatMap((tenantId) => aMixedBatch(tenantId, 10));
    const processor = await startProcessor({ filterBytesMax: 4 });
    await processor.write({ id: 'many-1', events: batch.slice(0, 205) });
    expect((await processor.write({ id: 'many-2', events: batch })).size).toBe(195);
    for (const tenantId of tenants) await expectCountedOnce(world.clickHouse, tenantId, 10);
  });

  it('loads the ids of its own partition, the one that the bus would choose', async () => {
    const events = Array.from({ length: 200 }, (_, index) =>
      anEvent({ tenantId: 'spread', id: `s-${index}` }),
    );
    await (await startProcessor()).write({ id: 'spread', events });
    const store = createEventWriter(world.clickHouse);
    for (const index of [0, 1, 2]) {
      const partition = { index, count: 3 };
      const slices = [0, 1, 2, 3].map((slice) => store.loadIds({ index: slice, count: 4 }, { partition }));
      const loaded = new Set((await Promise.all(slices)).flatMap(readIds));
      const ofSpread = events.filter((event) => loaded.has(event.eventId));
      expect(ofSpread).toEqual(events.filter((event) => partitionOf(event.eventId, 3) === index));
    }
  });
});
