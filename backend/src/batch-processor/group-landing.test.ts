import type { EventEnvelope } from '@coditect/contracts';
import { createLogger } from '../platform/logger.js';
import { createTelemetry } from '../platform/telemetry.js';
import { anEvent } from '../testkit/an-event.js';
import { createGroupLanding, type GroupLandingOptions } from './group-landing.js';

/** A store whose landings end one after the other, when the test says so. */
function createWorld(options: Partial<GroupLandingOptions> = {}) {
  const landings: {
    events: readonly EventEnvelope[];
    end: (known?: Set<string>) => void;
    fail: () => void;
  }[] = [];
  const pauses: number[] = [];
  let now = 1_000;
  const landing = createGroupLanding({
    land: (events) =>
      new Promise((resolve, reject) => {
        landings.push({
          events,
          end: (known = new Set()) => {
            resolve(known);
          },
          fail: () => {
            reject(new Error('away'));
          },
        });
      }),
    rowsMax: 10,
    sharedRowsMax: 10,
    intervalMs: 0,
    attemptsMax: 2,
    now: () => now,
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    logger: createLogger({ level: 'silent', pretty: false, service: 'test' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
    ...options,
  });
  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return { landing, landings, pauses, settle, setNow: (to: number) => (now = to) };
}

const events = (count: number): readonly EventEnvelope[] => Array.from({ length: count }, () => anEvent());

describe('group landing', () => {
  it('joins what waits meanwhile, up to its rows, and a larger batch goes whole', async () => {
    const { landing, landings, settle } = createWorld();
    const batches = [events(1), events(4), events(5), events(3), events(25)];
    const storing = Promise.all(batches.map((batch) => landing.store(batch)));
    const sizes: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      await settle();
      sizes.push(landings[index]?.events.length ?? 0);
      landings[index]?.end();
    }
    // The first finds nobody under way; the others wait for it.
    expect(sizes).toEqual([1, 9, 3, 25]);
    expect(await storing).toEqual(batches.map(() => ({ duplicates: 0 })));
  });

  it('counts as duplicates what had landed, and what stands twice in one landing', async () => {
    const { landing, landings, settle } = createWorld();
    const [first, second, third] = [anEvent(), anEvent(), anEvent()];
    const before = landing.store(events(1));
    const storing = Promise.all([landing.store([first, second]), landing.store([second, third])]);
    await settle();
    landings[0]?.end();
    await before;
    await settle();
    landings[1]?.end(new Set([first.eventId]));
    expect(await storing).toEqual([{ duplicates: 1 }, { duplicates: 1 }]);
  });

  it('tries again, and tells every sender to come back when the store stays away', async () => {
    const { landing, landings, pauses, settle } = createWorld();
    const before = landing.store(events(1));
    const refused = [landing.store(events(1)), landing.store(events(1))].map((storing) =>
      expect(storing).rejects.toMatchObject({ code: 'store_unavailable', retryable: true, status: 503 }),
    );
    await settle();
    landings[0]?.end();
    await before;
    for (const attempt of [1, 2]) {
      await settle();
      landings[attempt]?.fail();
    }
    await Promise.all(refused);
    expect(pauses).toEqual([200]);

    const next = landing.store(events(1));
    await settle();
    landings[3]?.end();
    expect(await next).toEqual({ duplicates: 0 });
  });

  it('is complete up to the oldest batch that has not landed', async () => {
    const { landing, landings, setNow, settle } = createWorld({ rowsMax: 1 });
    const first = landing.store(events(1));
    await settle();
    setNow(2_000);
    const second = landing.store(events(1));
    expect(landing.watermark()).toBe(1_000);
    landings[0]?.end();
    await first;
    await settle();
    expect(landing.watermark()).toBe(2_000);
    landings[1]?.end();
    await second;
    setNow(3_000);
    expect(landing.watermark()).toBe(3_000);
    await landing.close();
  });
});
