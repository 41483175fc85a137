import type { KpiDescription } from '@coditect/contracts';
import { SupplementaryQueryType, type DataQueryRequest, type SupplementaryQueryOptions } from '@grafana/data';
import { migrateQuery } from './migrations';
import { ofTypes } from './model/events-link';
import { newQuery } from './model/new-query';
import { listNames } from './model/template';
import type { AnalyticsQuery, KpiQuery } from './types';

const sampleLinesMax = 100;

/**
 * What Explore shows beside an answer: counts by level above a log, lines of the log below a series. The types are of
 * Grafana's own use and may go away: where they have gone there is nothing beside an answer, and nothing breaks.
 */
export function supportedSupplements(): SupplementaryQueryType[] {
  const types: Partial<typeof SupplementaryQueryType> | undefined = SupplementaryQueryType;
  return [types?.LogsVolume, types?.LogsSample].flatMap((type) => type ?? []);
}

export function supplementaryQuery(
  { type, ...options }: SupplementaryQueryOptions,
  original: AnalyticsQuery,
  kpis: readonly KpiDescription[],
): AnalyticsQuery | undefined {
  const query = migrateQuery(original);
  if (query.hide === true) {
    return undefined;
  }
  // The values are compared as texts, so that no member of a type that may be gone is asked for.
  if (String(type) === 'LogsVolume' && query.kind === 'events' && query.events.view === 'logs') {
    return { ...query, refId: `log-volume-${query.refId}`, events: { ...query.events, view: 'volume' } };
  }
  if (String(type) === 'LogsSample' && query.kind === 'kpi') {
    return sampleOf(query, kpis, 'limit' in options ? options.limit : undefined);
  }
  return undefined;
}

/** The request for what stands beside an answer, `undefined` when nothing does. */
export function supplementaryRequest(
  type: SupplementaryQueryType,
  request: DataQueryRequest<AnalyticsQuery>,
  kpis: readonly KpiDescription[],
  options?: SupplementaryQueryOptions,
): DataQueryRequest<AnalyticsQuery> | undefined {
  const targets = request.targets.flatMap(
    (target) => supplementaryQuery(options ?? { type }, target, kpis) ?? [],
  );
  return targets.length > 0 ? { ...request, targets } : undefined;
}

function sampleOf(
  query: KpiQuery,
  kpis: readonly KpiDescription[],
  limit: number | undefined,
): AnalyticsQuery | undefined {
  const behind = listNames(query.metric).map((name) => kpis.find(({ id }) => id === name)?.eventTypes);
  const types = behind.flatMap((each) => each ?? []);
  if (behind.length === 0 || behind.includes(undefined)) {
    return undefined;
  }
  const sample = newQuery('events', `log-sample-${query.refId}`);
  // No types are any type.
  const isOfAny = behind.some((each) => each?.length === 0);
  const filters = [...ofTypes(isOfAny ? [] : [...new Set(types)]), ...query.filters];
  const linesMax = Math.min(limit ?? sampleLinesMax, sampleLinesMax);
  return { ...sample, timeZone: query.timeZone, events: { ...sample.events, filters, limit: linesMax } };
}
