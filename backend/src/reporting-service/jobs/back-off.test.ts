import { backOffMs } from './back-off.js';

describe('backOffMs', () => {
  it('grows four times with each start, to ten minutes at most, and spreads', () => {
    expect([1, 2, 3].map((attempt) => backOffMs(attempt, 5_000, 0.5))).toEqual([5_000, 20_000, 80_000]);
    expect(backOffMs(1_000, 5_000, 0.5)).toBe(600_000);
    expect([backOffMs(1, 5_000, 0), backOffMs(1, 5_000, 1)]).toEqual([4_000, 6_000]);
  });
});
