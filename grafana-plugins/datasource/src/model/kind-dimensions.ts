import type { AnalyticsQuery, KpiQuery, QueryFilter } from '../types';
import { eventOnlyDimensions, isAttribute } from './event-dimensions';
import { explainFilters, hasVariable } from './problems';
import { oneOf } from './read-json';
import { isOperator } from './unknown-operators';

type OtherQuery = Exclude<AnalyticsQuery, KpiQuery>;

const ofSeats = ['team', 'project'];

/**
 * What a query that is of no KPI can be filtered by.
 *
 * @param dimensions of the catalogue, empty while it is not at hand
 */
export function dimensionsOf(query: OtherQuery, dimensions: readonly string[]): string[] {
  if (isOfSeats(query)) {
    return [...ofSeats];
  }
  return isOfEvents(query) ? [...dimensions, ...eventOnlyDimensions] : [...dimensions];
}

/** Why the service would refuse a dimension in such a query, and what to do. */
export function explainDimension(
  query: OtherQuery,
  name: string,
  dimensions: readonly string[],
): string | undefined {
  const known = dimensionsOf(query, dimensions);
  const isTaken = known.includes(name) || (isOfEvents(query) && isAttribute(name));
  if (name === '' || isTaken || hasVariable(name)) {
    return undefined;
  }
  if (isOfSeats(query)) {
    return 'Seats are known by team and project only. Choose one of them.';
  }
  if (dimensions.length === 0) {
    return undefined;
  }
  const choice = `Choose one of ${known.join(', ')}`;
  if (isOfEvents(query)) {
    return `There is no dimension "${name}" here. ${choice}, or "attributes." with a name.`;
  }
  return oneOf(eventOnlyDimensions, name) !== undefined || isAttribute(name)
    ? `Only searches and marks of single events know "${name}". ${choice}.`
    : `There is no dimension "${name}" here. ${choice}.`;
}

/** By the filter's position. */
export function explainKindFilters(
  query: OtherQuery,
  filters: readonly QueryFilter[],
  dimensions: readonly string[],
): Readonly<Record<number, string>> {
  const isOfBudgets = query.kind === 'annotations' && query.annotations.kind === 'budgets';
  return explainFilters(filters, ({ dimension, operator }) => {
    const problem = explainDimension(query, dimension, dimensions);
    if (problem !== undefined) {
      return problem.replace(/\.$/u, ', or remove the filter.');
    }
    const isRefused = isOfBudgets && isOperator(operator) && operator !== '=' && operator !== 'in';
    return isRefused ? `Budgets know no "${operator}". Choose "=" or "in".` : undefined;
  });
}

function isOfSeats({ kind }: OtherQuery): boolean {
  return kind === 'seats' || kind === 'seatTransitions';
}

/** Budgets are of dimensions of KPIs, also where they are marked. */
function isOfEvents(query: OtherQuery): boolean {
  return query.kind === 'events' || (query.kind === 'annotations' && query.annotations.kind !== 'budgets');
}
