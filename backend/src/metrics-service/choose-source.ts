import type { Condition, Term } from '../storage/clickhouse/queries/measures-sql.js';
import type { DimensionName, Source } from '../storage/clickhouse/queries/sources.js';

export interface Need {
  readonly terms: readonly Term[];
  /** Grouped by or filtered by. */
  readonly dimensions: readonly DimensionName[];
  /** Instants on which a row of the source must not straddle. Epoch milliseconds. */
  readonly boundariesMs: readonly number[];
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
  if (where.statusCodeMin !== undefined && source.dimensions.statusCode === undefined) return false;
  const { onlyTypes } = source;
  return onlyTypes === undefined || (where.types?.every((type) => onlyTypes.includes(type)) ?? false);
}

/** The first source that can serve, in the order given. */
export function chooseSource(sources: readonly Source[], need: Need): Source | undefined {
  return sources.find((source) => canServe(source, need));
}
