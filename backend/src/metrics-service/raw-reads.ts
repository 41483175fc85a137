import type { Notice } from '@coditect/contracts';
import type { QueryPlan, StatesPlan } from '../metric-queries/query-plan.js';
import type { Range } from '../metric-queries/time/buckets.js';
import { cutAtGrains } from '../storage/clickhouse/queries/cut-at-grains.js';
import { rawSource, type Source } from '../storage/clickhouse/queries/sources.js';
import { listUserTables, seatChangesTable, userFirstsTable } from './state-tables.js';

const quarterMs = 900_000;

/** What a plan reads, as the tables and the parts of its spans that come from single events. */
export interface PlannedReads {
  /** The aggregate first. */
  readonly tables: readonly string[];
  readonly rawRanges: readonly Range[];
}

interface SpanReads {
  readonly aggregate: string | undefined;
  readonly rawRanges: readonly Range[];
}

/** Looks at both spans of a plan, the compared one too. */
export function listReadsOfMeasures(
  { current, previous }: Extract<QueryPlan, { kind: 'measures' }>,
  source: Source,
): PlannedReads {
  return collectReads(
    spansRead(current, previous).map(({ range }) => {
      if (source.isRaw) return { aggregate: undefined, rawRanges: [range] };
      if (source.isOfDays === true) return { aggregate: source.table, rawRanges: [] };
      const { whole, edges } = cutAtGrains(range, source.grainMs);
      return { aggregate: whole === undefined ? undefined : source.table, rawRanges: edges };
    }),
  );
}

/** Days of users hold whole quarter hours; those in which the span begins and ends are read from single events. */
export function listReadsOfUsers({
  current,
  previous,
  terms,
  filters,
  groupBy,
}: Extract<QueryPlan, { kind: 'activeUsers' }>): PlannedReads {
  const tables = terms.flatMap(({ domain }) =>
    listUserTables(groupBy, filters, domain === undefined ? [] : [{ dimension: 'domain' }]),
  );
  return collectReads(
    spansRead(current, previous).flatMap(({ startMs = 0, endMs }) => {
      const { edges } = cutAtGrains({ fromMs: startMs, toMs: endMs }, quarterMs);
      return tables.map((aggregate, index) => ({ aggregate, rawRanges: index === 0 ? edges : [] }));
    }),
  );
}

/** Days of users, with the changes of seats where the plan is about those; or first uses. No single events. */
export function listReadsOfStates(plan: StatesPlan): PlannedReads {
  return { tables: tablesOfStates(plan), rawRanges: [] };
}

function tablesOfStates(plan: StatesPlan): readonly string[] {
  switch (plan.kind) {
    case 'firsts':
      return [userFirstsTable];
    // Whoever has a seat may be active anywhere.
    case 'seats':
      return [seatChangesTable, ...listUserTables([], [])];
    case 'depth':
      return listUserTables(plan.groupBy, plan.filters);
    case 'lifecycle':
    case 'cohorts':
      return listUserTables(plan.groupBy, plan.filters, [], true);
  }
}

/** Of both sides of a ratio. */
export function joinReads(left: PlannedReads, right: PlannedReads): PlannedReads {
  const aggregates = [left, right].flatMap(({ tables }) => tables.filter((name) => name !== rawSource.table));
  const rawRanges = [...left.rawRanges, ...right.rawRanges];
  const raw = rawRanges.length > 0 ? [rawSource.table] : [];
  return { tables: [...new Set(aggregates), ...raw], rawRanges };
}

function collectReads(parts: readonly SpanReads[]): PlannedReads {
  const rawRanges = parts.flatMap((part) => part.rawRanges);
  const tables = [
    ...new Set(parts.flatMap((part) => (part.aggregate === undefined ? [] : [part.aggregate]))),
    ...(rawRanges.length > 0 ? [rawSource.table] : []),
  ];
  return { tables, rawRanges };
}

/** A compared span before 1970 is not read. */
function spansRead<S extends { readonly range: Range }>(current: S, previous: S | undefined): readonly S[] {
  return previous === undefined || previous.range.fromMs < 0 ? [current] : [current, previous];
}

/**
 * Retention counts from receipt, which a question does not know: an event that happened after the line is there, one
 * from before it may be. A lost edge is a sliver of the range, lost events of a raw read may be all of it.
 */
export function noticesOfRetention(reads: PlannedReads, asOfMs: number, retentionDays: number): Notice[] {
  const keptFromMs = asOfMs - retentionDays * 86_400_000;
  const old = reads.rawRanges.filter((range) => range.fromMs < keptFromMs);
  if (old.length === 0) return [];
  const code = 'raw_retention';
  const kept = `Single events are kept for ${retentionDays} days from their receipt`;
  if (reads.tables.length === 1)
    return [{ severity: 'warning', code, text: `${kept}; of this range some may be gone.` }];
  const parts = old.map(
    ({ fromMs, toMs }) => `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`,
  );
  const text = `${kept}; what lies beside whole grains is read from them, and of ${parts.join(' and ')} some may be gone.`;
  return [{ severity: 'info', code, text }];
}
