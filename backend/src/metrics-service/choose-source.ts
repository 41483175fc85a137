import { refuse } from '../metric-queries/refuse.js';
import type { MeasurePlan, Span } from '../metric-queries/query-plan.js';
import { matchesOf, type Condition, type DimensionName, type Term } from '../storage/metric-reads.js';
import { rawSource, sources, type Source } from '../storage/clickhouse/queries/sources.js';
import type { RawLimits } from './raw-limits.js';

const dayMs = 86_400_000;

interface Need {
  readonly terms: readonly Term[];
  /** Grouped by or filtered by. */
  readonly dimensions: readonly DimensionName[];
  /** Instants on which a row of the source must not straddle. Epoch milliseconds. */
  readonly boundariesMs: readonly number[];
}

/** The smallest table that can tell what a plan wants to know. Throws 422 `grain_not_available`. */
export function chooseSource(plan: MeasurePlan, limits: RawLimits, nowMs: number): Source {
  if (prefersRaw(plan, limits, nowMs)) return rawSource;
  const spans = spansOf(plan);
  const need = {
    terms: plan.terms,
    dimensions: [...plan.groupBy, ...plan.filters.map((filter) => filter.dimension)],
    boundariesMs: plan.interval === undefined ? [] : spans.flatMap((span) => innerBoundaries(span)),
  };
  const source = sources.find((candidate) => canServe(candidate, need));
  if (source === undefined) throw new Error(`no source serves ${plan.kpi.id}`);
  const { range } = plan.current;
  const limit = limits.rangeDaysMax;
  if (source.isRaw && range.toMs - range.fromMs > limit * dayMs) {
    throw refuse(
      'grain_not_available',
      `This combination is read from single events, at most ${limit} days of them. Take fewer dimensions, or a shorter range.`,
      { pointer: '/range', limit },
    );
  }
  return source;
}

/**
 * Merging a sketch costs as much as reading some forty events, and rows of aggregates seldom hold as many: quantiles
 * of a short range are read from events, as long as those are sure to be there still.
 */
function prefersRaw(plan: MeasurePlan, limits: RawLimits, nowMs: number): boolean {
  if (!plan.terms.some((term) => term.kind === 'quantile')) return false;
  // Two days for clocks that differ and merges that are late.
  const keptFromMs = nowMs - (limits.retentionDays - 2) * dayMs;
  return spansOf(plan).every(
    ({ range: { fromMs, toMs } }) => fromMs >= keptFromMs && toMs - fromMs <= limits.preferredDaysMax * dayMs,
  );
}

function spansOf({ current, previous }: MeasurePlan): readonly Span[] {
  return previous === undefined ? [current] : [current, previous];
}

/** Where one bucket ends and the next begins: the ends of the range are exact from any source. */
function innerBoundaries(span: Span): readonly number[] {
  return span.buckets.startsMs.slice(1);
}

/** Can the source answer without guessing: has it the columns, the types and a grain that fits between the boundaries? */
function canServe(source: Source, need: Need): boolean {
  return (
    need.terms.every((term) => hasTerm(source, term)) &&
    need.dimensions.every((name) => source.dimensions[name] !== undefined) &&
    need.boundariesMs.every((boundary) => boundary % source.grainMs === 0)
  );
}

function hasTerm(source: Source, term: Term): boolean {
  if (!hasCondition(source, term.where)) return false;
  if (term.kind === 'sum') return term.columns.every((name) => source.sums[name] !== undefined);
  return term.kind === 'count' || source.hasDurations;
}

function hasCondition(source: Source, where: Condition): boolean {
  if (where.status !== undefined && source.dimensions.status === undefined) return false;
  const { statusCodeMin, statusCodeMax } = where;
  const asksStatusCode = statusCodeMin !== undefined || statusCodeMax !== undefined;
  if (asksStatusCode && source.dimensions.statusCode === undefined) return false;
  if (matchesOf(where).some(({ dimension }) => source.dimensions[dimension] === undefined)) return false;
  const { onlyTypes } = source;
  return onlyTypes === undefined || (where.types?.every((type) => onlyTypes.includes(type)) ?? false);
}
