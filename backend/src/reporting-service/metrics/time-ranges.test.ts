import { intersect, overlaps, subtract } from './time-ranges.js';

const at = (...edges: readonly (readonly [number, number])[]) =>
  edges.map(([fromMs, toMs]) => ({ fromMs, toMs }));

describe('ranges of time', () => {
  it('are cut by others', () => {
    expect(intersect(at([0, 10], [20, 30]), at([5, 22], [25, 26], [29, 40]))).toEqual(
      at([5, 10], [20, 22], [25, 26], [29, 30]),
    );
    expect(subtract(at([0, 10], [20, 30]), at([5, 22], [25, 26], [29, 40]))).toEqual(
      at([0, 5], [22, 25], [26, 29]),
    );
  });

  it('stay whole beside others, and vanish in them', () => {
    expect(intersect(at([0, 10]), at([10, 20]))).toEqual([]);
    expect(subtract(at([0, 10]), at([10, 20]))).toEqual(at([0, 10]));
    expect(subtract(at([2, 3], [4, 5]), at([0, 10]))).toEqual([]);
    expect(intersect(at([2, 3], [4, 5]), at([0, 10]))).toEqual(at([2, 3], [4, 5]));
  });

  it('are cut in one pass, however many there are', () => {
    const hours = Array.from({ length: 90_000 }, (_none, index) => ({
      fromMs: index * 10,
      toMs: index * 10 + 10,
    }));
    const days = Array.from({ length: 3_700 }, (_none, index) => ({
      fromMs: index * 240,
      toMs: index * 240 + 240,
    }));
    expect(intersect(hours, days)).toHaveLength(88_800);
    expect(subtract(hours, days)).toHaveLength(1_200);
    expect(overlaps(days, 888_000, 900_000)).toBe(false);
  });
});
