import { findRefusedRows, type AskForRefusal } from './find-refused-rows.js';

/** A store that refuses what `isBad` says, and counts how often it is asked. */
function createStore(isBad: (row: string) => boolean) {
  let asked = 0;
  const ask: AskForRefusal = (rows) => {
    asked += 1;
    const bad = rows.find(isBad);
    return Promise.resolve(bad === undefined ? undefined : new Error(`refused ${bad}`));
  };
  return { ask, asked: () => asked };
}

const rowsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

describe('search for refused rows', () => {
  it('finds each of them, with its place and its reason', async () => {
    const store = createStore((row) => ['0', '700', '701', '999'].includes(row));
    const judgement = await findRefusedRows(rowsOf(1_000), 'sound', store.ask);
    expect(judgement).toEqual({
      fault: 'rows',
      refused: [0, 700, 701, 999].map((index) => ({ index, error: new Error(`refused ${index}`) })),
    });
    expect(store.asked()).toBeLessThan(100);
  });

  it('finds many at the head of a large block, as one client sends them', async () => {
    const store = createStore((row) => Number(row) < 500);
    const judgement = await findRefusedRows(rowsOf(10_000), 'sound', store.ask);
    expect(judgement).toMatchObject({ fault: 'rows' });
    expect(judgement.fault === 'rows' && judgement.refused).toHaveLength(500);
  });

  it('takes a small block for what it is, though every row is refused', async () => {
    const store = createStore((row) => row !== 'sound');
    const judgement = await findRefusedRows(rowsOf(3), 'sound', store.ask);
    expect(judgement.fault === 'rows' && judgement.refused.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('blames the store that refuses a sound row, after one question', async () => {
    const store = createStore(() => true);
    expect(await findRefusedRows(rowsOf(10_000), 'sound', store.ask)).toMatchObject({
      fault: 'store',
      error: new Error('refused sound'),
    });
    expect(store.asked()).toBe(1);
  });

  it('blames the store that refuses every row of a large block, after a bounded number of questions', async () => {
    const store = createStore((row) => row !== 'sound');
    expect(await findRefusedRows(rowsOf(10_000), 'sound', store.ask)).toMatchObject({ fault: 'store' });
    expect(store.asked()).toBeLessThan(100);
  });

  it('blames the store that would take all of them', async () => {
    const store = createStore(() => false);
    expect(await findRefusedRows(rowsOf(1_000), 'sound', store.ask)).toEqual({
      fault: 'store',
      error: undefined,
    });
  });
});
