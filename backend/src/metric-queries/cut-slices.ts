import type { MeasurePlan, Span } from './query-plan.js';

/** The plan of a series as plans of at most `bucketsMax` buckets each, in order; the compared span is cut alike. */
export function* cutSlices(plan: MeasurePlan, bucketsMax: number): Generator<MeasurePlan> {
  const { length } = plan.current.buckets.startsMs;
  for (let from = 0; from < length; from += bucketsMax) {
    const to = Math.min(from + bucketsMax, length);
    const current = cutSpan(plan.current, from, to);
    yield { ...plan, current, previous: plan.previous && cutSpan(plan.previous, from, to) };
  }
}

/** A range before 1970 holds nothing; so does that of buckets which are not there. */
const nothing: Span = { range: { fromMs: -1, toMs: -1 }, buckets: { startsMs: [], endMs: -1 } };

function cutSpan({ range, buckets }: Span, from: number, to: number): Span {
  const startsMs = buckets.startsMs.slice(from, to);
  const [first] = startsMs;
  if (first === undefined || range.fromMs < 0) return nothing;
  const next = buckets.startsMs[to];
  return {
    range: { fromMs: Math.max(range.fromMs, first), toMs: Math.min(range.toMs, next ?? range.toMs) },
    buckets: { startsMs, endMs: next ?? buckets.endMs },
  };
}
