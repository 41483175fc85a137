import type { Range } from '../../metric-queries/time/buckets.js';

/** The parts of `ranges` that lie in one of `others`. Both ascending and without overlap. */
export function intersect(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return ranges.flatMap(({ fromMs, toMs }) =>
    others
      .map((other) => ({ fromMs: Math.max(fromMs, other.fromMs), toMs: Math.min(toMs, other.toMs) }))
      .filter((part) => part.fromMs < part.toMs),
  );
}

/** The parts of `ranges` that lie in none of `others`. Both ascending and without overlap. */
export function subtract(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return ranges.flatMap((range) => {
    const parts: Range[] = [];
    let fromMs = range.fromMs;
    for (const other of others) {
      if (other.toMs <= fromMs || other.fromMs >= range.toMs) continue;
      if (other.fromMs > fromMs) parts.push({ fromMs, toMs: other.fromMs });
      fromMs = other.toMs;
    }
    if (fromMs < range.toMs) parts.push({ fromMs, toMs: range.toMs });
    return parts;
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
