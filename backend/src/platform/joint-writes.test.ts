import { anEvent } from '../testkit/an-event.js';
import { createJointWrites, type JointWritesOptions, type Stored } from './joint-writes.js';

/** A store whose writes end when the test says so. */
function setUp({ isAwake = true, ...own }: Partial<JointWritesOptions> & { isAwake?: boolean } = {}) {
  const running: { readonly rows: string; readonly end: () => void; readonly fail: () => void }[] = [];
  const pauses: number[] = [];
  const wake: (() => void)[] = [];
  let nowMs = 1_000;
  const writes = createJointWrites({
    write: (batches) =>
      new Promise<readonly Stored[]>((resolve, reject) => {
        const write = {
          rows: batches.map(({ rows, tenantId }) => `${tenantId} ${rows}`).join(', '),
          end: () => {
            running.splice(running.indexOf(write), 1);
            resolve(batches.map(() => ({ duplicates: 1 })));
          },
          fail: () => {
            running.splice(running.indexOf(write), 1);
            reject(new Error('away'));
          },
        };
        running.push(write);
      }),
    refusalOf: () => new Error('come again'),
    rowsMax: 1_000,
    sharedRowsMax: 80,
    isSideBySide: true,
    intervalMs: 0,
    currentTrace: () => undefined,
    now: () => nowMs,
    sleep: (ms) => {
      pauses.push(ms);
      return isAwake ? Promise.resolve() : new Promise((resolve) => wake.push(resolve));
    },
    ...own,
  });
  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return {
    writes,
    running: () => running.map(({ rows }) => rows),
    end: async (rows: string) => {
      running.find((write) => write.rows === rows)?.end();
      await settle();
    },
    fail: async (rows: string) => {
      running.find((write) => write.rows === rows)?.fail();
      await settle();
    },
    send: (tenantId: string, rows: number) =>
      writes.store(Array.from({ length: rows }, () => anEvent({ tenantId }))),
    pauses,
    wakeNext: async () => {
      wake.shift()?.();
      await settle();
    },
    pass: (ms: number) => (nowMs += ms),
  };
}

describe('createJointWrites', () => {
  it('writes few rows beside the many of another, and never two writes of one tenant at once', async () => {
    const { end, running, send } = setUp();
    const sent = [send('flood', 50), send('flood', 50), send('acme', 1), send('acme', 2)];
    expect(running()).toEqual(['flood 50', 'acme 1']);
    await end('acme 1');
    expect(running()).toEqual(['flood 50', 'acme 2']);
    await end('flood 50');
    expect(running()).toEqual(['acme 2', 'flood 50']);
    await end('acme 2');
    await end('flood 50');
    expect(await Promise.all(sent)).toEqual(sent.map(() => ({ duplicates: 1 })));
  });

  it('writes few rows next, where one write runs at a time, and the many of another after them', async () => {
    const { end, running, send } = setUp({ isSideBySide: false });
    const sent = [
      send('flood', 50),
      send('flood', 50),
      send('flood', 50),
      send('acme', 1),
      send('globex', 2),
    ];
    expect(running()).toEqual(['flood 50']);
    await end('flood 50');
    expect(running()).toEqual(['acme 1, globex 2']);
    sent.push(send('acme', 3));
    await end('acme 1, globex 2');
    expect(running()).toEqual(['flood 50']);
    await end('flood 50');
    expect(running()).toEqual(['acme 3']);
    await end('acme 3');
    await end('flood 50');
    await Promise.all(sent);
  });

  it('lets who has much rest for five times as long as its write took, while others are near', async () => {
    const { end, pass, pauses, running, send } = setUp({ intervalMs: 100 });
    const sent = [send('flood', 50), send('flood', 50), send('acme', 1)];
    pass(200);
    await end('flood 50');
    expect(pauses).toEqual([1_000]);
    await end('acme 1');
    expect(running()).toEqual(['flood 50']);
    await end('flood 50');
    await Promise.all(sent);
  });

  it('lets each of those that have much rest by itself', async () => {
    const { end, pass, running, send, wakeNext } = setUp({ isAwake: false });
    const sent = [
      send('flood', 50),
      send('flood', 50),
      send('acme', 1),
      send('globex', 60),
      send('globex', 70),
    ];
    pass(100);
    await end('flood 50');
    expect(running()).toEqual(['acme 1', 'globex 60']);
    pass(100);
    await end('globex 60');
    expect(running()).toEqual(['acme 1']);
    await wakeNext();
    expect(running()).toEqual(['acme 1', 'flood 50']);
    await end('flood 50');
    await end('acme 1');
    await wakeNext();
    await end('globex 70');
    await Promise.all(sent);
  });

  it('lets nobody rest for others that have as much', async () => {
    const { end, pass, pauses, running, send } = setUp({ isAwake: false });
    const floods = [send('flood', 50), send('flood', 50), send('flood', 51)];
    const sent = [...floods, send('globex', 60), send('globex', 70)];
    for (const rows of ['flood 50', 'flood 50', 'globex 60', 'flood 51', 'globex 70']) {
      pass(100);
      expect(running()).toEqual([rows]);
      await end(rows);
    }
    expect(pauses).toEqual([]);
    await Promise.all(sent);
  });

  it('closes without a rest', async () => {
    const { end, pass, running, send, writes } = setUp({ isAwake: false });
    const sent = [send('flood', 50), send('flood', 50), send('flood', 50), send('acme', 1)];
    pass(100);
    await end('flood 50');
    await end('acme 1');
    expect(running()).toEqual([]);
    const closed = writes.close();
    for (let part = 0; part < 2; part += 1) {
      expect(running()).toEqual(['flood 50']);
      pass(100);
      await end('flood 50');
    }
    await Promise.all([closed, ...sent]);
  });

  it('cuts a batch of several tenants by tenant, and tells what became of the whole', async () => {
    const { end, running, writes } = setUp();
    const stored = writes.store([
      anEvent({ tenantId: 'acme' }),
      anEvent({ tenantId: 'globex' }),
      anEvent({ tenantId: 'acme' }),
    ]);
    expect(running()).toEqual(['acme 2', 'globex 1']);
    await end('acme 2');
    await end('globex 1');
    expect(await stored).toEqual({ duplicates: 2 });
  });

  it('tells the senders of a write that fails, and nobody else', async () => {
    const { end, fail, send } = setUp();
    const flood = expect(send('flood', 50)).rejects.toThrow('come again');
    const acme = send('acme', 1);
    await fail('flood 50');
    await end('acme 1');
    await flood;
    expect(await acme).toEqual({ duplicates: 1 });
  });

  it('is complete up to the oldest batch that waits or is being written, and closes after the last', async () => {
    const { end, pass, send, writes } = setUp();
    const flood = send('flood', 50);
    pass(500);
    const acme = send('acme', 1);
    expect(writes.watermark()).toBe(1_000);
    await end('flood 50');
    expect(writes.watermark()).toBe(1_500);
    const closed = writes.close();
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    await flood;
    expect(isClosed).toBe(false);
    await end('acme 1');
    await Promise.all([acme, closed]);
    pass(500);
    expect(writes.watermark()).toBe(2_000);
  });
});
