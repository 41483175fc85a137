import type { Interval, KpiDescription } from '@coditect/contracts';
import type { KpiQuery, QueryFilter } from '../types';
import { intervals } from './choices';
import { allowedIntervals } from './interval';
import { oneOf } from './read-json';
import { listNames } from './template';
import { explainOperator, isOperator } from './unknown-operators';
import { toExpression } from './variable-choices';

/** What the editor says in place; a missing entry means that the choice is fine. */
export interface QueryProblems {
  metric?: string;
  groupBy?: string;
  interval?: string;
  /** By the filter's position. */
  filters: Readonly<Record<number, string>>;
}

const groupByMax = 4;
const searchCharsMax = 512;

/**
 * Says which choices of a query the service would refuse, before it is asked. Texts with template variables are left
 * alone, because their values are only known when the query runs.
 *
 * @param kpis the catalogue, `undefined` while it is not at hand: then nothing can be said
 */
export function explainProblems(query: KpiQuery, kpis: readonly KpiDescription[] | undefined): QueryProblems {
  const kpi = kpis?.find(({ id }) => id === query.metric);
  const metric = explainMetric(query.metric, kpis, kpi);
  const groupBy = explainGroupBy(query.groupBy, kpi);
  const interval = explainInterval(query, kpi);
  return {
    ...(metric !== undefined && { metric }),
    ...(groupBy !== undefined && { groupBy }),
    ...(interval !== undefined && { interval }),
    filters: explainFilters(query.filters, ({ dimension }) => explainOwn(dimension, kpi)),
  };
}

/** By the filter's position: what no kind of query could use, and what `explain` says of one. */
export function explainFilters(
  filters: readonly QueryFilter[],
  explain: (filter: QueryFilter) => string | undefined = () => undefined,
): Readonly<Record<number, string>> {
  return Object.fromEntries(
    filters.flatMap((filter, index) => {
      const problem = explainFilter(filter, explain);
      return problem === undefined ? [] : [[index, problem]];
    }),
  );
}

function explainMetric(
  metric: string,
  kpis: readonly KpiDescription[] | undefined,
  kpi: KpiDescription | undefined,
): string | undefined {
  if (metric === '' || kpis === undefined || kpi !== undefined || hasVariable(metric)) {
    return undefined;
  }
  const unknown = listNames(metric).filter((name) => !kpis.some(({ id }) => id === name));
  return unknown.length === 0
    ? undefined
    : `The catalogue has no KPI "${unknown.join('", "')}". Choose one of its KPIs.`;
}

function explainGroupBy(groupBy: readonly string[], kpi: KpiDescription | undefined): string | undefined {
  const foreign = kpi ? groupBy.filter((name) => !hasVariable(name) && !kpi.dimensions.includes(name)) : [];
  if (foreign.length > 0) {
    return `${kpi?.title ?? ''} cannot be split by ${foreign.join(', ')}. ${kpi ? chooseFrom(kpi) : ''}.`;
  }
  return groupBy.length > groupByMax ? `At most ${groupByMax} dimensions can be combined.` : undefined;
}

function explainInterval(query: KpiQuery, kpi: KpiDescription | undefined): string | undefined {
  const interval = oneOf(intervals, query.interval);
  if (interval === undefined || query.format === 'table' || !kpi) {
    return undefined;
  }
  return allowedIntervals(kpi.smallestInterval).includes(interval)
    ? undefined
    : `${kpi.title} has no value per ${intervalWords[interval]}; its smallest interval is ${intervalWords[kpi.smallestInterval]}.`;
}

function explainFilter(
  filter: QueryFilter,
  explain: (filter: QueryFilter) => string | undefined,
): string | undefined {
  if (filter.dimension === '') {
    return 'Choose a dimension; until then the filter is not used.';
  }
  return explain(filter) ?? explainValue(filter);
}

function explainOwn(dimension: string, kpi: KpiDescription | undefined): string | undefined {
  return kpi && !hasVariable(dimension) && !kpi.dimensions.includes(dimension)
    ? `${kpi.title} cannot be filtered by ${dimension}. ${chooseFrom(kpi)}, or remove the filter.`
    : undefined;
}

function chooseFrom({ dimensions }: KpiDescription): string {
  return dimensions.length === 0 ? 'It has no dimensions' : `Choose one of ${dimensions.join(', ')}`;
}

function explainValue({ operator, value }: QueryFilter): string | undefined {
  if (!isOperator(operator)) {
    return capitalised(explainOperator(operator));
  }
  const isExpression = operator === '=~' || operator === '!~';
  if (value.length > 0 || (value === '' && !isExpression)) {
    return undefined;
  }
  const what = operator === 'in' || operator === 'not in' ? 'at least one value' : 'a value';
  return `Choose ${what}; until then the filter is not used.`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How an interval is called in sentences and menus. */
export const intervalWords: Readonly<Record<Interval, string>> = {
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '1d': '1 day',
  '1w': '1 week',
  '1M': '1 month',
};

export function hasVariable(text: string): boolean {
  return /\$\w|\$\{|\[\[/u.test(text);
}

/** Of words that events are looked for by. */
export function explainSearch(search: string | undefined): string | undefined {
  if (search === undefined || hasVariable(search) || search.length <= searchCharsMax) {
    return undefined;
  }
  return `A search has at most ${searchCharsMax} characters, and this one has ${search.length}. Shorten it.`;
}

/** Of an expression that is matched in the browser. */
export function explainRegex(expression: string | undefined): string | undefined {
  if (expression === undefined || expression === '' || hasVariable(expression)) {
    return undefined;
  }
  try {
    toExpression(expression);
    return undefined;
  } catch {
    return 'This is no regular expression; until then nothing is listed.';
  }
}
