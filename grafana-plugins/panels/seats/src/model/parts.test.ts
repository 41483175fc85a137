import { partsOf } from './parts';
import type { SeatCounts } from './read-seats';

const counts = (values: Partial<SeatCounts>): SeatCounts => ({
  ...{ time: null, purchased: null, assigned: null, active: null, idle: null },
  ...{ utilisation: null, idleCost: null, row: 0, ...values },
});
const cut = (values: Partial<SeatCounts>) =>
  partsOf(counts(values)).map(({ kind, count, share }) => `${kind} ${count} ${share}`);

describe('partsOf', () => {
  it('cuts what was purchased, to scale', () => {
    expect(cut({ purchased: 20, assigned: 15, active: 10, idle: 4 })).toEqual([
      'active 10 0.5',
      'recent 1 0.05',
      'idle 4 0.2',
      'unassigned 5 0.25',
    ]);
  });

  it('grows with what is assigned, and marks the excess', () => {
    expect(cut({ purchased: 15, assigned: 20, active: 10, idle: 10 })).toEqual([
      'active 10 0.5',
      'recent 0 0',
      'idle 10 0.5',
      'unassigned 0 0',
      'excess 5 0.25',
    ]);
  });

  it('never draws more than there is', () => {
    const shares = partsOf(counts({ purchased: 4, assigned: 2, active: 9, idle: 9 })).map(
      ({ share }) => share,
    );
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(1);
  });

  it('draws nothing of nothing', () => {
    expect(cut({})).toEqual(['active 0 0', 'recent 0 0', 'idle 0 0', 'unassigned 0 0']);
  });
});
