import { pino } from 'pino';
import { createTelemetry } from '../platform/telemetry.js';
import { anEvent } from '../testkit/an-event.js';
import { createStoredIds } from './stored-ids.js';

const bytesOf = (eventId: string): Buffer => Buffer.from(eventId.replaceAll('-', ''), 'hex');

/** A store that holds one event; what it holds is told when `release` is called. */
function createWorld(filterBytesMax = 65_536) {
  const held = anEvent();
  const asked: string[] = [];
  const warnings: unknown[] = [];
  const controller = new AbortController();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const telemetry = createTelemetry({ defaultMetrics: false });
  const ids = createStoredIds({
    store: {
      countIds: () => Promise.resolve(1),
      loadIds: () => released.then(() => bytesOf(held.eventId)),
      findStoredIds: (events) => {
        const eventIds = events.map((event) => event.eventId);
        asked.push(...eventIds);
        return Promise.resolve(new Map(eventIds.filter((id) => id === held.eventId).map((id) => [id, 7])));
      },
    },
    filterBytesMax,
    signal: controller.signal,
    sleep: () => Promise.resolve(),
    logger: pino({ level: 'warn' }, { write: (line) => warnings.push(JSON.parse(line)) }),
    telemetry,
  });
  return { held, ids, asked, warnings, telemetry, release, controller };
}

describe('stored ids', () => {
  it('are all looked up until the filter is filled, and only doubtful ones from then on', async () => {
    const { held, ids, asked, release } = createWorld();
    const learnt = ids.learn();
    const strangers = [anEvent(), anEvent()];
    expect(await ids.find([held, ...strangers])).toEqual(new Map([[held.eventId, 7]]));
    expect(asked.splice(0)).toHaveLength(3);
    release();
    await learnt;
    expect(await ids.find([held, ...strangers])).toEqual(new Map([[held.eventId, 7]]));
    expect(asked).toEqual([held.eventId]);
  });

  it('are not forgotten when they are added while the filter is being filled', async () => {
    const { ids, asked, release } = createWorld();
    const learnt = ids.learn();
    const added = anEvent();
    ids.add([added]);
    release();
    await learnt;
    await ids.find([added]);
    expect(asked).toEqual([added.eventId]);
  });

  it('show how full the filter is, warn once over a half, and vanish with their partition', async () => {
    const { ids, release, telemetry, warnings, controller } = createWorld(16);
    release();
    await ids.learn();
    expect(warnings).toEqual([]);
    const fill = async (): Promise<number | undefined> =>
      (await telemetry.idFilterFill.get()).values[0]?.value;
    expect(await fill()).toBeCloseTo(4 / 128, 1);
    ids.add(Array.from({ length: 100 }, () => anEvent()));
    ids.add([anEvent()]);
    expect(await fill()).toBeGreaterThan(0.8);
    expect(warnings).toHaveLength(1);
    controller.abort();
    expect(await fill()).toBeUndefined();
  });
});
