import type { CompareTo, FilterOperator, Interval } from '@coditect/contracts';
import type { AnalyticsQuery, AnalyticsVariableQuery, QueryFilter } from './types';

const querySchemaVersion = 1;

export const intervals = ['1m', '5m', '15m', '1h', '1d', '1w', '1M'] as const satisfies readonly Interval[];
export const comparisons = [
  'none',
  'previousPeriod',
  'lastWeek',
  'lastMonth',
  'lastYear',
] as const satisfies readonly CompareTo[];
export const operators = ['=', '!=', 'in', 'not in', '=~', '!~'] as const satisfies readonly FilterOperator[];

/** What a new query starts with. */
export const defaultQuery = {
  metric: '',
  groupBy: [],
  filters: [],
  interval: 'auto',
  format: 'timeseries',
  compareTo: 'none',
  timeZone: 'dashboard',
  schemaVersion: querySchemaVersion,
} satisfies Omit<AnalyticsQuery, 'refId'>;

/**
 * Reads a saved query of any age (or one written by hand into a dashboard file) as today's. Unknown values fall back
 * to the defaults; fields that Grafana adds (`refId`, `hide`, `datasource`) are kept.
 */
export function migrateQuery(saved: unknown): AnalyticsQuery {
  const query = isRecord(saved) ? saved : {};
  const legend = readText(query['legend']);
  const limit = readLimit(query['limit']);
  return {
    ...grafanaFields(query),
    metric: readText(query['metric']) ?? defaultQuery.metric,
    groupBy: readTexts(query['groupBy']),
    filters: readFilters(query['filters']),
    interval: oneOf(['auto', ...intervals] as const, query['interval']) ?? defaultQuery.interval,
    // `total: true` is the service's own spelling and the natural one to write by hand.
    format: query['format'] === 'table' || query['total'] === true ? 'table' : 'timeseries',
    compareTo: oneOf(comparisons, query['compareTo']) ?? defaultQuery.compareTo,
    timeZone: readText(query['timeZone']) ?? defaultQuery.timeZone,
    ...(legend !== undefined && { legend }),
    ...(limit !== undefined && { limit }),
    ...(typeof query['withTotal'] === 'boolean' && { withTotal: query['withTotal'] }),
    schemaVersion: querySchemaVersion,
  };
}

/** Reads a saved variable query; a bare word is the dimension of that name, `kpis` is the list of KPIs. */
export function migrateVariableQuery(saved: unknown): AnalyticsVariableQuery {
  const refId = 'coditect-variable';
  if (typeof saved === 'string') {
    const word = saved.trim();
    return word === 'kpis' ? { refId, kind: 'kpis' } : { refId, kind: 'dimensionValues', dimension: word };
  }
  const query = isRecord(saved) ? saved : {};
  if (query['kind'] === 'kpis') {
    return { refId, kind: 'kpis' };
  }
  const prefix = readText(query['prefix']);
  return {
    refId,
    kind: 'dimensionValues',
    dimension: readText(query['dimension']) ?? '',
    ...(prefix !== undefined && { prefix }),
  };
}

function grafanaFields(
  query: Record<string, unknown>,
): Pick<AnalyticsQuery, 'refId' | 'hide' | 'key' | 'datasource'> {
  const key = readText(query['key']);
  const source = query['datasource'];
  const uid = isRecord(source) ? readText(source['uid']) : undefined;
  const type = isRecord(source) ? readText(source['type']) : undefined;
  return {
    refId: readText(query['refId']) ?? 'A',
    ...(typeof query['hide'] === 'boolean' && { hide: query['hide'] }),
    ...(key !== undefined && { key }),
    ...(isRecord(source) && {
      datasource: { ...(uid !== undefined && { uid }), ...(type !== undefined && { type }) },
    }),
  };
}

function readFilters(filters: unknown): QueryFilter[] {
  return Array.isArray(filters) ? filters.flatMap((filter: unknown) => readFilter(filter)) : [];
}

function readFilter(filter: unknown): QueryFilter[] {
  if (!isRecord(filter)) {
    return [];
  }
  const operator = filter['operator'] === 'regex' ? '=~' : oneOf(operators, filter['operator']);
  const value = Array.isArray(filter['value'])
    ? readTexts(filter['value'])
    : (readText(filter['value']) ?? '');
  return [{ dimension: readText(filter['dimension']) ?? '', operator: operator ?? '=', value }];
}

function readLimit(limit: unknown): number | undefined {
  const number = Number(limit);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

function readTexts(texts: unknown): string[] {
  if (typeof texts === 'string' && texts !== '') {
    return [texts];
  }
  return Array.isArray(texts)
    ? texts.filter((text): text is string => typeof text === 'string' && text !== '')
    : [];
}

function readText(text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
