import { pino } from 'pino';
import { fillIdFilter } from './fill-id-filter.js';
import { createIdFilter } from './id-filter.js';

const idOf = (index: number): string => `aaaaaaaa-bbbb-4ccc-8ddd-${String(index).padStart(12, '0')}`;

/** A store of `stored` ids that gives one id in each slice, and fails as often as it is told. */
function createFakeStore(stored: number, failures = 0) {
  const asked: number[] = [];
  let left = failures;
  const answer = <T>(value: T): Promise<T> => {
    left -= 1;
    return left >= 0 ? Promise.reject(new Error('away')) : Promise.resolve(value);
  };
  return {
    asked,
    countIds: () => answer(stored),
    loadIds: ({ index }: { index: number }) => {
      asked.push(index);
      return answer(Buffer.from(idOf(index).replaceAll('-', ''), 'hex'));
    },
  };
}

const logger = pino({ level: 'silent' });

describe('filling the id filter', () => {
  it('reads everything in slices of a quarter of a million ids at most', async () => {
    const filter = createIdFilter(1_024);
    const store = createFakeStore(1_900_000);
    const sleep = (): Promise<void> => Promise.resolve();
    expect(await fillIdFilter(filter, { store, signal: new AbortController().signal, sleep, logger })).toBe(
      true,
    );
    expect(store.asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const index of store.asked) expect(filter.mayHave(idOf(index))).toBe(true);
  });

  it('needs fewer slices for a partition', async () => {
    const store = createFakeStore(1_900_000);
    await fillIdFilter(createIdFilter(1_024), {
      store,
      partition: { index: 1, count: 4 },
      signal: new AbortController().signal,
      sleep: () => Promise.resolve(),
      logger,
    });
    expect(store.asked).toEqual([0, 1]);
  });

  it('goes on where it was when the store is back, after ever longer pauses', async () => {
    const store = createFakeStore(400_000, 9);
    const pauses: number[] = [];
    const filter = createIdFilter(1_024);
    const sleep = (ms: number): Promise<void> => {
      pauses.push(ms);
      return Promise.resolve();
    };
    expect(await fillIdFilter(filter, { store, signal: new AbortController().signal, sleep, logger })).toBe(
      true,
    );
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect([0, 1].every((index) => filter.mayHave(idOf(index)))).toBe(true);
  });

  it('ends when it is told to, without having filled it', async () => {
    const controller = new AbortController();
    const sleep = (): Promise<void> => {
      controller.abort();
      return Promise.reject(new Error('aborted'));
    };
    const store = createFakeStore(10, 5);
    expect(
      await fillIdFilter(createIdFilter(1_024), { store, signal: controller.signal, sleep, logger }),
    ).toBe(false);
    expect(store.asked).toEqual([]);
  });
});
