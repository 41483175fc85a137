import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import { createLogger } from '../platform/logger.js';
import { createTelemetry } from '../platform/telemetry.js';
import { anEvent } from '../testkit/an-event.js';
import { joinLandings } from './join-landings.js';

interface Landing {
  readonly events: readonly EventEnvelope[];
  end(known?: readonly EventEnvelope[]): void;
  fail(error: Error): void;
}

/** A store whose landings end when the test says so. */
function createWorld(rowsMax: number) {
  const landings: Landing[] = [];
  const land = joinLandings({
    rowsMax,
    logger: createLogger({ level: 'silent', pretty: false, service: 'test' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
    land: (events) =>
      new Promise((resolve, reject) => {
        landings.push({
          events,
          end: (known = []) => {
            resolve(new Set(known.map(({ eventId }) => eventId)));
          },
          fail: reject,
        });
      }),
  });
  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return { land, landings, settle };
}

const events = (count: number): readonly EventEnvelope[] => Array.from({ length: count }, () => anEvent());

describe('joined landings', () => {
  it('land together what waits meanwhile, up to their rows, and a larger batch whole', async () => {
    const { land, landings, settle } = createWorld(10);
    const batches = [events(1), events(4), events(5), events(3), events(25)];
    const storing = Promise.all(batches.map((batch) => land(batch)));
    for (let index = 0; index < 4; index += 1) {
      await settle();
      landings[index]?.end();
    }
    await storing;
    expect(landings.map((landing) => landing.events.length)).toEqual([1, 9, 3, 25]);
  });

  it('tell each caller what of its own had landed, or stood earlier in the same landing', async () => {
    const { land, landings, settle } = createWorld(10);
    const [first, second, third] = [anEvent(), anEvent(), anEvent()];
    const before = land(events(1));
    const storing = Promise.all([land([first, second]), land([second, third])]);
    landings[0]?.end();
    await before;
    await settle();
    landings[1]?.end([first]);
    expect(await storing).toEqual([new Set([first.eventId]), new Set([second.eventId])]);
  });

  it('fail one by one where the store answers: neighbours of the one at fault land', async () => {
    const { land, landings, settle } = createWorld(10);
    const before = land(events(1));
    const batches = [events(2), events(3), events(4)];
    const storing = Promise.allSettled(batches.map((batch) => land(batch)));
    landings[0]?.end();
    await before;
    await settle();
    landings[1]?.fail(new Error('something in it'));
    for (const index of [2, 3, 4]) {
      await settle();
      const landing = landings[index];
      if (landing?.events.length === 3) landing.fail(new Error('this one'));
      else landing?.end();
    }
    expect((await storing).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fail together when the store is away, without asking it for each', async () => {
    const { land, landings, settle } = createWorld(10);
    const before = land(events(1));
    const storing = Promise.allSettled([land(events(2)), land(events(3))]);
    landings[0]?.end();
    await before;
    await settle();
    landings[1]?.fail(new AppError('away', 'away', { status: 503, retryable: true }));
    expect((await storing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(landings).toHaveLength(2);
  });
});
