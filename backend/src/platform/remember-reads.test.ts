import { rememberReads } from './remember-reads.js';

const trustedMs = 1_000;

/** A store whose reads are answered when the test says so, and what it was asked. */
function openStore() {
  let nowMs = 0;
  const reads: { tenantId: string; answer: (text: string) => void; fail: (error: Error) => void }[] = [];
  const read = rememberReads(
    (tenantId: string) =>
      new Promise<string>((answer, fail) => {
        reads.push({ tenantId, answer, fail });
      }),
    { trustedMs, now: () => nowMs },
  );
  return {
    read,
    asked: () => reads.map(({ tenantId }) => tenantId),
    answer: (place: number, text: string) => reads[place]?.answer(text),
    fail: (place: number) => reads[place]?.fail(new Error('gone')),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('reads that are remembered', () => {
  it('asks once for all who want to know at the same time, of each tenant', async () => {
    const store = openStore();
    const answers = Promise.all([store.read('acme'), store.read('acme'), store.read('globex')]);
    store.answer(0, 'of acme');
    store.answer(1, 'of globex');
    expect(await answers).toEqual(['of acme', 'of acme', 'of globex']);
    expect(store.asked()).toEqual(['acme', 'globex']);
  });

  it('trusts an answer for so long since it was asked for, not since it came', async () => {
    const store = openStore();
    const first = store.read('acme');
    store.pass(trustedMs - 1);
    store.answer(0, 'old');
    expect([await first, await store.read('acme')]).toEqual(['old', 'old']);
    store.pass(1);
    const second = store.read('acme');
    store.answer(1, 'new');
    expect(await second).toBe('new');
  });

  it('asks every time when nothing is trusted', () => {
    const reads: string[] = [];
    const read = rememberReads(
      (tenantId: string) => {
        reads.push(tenantId);
        return Promise.resolve();
      },
      { trustedMs: 0, now: () => 0 },
    );
    void read('acme');
    void read('acme');
    expect(reads).toEqual(['acme', 'acme']);
  });

  it('remembers no read that failed', async () => {
    const store = openStore();
    const first = store.read('acme');
    store.fail(0);
    await expect(first).rejects.toThrow('gone');
    const second = store.read('acme');
    store.answer(1, 'again');
    expect(await second).toBe('again');
  });

  it('keeps a younger read when one before it fails late', async () => {
    const store = openStore();
    const first = store.read('acme');
    store.pass(trustedMs);
    const second = store.read('acme');
    store.fail(0);
    await expect(first).rejects.toThrow('gone');
    store.answer(1, 'new');
    expect([await second, await store.read('acme')]).toEqual(['new', 'new']);
    expect(store.asked()).toHaveLength(2);
  });

  it('forgets those of too many tenants whom nobody asked about', async () => {
    const asked = new Map<string, number>();
    const read = rememberReads(
      (tenantId: string) => {
        asked.set(tenantId, (asked.get(tenantId) ?? 0) + 1);
        return Promise.resolve();
      },
      { trustedMs, now: () => 0 },
    );
    await read('first');
    await read('asked again');
    for (let tenant = 0; tenant < 9_999; tenant += 1) {
      await read(`tenant-${tenant}`);
      await read('asked again');
    }
    await read('first');
    expect([asked.get('first'), asked.get('asked again')]).toEqual([2, 1]);
  });
});
