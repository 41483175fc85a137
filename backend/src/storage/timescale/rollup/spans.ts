/** A stretch of time `[fromMs, toMs)`, in epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch of a local day. Days are numbered since 1970-01-01. */
export interface DaySpan extends Span {
  readonly day: number;
}

const dayMs = 86_400_000;

export function toInstant(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : ms > 0 ? 'infinity' : '-infinity';
}

export function toDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The text of an array: both drivers send it as it is. */
export function toArray(values: readonly (string | number | boolean)[]): string {
  return `{${values.join(',')}}`;
}

/** The two arrays of instants, and what bounds them all: constants let the planner leave out chunks. */
export function toSpanParameters(spans: readonly Span[]): readonly [string, string, string, string] {
  const least = spans.reduce((min, { fromMs }) => Math.min(min, fromMs), Infinity);
  const most = spans.reduce((max, { toMs }) => Math.max(max, toMs), -Infinity);
  return [
    toArray(spans.map(({ fromMs }) => toInstant(fromMs))),
    toArray(spans.map(({ toMs }) => toInstant(toMs))),
    toInstant(least),
    toInstant(most),
  ];
}
