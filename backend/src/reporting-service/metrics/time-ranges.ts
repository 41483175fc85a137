import type { Range } from '../../metric-queries/time/buckets.js';

/** The parts of `ranges` that lie in one of `others`. Both ascending and without overlap. */
export function intersect(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return withOverlapping(ranges, others, (range, overlapping) =>
    overlapping.map((other) => ({
      fromMs: Math.max(range.fromMs, other.fromMs),
      toMs: Math.min(range.toMs, other.toMs),
    })),
  );
}

/** The parts of `ranges` that lie in none of `others`. Both ascending and without overlap. */
export function subtract(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return withOverlapping(ranges, others, (range, overlapping) => {
    const ends = [range.fromMs, ...overlapping.map((other) => other.toMs)];
    const starts = [...overlapping.map((other) => other.fromMs), range.toMs];
    return ends
      .map((fromMs, index) => ({ fromMs, toMs: starts[index] ?? range.toMs }))
      .filter((part) => part.fromMs < part.toMs);
  });
}

/** One pass over both, however many there are. Both ascending and without overlap. */
export function withOverlapping<R extends Range, O extends Range, T>(
  ranges: readonly R[],
  others: readonly O[],
  work: (range: R, overlapping: readonly O[]) => readonly T[],
): readonly T[] {
  let first = 0;
  return ranges.flatMap((range) => {
    while ((others[first]?.toMs ?? Infinity) <= range.fromMs) first += 1;
    let end = first;
    while ((others[end]?.fromMs ?? Infinity) < range.toMs) end += 1;
    return work(range, others.slice(first, end));
  });
}

/** Does any of them have an instant in `[fromMs, toMs)`? Ascending and without overlap. */
export function overlaps(ranges: readonly Range[], fromMs: number, toMs: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.toMs ?? Infinity) > fromMs) high = middle;
    else low = middle + 1;
  }
  const first = ranges[low];
  return first !== undefined && first.fromMs < toMs;
}
