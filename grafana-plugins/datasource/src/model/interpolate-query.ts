import type {
  AnalyticsQuery,
  AnnotationsSettings,
  EventChoice,
  EventsSettings,
  FunnelSettings,
  KpiQuery,
  PathsSettings,
  QueryFilter,
  RetentionSettings,
} from '../types';
import { analysisIntervals, comparisons, intervals } from './choices';
import { readChoice } from './read-json';
import { defaultSettings } from './saved-settings';
import {
  interpolateFilter,
  interpolateList,
  interpolateNames,
  interpolateText,
  interpolateWords,
  writeNames,
  type Interpolate,
} from './template';

/**
 * The same query with its template variables replaced, wherever they stand.
 *
 * @throws Error when a variable has several values where there is room for one
 */
export function interpolateQuery(query: AnalyticsQuery, interpolate: Interpolate): AnalyticsQuery {
  const common = { timeZone: interpolateZone(query.timeZone, interpolate) };
  switch (query.kind) {
    case 'kpi':
      return { ...interpolateKpi(query, interpolate), ...common };
    case 'funnel':
      return { ...query, ...common, funnel: interpolateFunnel(query.funnel, interpolate) };
    case 'retention':
      return { ...query, ...common, retention: interpolateRetention(query.retention, interpolate) };
    case 'lifecycle':
      return { ...query, ...common, lifecycle: withInterval(query.lifecycle, interpolate) };
    case 'paths':
      return { ...query, ...common, paths: interpolatePaths(query.paths, interpolate) };
    case 'seats':
      return { ...query, ...common, seats: withInterval(query.seats, interpolate) };
    case 'seatTransitions':
      return { ...query, ...common, seatTransitions: withFilters(query.seatTransitions, interpolate) };
    case 'budget': {
      const budget = {
        ...withFilters(query.budget, interpolate),
        ...optional(query.budget, 'budget', one(interpolate, 'A budget')),
      };
      return { ...query, ...common, budget };
    }
    case 'events':
      return { ...query, ...common, events: interpolateSearch(query.events, interpolate) };
    case 'annotations':
      return { ...query, ...common, annotations: interpolateSearch(query.annotations, interpolate) };
  }
}

function interpolateKpi(query: KpiQuery, interpolate: Interpolate): KpiQuery {
  const step = readChoice(['auto', ...intervals] as const, interpolate(query.interval));
  const { orderBy } = query;
  return {
    ...withFilters(query, interpolate),
    metric: writeNames(interpolateNames(query.metric, interpolate)),
    groupBy: interpolateList(query.groupBy, interpolate),
    interval: step ?? query.interval,
    compareTo: readChoice(comparisons, interpolate(query.compareTo)) ?? query.compareTo,
    ...optional(query, 'legend', (text) => interpolateWords(text, interpolate)),
    ...(orderBy && {
      orderBy: { ...orderBy, column: interpolateText(orderBy.column, interpolate, 'An order') },
    }),
  };
}

function interpolateFunnel(funnel: FunnelSettings, interpolate: Interpolate): FunnelSettings {
  return {
    ...withFilters(funnel, interpolate),
    steps: funnel.steps.map((step) => ({
      ...interpolateChoice(step, interpolate),
      ...optional(step, 'label', (text) => interpolateWords(text, interpolate)),
    })),
    ...optional(funnel, 'breakdown', one(interpolate, 'A breakdown')),
  };
}

function interpolateRetention(retention: RetentionSettings, interpolate: Interpolate): RetentionSettings {
  return {
    ...withInterval(retention, interpolate),
    start: interpolateChoice(retention.start, interpolate),
    returning: interpolateChoice(retention.returning, interpolate),
  };
}

function interpolatePaths(paths: PathsSettings, interpolate: Interpolate): PathsSettings {
  return {
    ...withFilters(paths, interpolate),
    by: interpolateText(paths.by, interpolate, 'The dimension of steps') || defaultSettings.paths.by,
    ...optional(paths, 'startsWith', one(interpolate, 'The first step')),
  };
}

function interpolateSearch<T extends EventsSettings | AnnotationsSettings>(
  settings: T,
  interpolate: Interpolate,
): T {
  const search = optional(settings, 'search', one(interpolate, 'A search'));
  return { ...withFilters(settings, interpolate), ...search };
}

/** A variable with several values asks for any of these types; "All" asks for any type at all. */
function interpolateChoice(choice: EventChoice, interpolate: Interpolate): EventChoice {
  const { filters } = withFilters(choice, interpolate);
  const types = choice.type === undefined ? [] : interpolateList([choice.type], interpolate);
  const [type] = types;
  if (type === undefined) {
    return { filters };
  }
  return types.length === 1
    ? { type, filters }
    : { filters: [...filters, { dimension: 'type', operator: 'in', value: types }] };
}

function withInterval<T extends { interval: string; filters: QueryFilter[] }>(
  settings: T,
  interpolate: Interpolate,
): T {
  const interval = readChoice(analysisIntervals, interpolate(settings.interval)) ?? settings.interval;
  return { ...withFilters(settings, interpolate), interval };
}

function withFilters<T extends { filters: QueryFilter[] }>(settings: T, interpolate: Interpolate): T {
  return {
    ...settings,
    filters: settings.filters.flatMap((filter) => interpolateFilter(filter, interpolate) ?? []),
  };
}

/** "All" zones are none of the query's own. */
export function interpolateZone(timeZone: string, interpolate: Interpolate): string {
  return interpolateText(timeZone, interpolate, 'A time zone') || 'dashboard';
}

function one(interpolate: Interpolate, what: string): (text: string) => string {
  return (text) => interpolateText(text, interpolate, what);
}

/** A text that a variable makes empty is as good as none. */
function optional<Name extends string>(
  settings: Partial<Record<Name, string>>,
  name: Name,
  replace: (text: string) => string,
): { [Key in Name]?: string } {
  const text = settings[name];
  if (text === undefined) {
    return {};
  }
  const replaced: { [Key in Name]?: string } = {};
  replaced[name] = replace(text) || undefined;
  return replaced;
}
