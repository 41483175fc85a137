import { findPassings } from './read-budgets.js';

const of = (...costs: number[]) => costs.map((cost, index) => [index, cost] as const);

describe('the hours in which a month passes shares of its budget', () => {
  it('are those in which the sum comes to each share, each once', () => {
    const budget = { monthlyUsd: 10, warnAt: [1, 0.5, 1, 2] };
    expect(findPassings(of(4, 0, 1, 1, 4, 9), budget)).toEqual([
      { atMs: 2, share: 0.5 },
      { atMs: 4, share: 1 },
    ]);
  });

  it('may be one hour for several shares, and none without shares', () => {
    expect(findPassings(of(0, 30), { monthlyUsd: 10, warnAt: [0.5, 1] })).toEqual([
      { atMs: 1, share: 0.5 },
      { atMs: 1, share: 1 },
    ]);
    expect(findPassings(of(0, 30), { monthlyUsd: 10, warnAt: [] })).toEqual([]);
    expect(findPassings([], { monthlyUsd: 10, warnAt: [0.5] })).toEqual([]);
  });

  it('do not miss a share by the last bit of a sum', () => {
    const tenths = Array.from({ length: 8 }, () => 0.1);
    expect(tenths.reduce((sum, cost) => sum + cost, 0)).toBeLessThan(0.8);
    expect(findPassings(of(...tenths), { monthlyUsd: 1, warnAt: [0.8] })).toEqual([{ atMs: 7, share: 0.8 }]);
  });
});
