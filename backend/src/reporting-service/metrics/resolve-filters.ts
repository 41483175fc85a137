import { RE2JS } from 're2js';
import type { DimensionFilter, DimensionName } from '../../storage/metric-reads.js';
import type { SqlExecutor } from '../../storage/postgres/sql-executor.js';
import { queryDistinctValues, type ReadScope } from '../../storage/timescale/queries/distinct-values.js';
import type { ResolvedFilter } from '../../storage/timescale/queries/filters.js';

/**
 * Regular expressions become the values that they match, of those that are there: the same RE2 as in ClickHouse, unanchored,
 * which PostgreSQL does not have.
 */
export async function resolveFilters<Name extends DimensionName>(
  executor: SqlExecutor,
  scope: ReadScope,
  filters: readonly DimensionFilter<Name>[],
): Promise<readonly ResolvedFilter<Name>[]> {
  const resolved: ResolvedFilter<Name>[] = [];
  for (const { dimension, operator, value } of filters) {
    if (operator !== '=~' && operator !== '!~') {
      resolved.push({ dimension, operator, value });
      continue;
    }
    const pattern = RE2JS.compile(typeof value === 'string' ? value : '', RE2JS.DOTALL);
    const values = await queryDistinctValues(executor, scope, dimension);
    const matching = values.filter((candidate) => pattern.test(candidate));
    resolved.push({ dimension, operator: operator === '=~' ? 'in' : 'not in', value: matching });
  }
  return resolved;
}
