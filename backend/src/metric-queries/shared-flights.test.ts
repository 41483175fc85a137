import { createSharedFlights } from './shared-flights.js';

const never = new AbortController().signal;

describe('createSharedFlights', () => {
  it('starts equal work once and tells everybody', async () => {
    const flights = createSharedFlights();
    let started = 0;
    const start = async (): Promise<number> => {
      started += 1;
      return started;
    };
    expect(
      await Promise.all([
        flights.share('a', never, start),
        flights.share('a', never, start),
        flights.share('b', never, start),
      ]),
    ).toEqual([1, 1, 2]);
    expect(await flights.share('a', never, start)).toBe(3);
  });

  it('goes on while anybody waits, and is aborted when nobody does', async () => {
    const flights = createSharedFlights();
    let inner: AbortSignal | undefined;
    const start = (signal: AbortSignal): Promise<never> => {
      inner = signal;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    };
    const [one, two] = [new AbortController(), new AbortController()];
    const first = flights.share('a', one.signal, start);
    const second = flights.share('a', two.signal, start);
    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'query_cancelled' });
    expect(inner?.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toMatchObject({ code: 'query_cancelled' });
    expect(inner?.aborted).toBe(true);
    await expect(flights.share('a', never, async () => 'anew')).resolves.toBe('anew');
  });

  it('tells everybody of a failure and remembers none', async () => {
    const flights = createSharedFlights();
    const fail = (): Promise<never> => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([flights.share('a', never, fail), flights.share('a', never, fail)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(flights.share('a', never, async () => 1)).resolves.toBe(1);
  });
});
