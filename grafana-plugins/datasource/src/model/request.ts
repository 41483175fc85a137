import type { KpiDescription, MetricQueryInput } from '@coditect/contracts';
import { kpiPanelId } from '@coditect/plugins-shared';
import type { KpiQuery, QueryFilter, TableOrder } from '../types';
import { fromAdHocFilters, type AdHocFilter } from './ad-hoc';
import { comparisons, intervals } from './choices';
import { interpolateZone } from './interpolate-query';
import { pickInterval } from './interval';
import {
  interpolateChoice,
  interpolateFilter,
  interpolateList,
  interpolateText,
  interpolateWords,
  type Interpolate,
} from './template';
import { resolveTimeZone } from './time-zone';

/** More points than this are never asked for, however wide the panel is. */
const pointsMax = 2_000;
const pointsDefault = 500;
const intervalChoices = ['auto', ...intervals] as const;

/** What the panel and the dashboard add to a saved query. Times are milliseconds since 1970. */
export interface RequestContext {
  fromMs: number;
  toMs: number;
  maxDataPoints?: number | undefined;
  dashboardTimeZone: string;
  browserTimeZone: string | undefined;
  panelPluginId?: string | undefined;
  adHocFilters: readonly AdHocFilter[];
  /** The KPI asked for, `undefined` when the catalogue is not at hand. */
  kpi: KpiDescription | undefined;
  interpolate: Interpolate;
}

/** The questions to send for one saved query. */
export interface PlannedQuery {
  main: MetricQueryInput;
  /** The companion that gives a series its headline value. */
  total?: MetricQueryInput;
  /** Of a table: the value over all groups, for its last row. */
  totals?: MetricQueryInput;
  order?: TableOrder;
  /** Of a table whose first rows the service cannot pick. */
  rowsMax?: number;
  legend: string;
  /** Sentences about what was left out. */
  unused: string[];
}

/** Turns a saved query into the questions to ask the service. Pure: the clock and the zone come with the context. */
export function planQuery(query: KpiQuery, context: RequestContext): PlannedQuery {
  const adHoc = fromAdHocFilters(context.adHocFilters, context.kpi?.dimensions);
  const base = baseQuery(query, [...query.filters, ...adHoc.filters], context);
  const plan = { legend: interpolateWords(query.legend ?? '', context.interpolate), unused: adHoc.unused };
  if (query.format === 'table') {
    return { ...plan, ...planTable(query, base, context) };
  }
  const main = { ...base, interval: intervalOf(query, context) };
  const withTotal = query.withTotal ?? context.panelPluginId === kpiPanelId;
  return withTotal ? { ...plan, main, total: { ...base, total: true } } : { ...plan, main };
}

/** The service keeps the groups with the largest values; any other order needs them all before it can be cut. */
function planTable(
  query: KpiQuery,
  base: MetricQueryInput,
  { interpolate }: RequestContext,
): Omit<PlannedQuery, 'legend' | 'unused'> {
  const order = orderOf(query.orderBy, interpolate);
  const isByValue = order === undefined || (order.column === 'value' && order.direction === 'desc');
  const { limit, ...unlimited } = base;
  const main: MetricQueryInput = { ...(isByValue ? base : unlimited), total: true };
  return {
    main,
    ...(order && { order }),
    ...(!isByValue && limit !== undefined && { rowsMax: limit }),
    ...(query.withTotals &&
      (base.groupBy ?? []).length > 0 && { totals: { ...unlimited, groupBy: [], total: true } }),
  };
}

/** "All" columns are no order at all. */
function orderOf(order: TableOrder | undefined, interpolate: Interpolate): TableOrder | undefined {
  const column = interpolateText(order?.column ?? '', interpolate, 'An order');
  return order === undefined || column === '' ? undefined : { ...order, column };
}

function baseQuery(query: KpiQuery, filters: QueryFilter[], context: RequestContext): MetricQueryInput {
  const { interpolate } = context;
  const zone = resolveTimeZone(
    interpolateZone(query.timeZone, interpolate),
    context.dashboardTimeZone,
    context.browserTimeZone,
  );
  return {
    metric: interpolate(query.metric).trim(),
    range: { from: new Date(context.fromMs).toISOString(), to: new Date(context.toMs).toISOString() },
    groupBy: interpolateList(query.groupBy, interpolate),
    filters: filters.flatMap((filter) => interpolateFilter(filter, interpolate) ?? []),
    compareTo: interpolateChoice(comparisons, query.compareTo, interpolate, 'comparison'),
    ...(zone !== undefined && { timeZone: zone }),
    ...(query.limit !== undefined && { limit: query.limit }),
  };
}

function intervalOf(query: KpiQuery, context: RequestContext) {
  const choice = interpolateChoice(intervalChoices, query.interval, context.interpolate, 'interval');
  if (choice !== 'auto') {
    return choice;
  }
  const points = Math.min(Math.max(context.maxDataPoints ?? pointsDefault, 1), pointsMax);
  return pickInterval(context.toMs - context.fromMs, points, context.kpi?.smallestInterval ?? '1m');
}
