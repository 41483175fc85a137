import { createFairLine, type LineEntry } from './fair-line.js';

const nobody: ReadonlySet<string> = new Set();

function setUp() {
  let nowMs = 0;
  const line = createFairLine<LineEntry>({ rowsMax: 1_000, sharedRowsMax: 80, now: () => nowMs });
  let since = 0;
  const told = (entries: readonly LineEntry[]): readonly string[] =>
    entries.map(({ rows, tenantId }) => `${tenantId} ${rows}`);
  return {
    line,
    pass: (ms: number) => (nowMs += ms),
    add: (tenantId: string, rows: number, at = (since += 1)) => {
      line.add({ tenantId, rows, since: at });
    },
    takeSmall: (busy = nobody) => told(line.take('small', busy)),
    takeLarge: (busy = nobody) => told(line.take('large', busy)),
  };
}

describe('createFairLine', () => {
  it('gives a tenant that is alone all of a write, in the order in which it came', () => {
    const { add, takeLarge, takeSmall } = setUp();
    for (const rows of [1, 500, 499, 7]) add('acme', rows);
    expect(takeSmall()).toEqual([]);
    expect(takeLarge()).toEqual(['acme 1', 'acme 500', 'acme 499']);
    expect(takeLarge()).toEqual(['acme 7']);
    expect(takeLarge()).toEqual([]);
  });

  it('lets few rows wait for nothing of the many that came before them', () => {
    const { add, takeLarge, takeSmall } = setUp();
    for (let request = 0; request < 20; request += 1) add('flood', 40);
    add('acme', 3);
    add('globex', 5);
    expect(takeSmall()).toEqual(['acme 3', 'globex 5']);
    expect(takeLarge()).toEqual(['flood 40', 'flood 40']);
  });

  it('takes turns among those who have much, a part at a time', () => {
    const { add, takeLarge } = setUp();
    for (let request = 0; request < 3; request += 1) add('flood', 80);
    add('acme', 60);
    add('globex', 5_000);
    expect(takeLarge()).toEqual(['flood 80']);
    // What the flood has left came before all of the others'.
    expect(takeLarge()).toEqual(['acme 60']);
    add('acme', 60);
    expect(takeLarge()).toEqual(['globex 5000']);
    expect(takeLarge()).toEqual(['flood 80']);
    expect(takeLarge()).toEqual(['acme 60']);
    expect(takeLarge()).toEqual(['flood 80']);
  });

  it('never takes what is of a tenant that is being written', () => {
    const { add, line, takeSmall } = setUp();
    add('acme', 1);
    add('globex', 1);
    const busy = new Set(['acme']);
    expect(takeSmall(busy)).toEqual(['globex 1']);
    expect(line.has('small', busy)).toBe(false);
    expect(line.has('small', nobody)).toBe(true);
  });

  it('reckons for some seconds with a tenant that has nothing waiting', () => {
    const { add, line, pass, takeLarge } = setUp();
    add('globex', 1, 1_000);
    add('flood', 60, 1_001);
    line.take('small', nobody);
    for (let request = 0; request < 2; request += 1) add('flood', 60, 6_000);
    pass(6_000);
    expect(line.isShared()).toBe(true);
    expect(takeLarge()).toEqual(['flood 60']);
    pass(1);
    expect(line.isShared()).toBe(false);
    expect(takeLarge()).toEqual(['flood 60', 'flood 60']);
  });

  it('says when the oldest came', () => {
    const { add, line, takeLarge } = setUp();
    expect(line.oldest()).toBeUndefined();
    add('flood', 60, 7);
    add('acme', 60, 9);
    expect(line.oldest()).toBe(7);
    takeLarge();
    expect(line.oldest()).toBe(9);
  });
});
