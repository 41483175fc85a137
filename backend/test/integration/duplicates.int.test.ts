import type { EventEnvelope } from '@coditect/contracts';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import type { CountedOnceWriter } from '../../src/stream-processor/counted-once-writer.js';
import type { EventStore } from '../../src/stream-processor/event-store.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { startCountedOnceWriter } from './counted-once-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 2, 10, 12);
const run = 'ai.coditect.agent.run.finished.v1';

let world: MetricsWorld;

beforeAll(async () => {
  world = await openMetricsWorld();
});

afterAll(async () => {
  await world.close();
});

/** A processor as it is after it became the reader of a partition, without memory: it asks the store for every id. */
function startProcessor(store: EventStore = createEventWriter(world.clickHouse)): Promise<CountedOnceWriter> {
  return startCountedOnceWriter({ store, filterBytesMax: 4 });
}

/** Events of a tenant, one a minute, as they are taken in once. */
function takenIn(tenantId: string, acceptance: number, count = 10): EventEnvelope[] {
  return Array.from({ length: count }, (_, index) =>
    anEvent({
      tenantId,
      id: `d-${index}`,
      acceptance,
      occurredAt: startMs + index * minuteMs,
      ...(index % 2 === 0 && { type: run }),
    }),
  );
}

const range = {
  from: new Date(startMs - 60 * minuteMs).toISOString(),
  to: new Date(startMs + 60 * minuteMs).toISOString(),
};

async function countDuplicates(tenantId: string): Promise<unknown> {
  return world.askTotal({ metric: 'duplicate_events', range, total: true }, tenantId);
}

describe('duplicates', () => {
  it('are counted each time that an event is taken in again, however retries are cut', async () => {
    const processor = await startProcessor();
    await processor.write({ id: 'cut-1', events: takenIn('cut', 1) });
    expect(await countDuplicates('cut')).toBe(0);
    await processor.write({ id: 'cut-2', events: takenIn('cut', 2).slice(0, 4) });
    await processor.write({ id: 'cut-3', events: takenIn('cut', 3, 12).slice(3) });
    expect(await countDuplicates('cut')).toBe(4 + 7);
    expect(await world.askTotal({ metric: 'events', range, total: true }, 'cut')).toBe(12);
  });

  it('are none when the same message comes again, or its events in another one', async () => {
    const events = takenIn('carried', 1);
    const processor = await startProcessor();
    await processor.write({ id: 'carried-1', events });
    await processor.write({ id: 'carried-1', events });
    // A joiner that ended between confirm and acknowledgement leaves them in two insert messages.
    await processor.write({ id: 'carried-2', events: [...events, ...takenIn('carried', 2).slice(0, 2)] });
    expect(await countDuplicates('carried')).toBe(2);
    await (await startProcessor()).write({ id: 'carried-3', events: takenIn('carried', 2).slice(0, 3) });
    expect(await countDuplicates('carried')).toBe(3);
  });

  it('are counted within a message', async () => {
    const processor = await startProcessor();
    const twice = [...takenIn('within', 1), ...takenIn('within', 2)];
    await processor.write({ id: 'within-1', events: twice });
    await processor.write({ id: 'within-1', events: twice });
    expect(await countDuplicates('within')).toBe(10);
  });

  it.each(['before', 'after'])(
    'are counted once when a process ends right %s it keeps them',
    async (when) => {
      const tenantId = `killed-${when}`;
      const real = createEventWriter(world.clickHouse);
      const dying: EventStore = {
        ...real,
        async insertDuplicates(ndjson) {
          if (when === 'after') await real.insertDuplicates(ndjson);
          throw new Error('the process ended');
        },
      };
      await (await startProcessor()).write({ id: `${tenantId}-1`, events: takenIn(tenantId, 1, 5) });
      const message = { id: `${tenantId}-2`, events: takenIn(tenantId, 2) };
      await expect((await startProcessor(dying)).write(message)).rejects.toThrow('the process ended');
      await (await startProcessor()).write(message);
      expect(await countDuplicates(tenantId)).toBe(5);
      expect(await world.askTotal({ metric: 'events', range, total: true }, tenantId)).toBe(10);
    },
  );

  it('stay with their tenant', async () => {
    const processor = await startProcessor();
    await processor.write({ id: 'mine-1', events: [...takenIn('mine', 1), ...takenIn('theirs', 2)] });
    await processor.write({ id: 'mine-2', events: takenIn('mine', 3) });
    expect(await countDuplicates('mine')).toBe(10);
    expect(await countDuplicates('theirs')).toBe(0);
  });

  it('belong to the minute, the type and the millisecond of their event', async () => {
    const processor = await startProcessor();
    await processor.write({ id: 'place-1', events: takenIn('place', 1) });
    await processor.write({ id: 'place-2', events: takenIn('place', 2).slice(0, 5) });
    const byType = await world.ask(
      { metric: 'duplicate_rate', range, total: true, groupBy: ['type'] },
      'place',
    );
    const rates = new Map(byType.rows.map((row) => [row[0], row.slice(1)]));
    expect(rates.get(run)?.at(-1)).toBeCloseTo(3 / 8);
    expect(rates.get('ai.coditect.ide.command.executed.v1')?.at(-1)).toBeCloseTo(2 / 7);
    // The first event lies on the beginning, which counts, and the third on the end, which does not.
    const cut = {
      from: new Date(startMs).toISOString(),
      to: new Date(startMs + 2 * minuteMs).toISOString(),
    };
    expect(await world.askTotal({ metric: 'duplicate_events', range: cut, total: true }, 'place')).toBe(2);
    const within = {
      from: new Date(startMs + 1).toISOString(),
      to: new Date(startMs + 2 * minuteMs + 1).toISOString(),
    };
    expect(await world.askTotal({ metric: 'duplicate_events', range: within, total: true }, 'place')).toBe(2);
    expect(await world.askTotal({ metric: 'duplicate_rate', range: within, total: true }, 'place')).toBe(0.5);
  });
});
