import type { EventMatch, Filter, Interval } from '@coditect/contracts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** In the greatest unit that divides it: `7 days`, `90 minutes`. */
export function describeDuration(ms: number): string {
  for (const [name, unitMs] of units) {
    if (ms % unitMs === 0) return ms === unitMs ? `1 ${name}` : `${ms / unitMs} ${name}s`;
  }
  return `${ms} milliseconds`;
}

/** ` where team = "red" and agent in ("a", "b")`; nothing without filters. */
export function describeFilters(filters: readonly Filter[]): string {
  if (filters.length === 0) return '';
  const parts = filters.map(({ dimension, operator, value }) => {
    const values = Array.isArray(value)
      ? `(${value.map((text) => JSON.stringify(text)).join(', ')})`
      : JSON.stringify(value);
    return `${dimension} ${operator} ${values}`;
  });
  return ` where ${parts.join(' and ')}`;
}

/** `ai.coditect.agent.run.finished.v1 where status = "succeeded"`. */
export function describeMatch({ type, filters }: EventMatch): string {
  return `${type ?? 'any event'}${describeFilters(filters)}`;
}

/** As in "the … before", "each …". */
export function describeInterval(interval: Interval): string {
  const names: Partial<Record<Interval, string>> = { '1d': 'day', '1w': 'week', '1M': 'month' };
  return names[interval] ?? interval;
}
