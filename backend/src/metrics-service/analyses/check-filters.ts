import type { EventMatch, Filter } from '@coditect/contracts';
import { kpiDimensions } from '../../kpis/kpi.js';
import { findNearestName } from '../../kpis/nearest-name.js';
import { checkPattern } from '../../metric-queries/check-patterns.js';
import { refuse } from '../../metric-queries/refuse.js';
import { rawSource } from '../../storage/clickhouse/queries/sources.js';
import type { DimensionFilter, DimensionName, UserDimensionName } from '../../storage/metric-reads.js';

/** A regular expression, and where it stands in the question. */
export interface Pattern {
  readonly expression: string;
  readonly pointer: string;
}

export interface CheckedFilters {
  readonly filters: readonly DimensionFilter<DimensionName>[];
  readonly patterns: readonly Pattern[];
}

export interface CheckedMatch extends CheckedFilters {
  readonly type?: string;
}

const dimensions = kpiDimensions.filter((name) => rawSource.dimensions[name] !== undefined);

/** Any dimension of single events. Throws 422 `dimension_unknown` with the pointer. */
export function checkDimension(name: string, pointer: string): DimensionName {
  const known = dimensions.find((dimension) => dimension === name);
  if (known !== undefined) return known;
  const nearest = findNearestName(name, dimensions);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  const reason = `There is no dimension of this name.${hint} There are: ${dimensions.join(', ')}.`;
  throw refuse('dimension_unknown', reason, { pointer });
}

/** Throws also 422 `too_many_filter_values`. The pointer is that of the list. */
export function checkFilters(filters: readonly Filter[], pointer: string, valuesMax: number): CheckedFilters {
  const patterns: Pattern[] = [];
  const checked = filters.map(({ dimension, operator, value }, index) => {
    const place = `${pointer}/${index}`;
    if (Array.isArray(value) && value.length > valuesMax) {
      const reason = `A filter takes at most ${valuesMax} values.`;
      throw refuse('too_many_filter_values', reason, { pointer: `${place}/value`, limit: valuesMax });
    }
    if ((operator === '=~' || operator === '!~') && typeof value === 'string')
      patterns.push({ expression: value, pointer: `${place}/value` });
    return { dimension: checkDimension(dimension, `${place}/dimension`), operator, value };
  });
  return { filters: checked, patterns };
}

/** Throws like `checkFilters`. The pointer is that of the match. */
export function checkMatch({ type, filters }: EventMatch, pointer: string, valuesMax: number): CheckedMatch {
  return {
    ...checkFilters(filters, `${pointer}/filters`, valuesMax),
    ...(type !== undefined && { type }),
  };
}

/** Those filters as they apply to the days of users, `undefined` where these can't tell. */
export function toUserFilters(
  filters: readonly DimensionFilter<DimensionName>[],
): readonly DimensionFilter<UserDimensionName>[] | undefined {
  const ofUsers: DimensionFilter<UserDimensionName>[] = [];
  for (const { dimension, operator, value } of filters) {
    if (dimension !== 'team' && dimension !== 'project' && dimension !== 'domain') return undefined;
    ofUsers.push({ dimension, operator, value });
  }
  return ofUsers;
}

/** Compiles expressions on their own first, so that a bad one is named by its place. Throws 400 `regex_invalid`. */
export async function checkPatterns(
  patterns: readonly Pattern[],
  checkRegex: (expression: string, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (const { expression, pointer } of patterns) {
    await checkPattern(expression, pointer, (pattern) => checkRegex(pattern, signal));
  }
}
