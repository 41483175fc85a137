import type { DataQuery } from '@grafana/data';
import { comparisons, intervals, queryKinds } from './model/choices';
import {
  isRecord,
  oneOf,
  readChoice,
  readCount,
  readFilters,
  readFlag,
  readRecord,
  readText,
  readTexts,
} from './model/read-json';
import {
  readAnnotations,
  readBudget,
  readEvents,
  readFunnel,
  readLifecycle,
  readPaths,
  readRetention,
  readSeats,
} from './model/saved-settings';
import type {
  AnalyticsQuery,
  AnalyticsVariableQuery,
  DimensionValuesVariable,
  KpiQuery,
  MarkWhen,
  QueryKind,
  TableOrder,
  UnreadableQuery,
} from './types';

/**
 * 1: questions for a KPI, the only kind. 2: a query is of a `kind`, and tables have an order and totals. Written by
 * hand into a dashboard file, a query has no version.
 */
export const querySchemaVersion = 2;

/** What a new query starts with. */
export const defaultQuery = {
  kind: 'kpi',
  metric: '',
  groupBy: [],
  filters: [],
  interval: 'auto',
  format: 'timeseries',
  compareTo: 'none',
  timeZone: 'dashboard',
  schemaVersion: querySchemaVersion,
} satisfies Omit<KpiQuery, 'refId'>;

/**
 * Reads a saved query of any age (or one written by hand into a dashboard file) as today's. Unknown values fall back
 * to the defaults; fields that Grafana adds (`refId`, `hide`, `datasource`) are kept. One of a later version or of an
 * unknown kind is left alone and says so.
 */
export function migrateQuery(saved: unknown): AnalyticsQuery | UnreadableQuery {
  const query = readRecord(saved);
  const fields = grafanaFields(query);
  const version = query['schemaVersion'];
  if (typeof version === 'number' && version > querySchemaVersion) {
    return unreadable(
      fields,
      `This query was saved by a later version of the data source (query ${version}).`,
    );
  }
  const kind = query['kind'] === undefined ? 'kpi' : oneOf(queryKinds, query['kind']);
  if (kind === undefined) {
    return unreadable(
      fields,
      `This version of the data source has no queries of the kind "${nameOf(query)}".`,
    );
  }
  return readKind(kind, query, {
    ...fields,
    timeZone: readText(query['timeZone']) ?? defaultQuery.timeZone,
    schemaVersion: querySchemaVersion,
  });
}

/** Whether a saved query can be shown, asked and written back. */
export function isReadable(query: AnalyticsQuery | UnreadableQuery): query is AnalyticsQuery {
  return query.kind !== 'unreadable';
}

/** Reads a saved variable query; a bare word is the dimension of that name, `kpis` and `teams` are lists. */
export function migrateVariableQuery(saved: unknown): AnalyticsVariableQuery {
  const refId = 'coditect-variable';
  if (typeof saved === 'string') {
    const word = saved.trim();
    const preset = oneOf(['kpis', 'teams'], word);
    return preset ? { refId, kind: preset } : { refId, kind: 'dimensionValues', dimension: word };
  }
  const query = readRecord(saved);
  const [family, metric] = [readText(query['family']), readText(query['metric'])];
  switch (query['kind']) {
    case 'kpis':
      return { refId, kind: 'kpis', ...(family !== undefined && { family }) };
    case 'dimensions':
      return { refId, kind: 'dimensions', ...(metric !== undefined && { metric }) };
    case 'teams':
      return { refId, kind: 'teams' };
    default:
      return { refId, ...readDimensionValues(query) };
  }
}

type SavedFields = Pick<
  AnalyticsQuery,
  'refId' | 'hide' | 'key' | 'datasource' | 'timeZone' | 'schemaVersion'
>;

function readKind(kind: QueryKind, query: Record<string, unknown>, fields: SavedFields): AnalyticsQuery {
  const settings = readRecord(query[kind]);
  switch (kind) {
    case 'kpi':
      return readKpi(query, fields);
    case 'funnel':
      return { ...fields, kind, funnel: readFunnel(settings) };
    case 'retention':
      return { ...fields, kind, retention: readRetention(settings) };
    case 'lifecycle':
      return { ...fields, kind, lifecycle: readLifecycle(settings) };
    case 'paths':
      return { ...fields, kind, paths: readPaths(settings) };
    case 'seats':
      return { ...fields, kind, seats: readSeats(settings) };
    case 'seatTransitions':
      return { ...fields, kind, seatTransitions: { filters: readFilters(settings['filters']) } };
    case 'budget':
      return { ...fields, kind, budget: readBudget(settings) };
    case 'events':
      return { ...fields, kind, events: readEvents(settings) };
    case 'annotations':
      return { ...fields, kind, annotations: readAnnotations(settings) };
  }
}

function readKpi(query: Record<string, unknown>, fields: SavedFields): KpiQuery {
  return {
    ...fields,
    kind: 'kpi',
    metric: readText(query['metric']) ?? defaultQuery.metric,
    groupBy: readTexts(query['groupBy']),
    filters: readFilters(query['filters']),
    interval: readChoice(['auto', ...intervals] as const, query['interval']) ?? defaultQuery.interval,
    // `total: true` is the service's own spelling and the natural one to write by hand.
    format: query['format'] === 'table' || query['total'] === true ? 'table' : 'timeseries',
    compareTo: readChoice(comparisons, query['compareTo']) ?? defaultQuery.compareTo,
    ...withoutAbsent({
      legend: readText(query['legend']),
      limit: readCount(query['limit']),
      orderBy: readOrder(query['orderBy']),
      withTotals: readFlag(query['withTotals']),
      withTotal: readFlag(query['withTotal']),
      markWhen: readMarkWhen(query['markWhen']),
      live: readFlag(query['live']),
      liveEveryMs: readCount(query['liveEveryMs']),
    }),
  };
}

function readOrder(order: unknown): TableOrder | undefined {
  const column = isRecord(order) ? readText(order['column']) : undefined;
  if (!isRecord(order) || column === undefined) {
    return undefined;
  }
  return { column, direction: order['direction'] === 'asc' ? 'asc' : 'desc' };
}

function readMarkWhen(when: unknown): MarkWhen | undefined {
  const is = isRecord(when) ? oneOf(['above', 'below'], when['is']) : undefined;
  if (!isRecord(when) || is === undefined) {
    return undefined;
  }
  const value = when['value'];
  return { is, ...(typeof value === 'number' && { value }) };
}

function readDimensionValues(query: Record<string, unknown>): DimensionValuesVariable {
  const filters = readFilters(query['filters']);
  return {
    kind: 'dimensionValues',
    dimension: readText(query['dimension']) ?? '',
    ...withoutAbsent({
      prefix: readText(query['prefix']),
      regex: readText(query['regex']),
      limit: readCount(query['limit']),
      filters: filters.length > 0 ? filters : undefined,
    }),
  };
}

function unreadable(fields: DataQuery, reason: string): UnreadableQuery {
  return {
    ...fields,
    kind: 'unreadable',
    reason: `${reason} It is kept as it is; update the plugin to use it.`,
  };
}

function nameOf(query: Record<string, unknown>): string {
  return readText(query['kind']) ?? typeof query['kind'];
}

function grafanaFields(
  query: Record<string, unknown>,
): Pick<DataQuery, 'refId' | 'hide' | 'key' | 'datasource'> {
  const source = query['datasource'];
  const read = isRecord(source)
    ? withoutAbsent({ uid: readText(source['uid']), type: readText(source['type']) })
    : undefined;
  return {
    refId: readText(query['refId']) ?? 'A',
    ...withoutAbsent({
      hide: readFlag(query['hide']),
      key: readText(query['key']),
      datasource: read,
    }),
  };
}

/** Saved queries are compared as JSON: a field that is not there must not be there as `undefined`. */
function withoutAbsent<T extends object>(fields: T): Partial<T>;
function withoutAbsent(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
