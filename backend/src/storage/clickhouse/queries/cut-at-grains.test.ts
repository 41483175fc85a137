import { cutAtGrains } from './cut-at-grains.js';

const quarterMs = 900_000;

describe('cutAtGrains', () => {
  it('reads nothing from events when the range falls on grains', () => {
    const range = { fromMs: 2 * quarterMs, toMs: 5 * quarterMs };
    expect(cutAtGrains(range, quarterMs)).toEqual({ whole: range, edges: [] });
  });

  it('leaves each end that does not to the events, and loses no millisecond', () => {
    const { whole, edges } = cutAtGrains({ fromMs: quarterMs - 1, toMs: 3 * quarterMs + 1 }, quarterMs);
    expect(whole).toEqual({ fromMs: quarterMs, toMs: 3 * quarterMs });
    expect(edges).toEqual([
      { fromMs: quarterMs - 1, toMs: quarterMs },
      { fromMs: 3 * quarterMs, toMs: 3 * quarterMs + 1 },
    ]);
  });

  it('leaves a range without a whole grain to the events', () => {
    const range = { fromMs: 1, toMs: quarterMs + 1 };
    expect(cutAtGrains(range, quarterMs)).toEqual({ whole: undefined, edges: [range] });
  });
});
