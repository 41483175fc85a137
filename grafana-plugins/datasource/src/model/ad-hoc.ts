import type { FilterOperator } from '@coditect/contracts';
import type { QueryFilter } from '../types';

/** A dashboard-wide filter, as Grafana passes it with a request. */
export interface AdHocFilter {
  key: string;
  operator: string;
  value: string;
  values?: string[];
}

const listOperators: Readonly<Record<string, FilterOperator>> = { '=|': 'in', '!=|': 'not in' };
const textOperators: Readonly<Record<string, FilterOperator>> = {
  '=': '=',
  '!=': '!=',
  '=~': '=~',
  '!~': '!~',
};

/**
 * Translates dashboard-wide filters into ours. A filter that cannot apply to this KPI is not dropped in silence: it
 * comes back as a sentence in `unused`.
 *
 * @param dimensions what can be filtered by, `undefined` when that is not known
 * @param what is asked, as the sentence calls it
 */
export function fromAdHocFilters(
  filters: readonly AdHocFilter[],
  dimensions: readonly string[] | undefined,
  what = 'KPI',
): { filters: QueryFilter[]; unused: string[] } {
  const used: QueryFilter[] = [];
  const unused: string[] = [];
  for (const filter of filters) {
    const translated = translate(filter);
    if (translated === undefined) {
      unused.push(
        `The dashboard filter on "${filter.key}" is not used: operator "${filter.operator}" is not known.`,
      );
    } else if (dimensions !== undefined && !dimensions.includes(filter.key)) {
      unused.push(`The dashboard filter on "${filter.key}" is not used: this ${what} has no such dimension.`);
    } else {
      used.push(translated);
    }
  }
  return { filters: used, unused };
}

function translate({ key, operator, value, values }: AdHocFilter): QueryFilter | undefined {
  const list = listOperators[operator];
  if (list !== undefined) {
    return { dimension: key, operator: list, value: values?.length ? values : [value] };
  }
  const text = textOperators[operator];
  return text === undefined ? undefined : { dimension: key, operator: text, value };
}
