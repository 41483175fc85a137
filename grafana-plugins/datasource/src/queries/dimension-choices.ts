import type { KpiDescription, MetricQueryInput } from '@coditect/contracts';
import { catchError, firstValueFrom, from, map, type Observable } from 'rxjs';
import type { MetricsClient, Origin } from '../metrics-client';
import type { QueryFilter } from '../types';

const quarterMs = 15 * 60_000;
const limitDefault = 1_000;

export interface ValuesQuestion {
  dimension: string;
  prefix?: string | undefined;
  limit?: number | undefined;
  /** What else the events of a value must be. */
  filters: readonly QueryFilter[];
  /** When; milliseconds since 1970. Without it, ever. */
  range?: { fromMs: number; toMs: number } | undefined;
}

/**
 * Values of a dimension, the most frequent first. Without filters they come from the service's list of values; with
 * filters from the aggregates of a KPI that counts by all of the dimensions. Never from single events: filters that no
 * such KPI knows are left out, and more values are offered than there are.
 */
export function readDimensionValues(
  question: ValuesQuestion,
  client: Pick<MetricsClient, 'dimensionValues' | 'query'>,
  kpis: readonly KpiDescription[],
  origin: Origin,
): Promise<string[]> {
  const { dimension, prefix, limit } = question;
  const listed = () => client.dimensionValues(dimension, prefix, limit ?? limitDefault);
  const planned = planValues(question, kpis);
  if (planned === undefined) {
    return listed();
  }
  const counted: Observable<string[]> = client.query(planned, origin).pipe(
    map(({ rows }) => rows.map(([value]) => String(value ?? ''))),
    catchError(() => from(listed())),
  );
  return firstValueFrom(counted);
}

/** The question for the values that occur together with others, `undefined` where the list of values has to do. */
export function planValues(
  question: ValuesQuestion,
  kpis: readonly KpiDescription[],
): MetricQueryInput | undefined {
  const { dimension, prefix, limit, range } = question;
  const own = question.filters.filter((filter) => filter.dimension !== dimension);
  const filters = own.filter(
    (filter) => isRequestDimension(filter.dimension) === isRequestDimension(dimension),
  );
  const kpi = findCounter(kpis, dimension, filters);
  const known = filters.filter((filter) => kpi?.dimensions.includes(filter.dimension));
  if (kpi === undefined || known.length === 0 || range === undefined) {
    return undefined;
  }
  const starting: QueryFilter[] = prefix
    ? [{ dimension, operator: '=~', value: `(?i)^${escapeExpression(prefix)}` }]
    : [];
  return {
    metric: kpi.id,
    // Whole quarters of an hour are what aggregates are made of.
    range: {
      from: new Date(Math.floor(range.fromMs / quarterMs) * quarterMs).toISOString(),
      to: new Date(Math.ceil(range.toMs / quarterMs) * quarterMs).toISOString(),
    },
    total: true,
    groupBy: [dimension],
    filters: [...known, ...starting],
    limit: limit ?? limitDefault,
  };
}

/** Aggregates know either what a request to the API was or what a person did, never both of one event. */
const requestDimensions: ReadonlySet<string> = new Set(['route', 'method', 'statusCode']);

function isRequestDimension(name: string): boolean {
  return requestDimensions.has(name);
}

/** The KPI that counts events by the dimension and by most of the filters. */
function findCounter(
  kpis: readonly KpiDescription[],
  dimension: string,
  filters: readonly QueryFilter[],
): KpiDescription | undefined {
  const fits = ({ dimensions }: KpiDescription) =>
    filters.filter((filter) => dimensions.includes(filter.dimension)).length;
  const counters = kpis.filter(
    ({ unit, dimensions, eventTypes }) =>
      unit === 'count' && dimensions.includes(dimension) && eventTypes !== undefined,
  );
  // Of two that fit alike, the one that counts more kinds of events knows more values.
  const breadth = ({ eventTypes = [] }: KpiDescription) =>
    eventTypes.length === 0 ? Number.MAX_SAFE_INTEGER : eventTypes.length;
  return [...counters].sort((one, other) => fits(other) - fits(one) || breadth(other) - breadth(one))[0];
}

function escapeExpression(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
