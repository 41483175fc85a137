import { rawSource } from '../storage/clickhouse/queries/sources.js';
import { cutAtGrains } from '../storage/clickhouse/queries/cut-at-grains.js';
import type { QueryPlan } from './query-plan.js';
import type { Range } from './time/buckets.js';

const quarterMs = 900_000;
const userDaysTable = 'user_days_v1';

/** What a plan reads, as the tables and the parts of its spans that come from single events. */
export interface PlannedReads {
  /** The aggregate first. */
  readonly tables: readonly string[];
  readonly rawRanges: readonly Range[];
}

/** Looks at both spans of a plan, the compared one too. */
export function listReads(plan: QueryPlan): PlannedReads {
  const parts = plan.kind === 'measures' ? readsOfMeasures(plan) : readsOfUsers(plan);
  const rawRanges = parts.flatMap((part) => part.rawRanges);
  const tables = [
    ...new Set(parts.flatMap((part) => (part.aggregate === undefined ? [] : [part.aggregate]))),
    ...(rawRanges.length > 0 ? [rawSource.table] : []),
  ];
  return { tables, rawRanges };
}

interface SpanReads {
  readonly aggregate: string | undefined;
  readonly rawRanges: readonly Range[];
}

function readsOfMeasures({
  source,
  current,
  previous,
}: Extract<QueryPlan, { kind: 'measures' }>): SpanReads[] {
  return spansRead(current, previous).map(({ range }) => {
    if (source.isRaw) return { aggregate: undefined, rawRanges: [range] };
    const { whole, edges } = cutAtGrains(range, source.grainMs);
    return { aggregate: whole === undefined ? undefined : source.table, rawRanges: edges };
  });
}

/** Days of users hold whole quarter hours; the one in which the span ends is read from single events. */
function readsOfUsers({ current, previous }: Extract<QueryPlan, { kind: 'activeUsers' }>): SpanReads[] {
  return spansRead(current, previous).map(({ endMs }) => {
    const wholeToMs = Math.floor(endMs / quarterMs) * quarterMs;
    const isWhole = wholeToMs === endMs;
    return { aggregate: userDaysTable, rawRanges: isWhole ? [] : [{ fromMs: wholeToMs, toMs: endMs }] };
  });
}

/** A compared span before 1970 is not read. */
function spansRead<S extends { readonly range: Range }>(current: S, previous: S | undefined): readonly S[] {
  return previous === undefined || previous.range.fromMs < 0 ? [current] : [current, previous];
}
