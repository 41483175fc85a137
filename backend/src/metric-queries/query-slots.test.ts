import { createQuerySlots } from './query-slots.js';

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const never = new AbortController().signal;

describe('createQuerySlots', () => {
  it('runs no more than it may, and the rest in the order in which they came', async () => {
    const slots = createQuerySlots({ runningMax: 1, waitingMax: 5, retryAfterSeconds: 1 });
    const gate = deferred();
    const order: number[] = [];
    const first = slots.run('a', () => gate.promise, never);
    const rest = [1, 2, 3].map((n) =>
      slots.run(
        'a',
        async () => {
          order.push(n);
        },
        never,
      ),
    );
    await Promise.resolve();
    expect(order).toEqual([]);
    gate.resolve();
    await Promise.all([first, ...rest]);
    expect(order).toEqual([1, 2, 3]);
  });

  it('refuses when the line is full, and takes again when it is not', async () => {
    const slots = createQuerySlots({ runningMax: 1, waitingMax: 0, retryAfterSeconds: 7 });
    const gate = deferred();
    const first = slots.run('a', () => gate.promise, never);
    await expect(slots.run('a', async () => 1, never)).rejects.toMatchObject({
      code: 'too_many_queries',
      status: 429,
      retryAfterSeconds: 7,
    });
    gate.resolve();
    await first;
    await expect(slots.run('a', async () => 1, never)).resolves.toBe(1);
  });

  it('refuses what no slot came free for in time, and begins nothing of it later', async () => {
    const slots = createQuerySlots({ runningMax: 1, waitingMax: 5, retryAfterSeconds: 7, waitMsMax: 1 });
    const gate = deferred();
    const first = slots.run('a', () => gate.promise, never);
    const work = jest.fn(async () => 1);
    await expect(slots.run('a', work, never)).rejects.toMatchObject({
      code: 'too_many_queries',
      retryable: true,
      retryAfterSeconds: 7,
    });
    gate.resolve();
    await first;
    await expect(slots.run('a', async () => 2, never)).resolves.toBe(2);
    expect(work).not.toHaveBeenCalled();
  });

  it('frees the slot of work that fails, and the place of one who leaves the line', async () => {
    const slots = createQuerySlots({ runningMax: 1, waitingMax: 1, retryAfterSeconds: 1 });
    const gate = deferred();
    const failing = slots.run(
      'a',
      async () => {
        await gate.promise;
        throw new Error('no');
      },
      never,
    );
    const leaver = new AbortController();
    const left = slots.run('a', async () => 1, leaver.signal);
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'query_cancelled' });
    const next = slots.run('a', async () => 2, never);
    gate.resolve();
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe(2);
  });

  it('gives a free slot to the tenant that has the fewest, however long the line of another', async () => {
    const slots = createQuerySlots({ runningMax: 2, waitingMax: 100, retryAfterSeconds: 1 });
    const gates = [deferred(), deferred()];
    const order: string[] = [];
    const note = (tenantId: string): Promise<void> =>
      slots.run(
        tenantId,
        async () => {
          order.push(tenantId);
        },
        new AbortController().signal,
      );
    const flood = gates.map((gate) => slots.run('a', () => gate.promise, never));
    const line = Array.from({ length: 20 }, () => note('a'));
    const others = [note('b'), note('c')];
    gates[0]?.resolve();
    await Promise.all(others);
    expect(order.filter((tenantId) => tenantId !== 'a')).toEqual(['b', 'c']);
    expect(order.indexOf('b')).toBe(0);
    expect(order.length).toBeLessThan(20);
    gates[1]?.resolve();
    await Promise.all([...flood, ...line]);
    expect(order).toHaveLength(22);
  });

  it('lets nobody have more than half of the line', async () => {
    const slots = createQuerySlots({ runningMax: 1, waitingMax: 4, retryAfterSeconds: 1 });
    const gate = deferred();
    const nothing = (): Promise<void> => Promise.resolve();
    const first = slots.run('a', () => gate.promise, never);
    const line = [slots.run('a', nothing, never), slots.run('a', nothing, never)];
    await expect(slots.run('a', nothing, never)).rejects.toMatchObject({ code: 'too_many_queries' });
    const others = [slots.run('b', nothing, never), slots.run('c', nothing, never)];
    await expect(slots.run('d', nothing, never)).rejects.toMatchObject({ code: 'too_many_queries' });
    gate.resolve();
    await expect(Promise.all([first, ...line, ...others])).resolves.toHaveLength(5);
  });
});
