import { createWriteGate } from './write-gate.js';

function createStep(): { readonly done: Promise<void>; readonly end: () => void } {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { done, end };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('createWriteGate', () => {
  it('waits for what is under way, and keeps new work out until it is opened', async () => {
    const gate = createWriteGate({ drainMsMax: 60_000 });
    const [first, held] = [createStep(), createStep()];
    const order: string[] = [];
    const before = gate.pass(async () => {
      await first.done;
      order.push('before');
    });
    const holding = gate.hold(async () => {
      order.push('held');
      await held.done;
    });
    const after = gate.pass(() => {
      order.push('after');
      return Promise.resolve();
    });
    await turn();
    expect(order).toEqual([]);
    first.end();
    await before;
    await turn();
    expect(order).toEqual(['before', 'held']);
    held.end();
    await Promise.all([holding, after]);
    expect(order).toEqual(['before', 'held', 'after']);
  });

  it('gives up when what is under way does not end, and opens again', async () => {
    const gate = createWriteGate({ drainMsMax: 1 });
    const stuck = createStep();
    const before = gate.pass(() => stuck.done);
    await expect(gate.hold(() => Promise.resolve())).rejects.toMatchObject({
      code: 'backup_busy',
      retryable: true,
    });
    await gate.pass(() => Promise.resolve());
    stuck.end();
    await before;
    await expect(gate.hold(() => Promise.resolve('free'))).resolves.toBe('free');
  });

  it('is held by one at a time', async () => {
    const gate = createWriteGate({ drainMsMax: 60_000 });
    const held = createStep();
    const holding = gate.hold(() => held.done);
    await expect(gate.hold(() => Promise.resolve())).rejects.toMatchObject({ code: 'backup_busy' });
    held.end();
    await holding;
  });

  it('opens after work that failed', async () => {
    const gate = createWriteGate({ drainMsMax: 60_000 });
    await expect(gate.hold(() => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    await expect(gate.pass(() => Promise.resolve('in'))).resolves.toBe('in');
  });
});
