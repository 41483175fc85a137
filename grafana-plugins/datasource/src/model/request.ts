import type { KpiDescription, MetricQueryInput } from '@coditect/contracts';
import { kpiPanelId } from '@coditect/plugins-shared';
import type { KpiQuery, QueryFilter } from '../types';
import { fromAdHocFilters, type AdHocFilter } from './ad-hoc';
import { comparisons, intervals } from './choices';
import { pickInterval } from './interval';

import { interpolateChoice, interpolateFilter, interpolateList, type Interpolate } from './template';
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

/** The questions to send for one saved query. `total` is the companion that gives a series its headline value. */
export interface PlannedQuery {
  main: MetricQueryInput;
  total?: MetricQueryInput;
  legend: string;
  /** Sentences about what was left out. */
  unused: string[];
}

/** Turns a saved query into the questions to ask the service. Pure: the clock and the zone come with the context. */
export function planQuery(query: KpiQuery, context: RequestContext): PlannedQuery {
  const adHoc = fromAdHocFilters(context.adHocFilters, context.kpi?.dimensions);
  const base = baseQuery(query, [...query.filters, ...adHoc.filters], context);
  const plan = { legend: context.interpolate(query.legend ?? ''), unused: adHoc.unused };
  if (query.format === 'table') {
    return { ...plan, main: { ...base, total: true } };
  }
  const main = { ...base, interval: intervalOf(query, context) };
  const withTotal = query.withTotal ?? context.panelPluginId === kpiPanelId;
  return withTotal ? { ...plan, main, total: { ...base, total: true } } : { ...plan, main };
}

function baseQuery(query: KpiQuery, filters: QueryFilter[], context: RequestContext): MetricQueryInput {
  const { interpolate } = context;
  const zone = resolveTimeZone(
    interpolate(query.timeZone),
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
