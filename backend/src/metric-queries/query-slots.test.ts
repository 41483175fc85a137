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
    const first = slots.run(() => gate.promise, never);
    const rest = [1, 2, 3].map((n) =>
      slots.run(async () => {
        order.push(n);
      }, never),
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
    const first = slots.run(() => gate.promise, never);
    await expect(slots.run(async () => 1, never)).rejects.toMatchObject({
      code: 'too_many_queries',
      status: 429,
      retryAfterSeconds: 7,
    });
    gate.resolve();
    await first;
    await expect(slots.run(async () => 1, never)).resolves.toBe(1);
  });

  it('frees the slot of work that fails, and the place of one who leaves the line', async () => {
    const slots = createQuerySlots({ runningMax: 1, waitingMax: 1, retryAfterSeconds: 1 });
    const gate = deferred();
    const failing = slots.run(async () => {
      await gate.promise;
      throw new Error('no');
    }, never);
    const leaver = new AbortController();
    const left = slots.run(async () => 1, leaver.signal);
    leaver.abort();
    await expect(left).rejects.toMatchObject({ code: 'query_cancelled' });
    const next = slots.run(async () => 2, never);
    gate.resolve();
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe(2);
  });
});
