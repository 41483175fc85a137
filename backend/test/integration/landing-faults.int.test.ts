import { setTimeout as sleep } from 'node:timers/promises';
import { createLandingReader } from '../../src/batch-processor/landing-reader.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { openTimescaleAt, type Timescale } from '../../src/storage/timescale/open-timescale.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import {
  hasTimescaleServer,
  startTimescaleServer,
  type TestTimescaleServer,
} from '../../src/testkit/timescale-server.js';
import { createTestLander, cutInto, readTotals, silent, totalsOf } from './landing-world.js';

const describeServer = hasTimescaleServer ? describe : describe.skip;

describeServer('landing while the server fails', () => {
  let server: TestTimescaleServer;
  let timescale: Timescale;

  beforeAll(async () => {
    server = await startTimescaleServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    const url = await server.createDatabase();
    timescale = await openTimescaleAt(url, { connections: 3, queryTimeoutMs: 10_000 }, silent);
    await timescale.migrate();
  });
  afterEach(() => timescale.close());

  function createReader(controller: AbortController, onPause: () => void = () => undefined) {
    return createLandingReader({
      land: createTestLander(timescale).land,
      signal: controller.signal,
      attemptsMax: 3,
      sleep: (ms, signal) => {
        onPause();
        return sleep(Math.min(ms, 50), undefined, { signal });
      },
      logger: silent,
      telemetry: createTelemetry({ defaultMetrics: false }),
    });
  }

  it('waits while the server is away, however often it asks, and lands the message then', async () => {
    const events = Array.from({ length: 30 }, (_, index) => anEvent({ tokensInput: index }));
    let pauses = 0;
    const reader = createReader(new AbortController(), () => (pauses += 1));
    await server.kill();
    const storing = reader.store({ id: 'm', events });
    await eventually(() => {
      expect(pauses).toBeGreaterThan(5);
    });
    await server.restart();

    expect(await storing).toEqual({ duplicates: 0 });
    expect(await readTotals(timescale)).toEqual(totalsOf(events));
  });

  it('counts once what was under way when the server crashed', async () => {
    const events = Array.from({ length: 2_000 }, (_, index) => anEvent({ tokensInput: index }));
    const readers = [0, 1, 2].map(() => createReader(new AbortController()));
    let stored = 0;
    const storing = readers.map(async (reader, number) => {
      // Two of the three bring the same messages.
      for (const [index, cut] of cutInto(events, 40).entries()) {
        if (index % 2 !== number % 2) continue;
        await reader.store({ id: `m${index}`, events: cut });
        stored += 1;
      }
    });
    for (const after of [5, 20, 45]) {
      await eventually(() => {
        expect(stored).toBeGreaterThanOrEqual(after);
      });
      await server.restart();
    }
    await Promise.all(storing);

    expect(await readTotals(timescale)).toEqual(totalsOf(events));
  });

  it('gives a message up that fails on a server which answers', async () => {
    await timescale.database.runScript('DROP TABLE analytics.rollup_marks_v1');
    const storing = createReader(new AbortController()).store({ id: 'm', events: [anEvent()] });
    await expect(storing).rejects.toMatchObject({ code: 'store_failed', retryable: false });
  });

  it('ends its wait when the partition may have moved', async () => {
    const controller = new AbortController();
    let pauses = 0;
    const reader = createReader(controller, () => (pauses += 1));
    await server.kill();
    const storing = expect(reader.store({ id: 'm', events: [anEvent()] })).rejects.toThrow('aborted');
    await eventually(() => {
      expect(pauses).toBeGreaterThan(0);
    });
    controller.abort();
    await storing;
    await server.restart();
  });
});
