import { sumChanges } from './read-active-users.js';

describe('sumChanges', () => {
  const row = (window: number, localDay: number, change: number, group: string[] = []) => ({
    window,
    localDay,
    change,
    group,
  });

  it('adds up changes to the number of active users on each day asked', () => {
    const rows = [row(7, 0, 2), row(7, 3, 1), row(7, 5, -2)];
    const readings = sumChanges(rows, [7], [2, 3, 6]);
    expect(readings.groups.get('[]')?.buckets).toEqual([[2], [3], [1]]);
  });

  it('does not mind the order of rows, and keeps windows and groups apart', () => {
    const rows = [
      row(28, 1, 5, ['red']),
      row(1, 1, 2, ['red']),
      row(1, 2, -1, ['red']),
      row(1, 0, 9, ['blue']),
    ];
    for (const shuffled of [rows, [...rows].reverse()]) {
      const { groups } = sumChanges(shuffled, [1, 28], [1, 2]);
      expect(groups.get('["red"]')?.buckets).toEqual([
        [2, 5],
        [1, 5],
      ]);
      expect(groups.get('["blue"]')?.buckets).toEqual([
        [9, 0],
        [9, 0],
      ]);
    }
  });
});
