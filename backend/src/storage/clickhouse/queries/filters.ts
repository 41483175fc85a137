import type { DimensionFilter } from '../../metric-reads.js';
import type { ParamBinder } from './param-binder.js';

/** SQL for filters over expressions of a closed list; every value is bound. Throws when an expression is missing. */
export function filtersSql<Name extends string>(
  filters: readonly DimensionFilter<Name>[],
  expressionOf: Readonly<Partial<Record<Name, string>>>,
  bind: ParamBinder['bind'],
): readonly string[] {
  return filters.map((filter) => {
    const expression: string | undefined = expressionOf[filter.dimension];
    if (expression === undefined) throw new Error(`no column for ${filter.dimension}`);
    return filterSql(filter, expression, bind);
  });
}

function filterSql(filter: DimensionFilter<string>, expression: string, bind: ParamBinder['bind']): string {
  switch (filter.operator) {
    case '=':
    case '!=':
      return `${expression} ${filter.operator} ${bind(filter.value, 'String')}`;
    case 'in':
      return `${expression} IN ${bind(filter.value, 'Array(String)')}`;
    case 'not in':
      return `${expression} NOT IN ${bind(filter.value, 'Array(String)')}`;
    case '=~':
      return `match(${expression}, ${bind(filter.value, 'String')})`;
    case '!~':
      return `NOT match(${expression}, ${bind(filter.value, 'String')})`;
  }
}
