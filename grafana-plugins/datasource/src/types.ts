import type { AnnotationKind, CompareTo, Interval } from '@coditect/contracts';
import type { DataQuery, DataSourceJsonData } from '@grafana/data';

/** A text that is replaced before it is used: a choice from a list may be left to a dashboard variable. */
export type Variable = `$${string}`;

/** Answers as a series per group, or as one row per group over the whole range. */
export type AnswerFormat = 'timeseries' | 'table';

/** A filter as it is saved: its texts may hold template variables. */
export interface QueryFilter {
  dimension: string;
  /** One of `operators`. Any other was written by hand: it is kept, explained in place and never asked with. */
  operator: string;
  /** The empty text is that of events that do not say it; an empty list is a value not chosen yet. */
  value: string | string[];
}

/** The order of a table's rows; `column` as the answer names it: a dimension, `value`, `previous`. */
export interface TableOrder {
  column: string;
  direction: 'asc' | 'desc';
}

/** Where a KPI is marked as an annotation; without a value, its target is the line. */
export interface MarkWhen {
  is: 'above' | 'below';
  value?: number;
}

interface SavedQuery extends DataQuery {
  /** `dashboard`, `tenant` or an IANA name. */
  timeZone: string;
  schemaVersion: number;
}

export interface KpiQuery extends SavedQuery {
  kind: 'kpi';
  metric: string;
  groupBy: string[];
  filters: QueryFilter[];
  /** `auto`: the smallest one that the KPI has and that keeps the points within what the panel can draw. */
  interval: 'auto' | Interval | Variable;
  format: AnswerFormat;
  compareTo: CompareTo | Variable;
  /** Name of a series, with `{{dimension}}` for a group's value. */
  legend?: string;
  /** Of a series, the groups with the largest values; of a table, the first rows of its order. */
  limit?: number;
  /** Of a table; without it, as the service has ordered. */
  orderBy?: TableOrder;
  /** Of a table: a last row with the value over all groups, as the service computes it. */
  withTotals?: boolean;
  /** Also ask for the value over the whole range. Without it, only for the KPI panel. */
  withTotal?: boolean;
  /** Keep the answer up to date between the dashboard's refreshes. */
  /** Of an annotation; without it nothing is marked. */
  markWhen?: MarkWhen;
  live?: boolean;
  liveEveryMs?: number;
}

export type AnalysisInterval = Extract<Interval, '1d' | '1w' | '1M'>;

/** Which events are meant; without a type, any. */
export interface EventChoice {
  type?: string;
  filters: QueryFilter[];
}

export interface FunnelStep extends EventChoice {
  label?: string;
}

// What each kind holds is the question of `contracts`, without what the dashboard adds: range and time zone.

export interface FunnelSettings {
  filters: QueryFilter[];
  steps: FunnelStep[];
  windowMs: number;
  breakdown?: string;
  limit: number;
}

export interface RetentionSettings {
  filters: QueryFilter[];
  interval: AnalysisInterval | Variable;
  periods: number;
  mode: 'nDay' | 'unbounded';
  cohort: 'firstEver' | 'firstInRange';
  start: EventChoice;
  returning: EventChoice;
}

export interface LifecycleSettings {
  filters: QueryFilter[];
  interval: AnalysisInterval | Variable;
}

export interface PathsSettings {
  filters: QueryFilter[];
  by: string;
  startsWith?: string;
  stepsMax: number;
  gapMs: number;
  limit: number;
}

export interface SeatsSettings {
  filters: QueryFilter[];
  interval: AnalysisInterval | Variable;
  activeDays: number;
}

export interface SeatTransitionsSettings {
  filters: QueryFilter[];
}

export interface BudgetSettings {
  filters: QueryFilter[];
  /** Name of one; without it, that of the filters' scope. */
  budget?: string;
}

export interface EventsSettings {
  filters: QueryFilter[];
  search?: string;
  order: 'newestFirst' | 'oldestFirst';
  limit: number;
  /** `volume` counts events by level instead of listing them. */
  view: 'logs' | 'table' | 'volume';
}

export interface AnnotationsSettings {
  kind: AnnotationKind;
  filters: QueryFilter[];
  search?: string;
  errorRate: number;
  minutes: number;
  limit: number;
}

/** What a query of each kind but `kpi` holds, under a field of the kind's name. */
export interface SettingsByKind {
  funnel: FunnelSettings;
  retention: RetentionSettings;
  lifecycle: LifecycleSettings;
  paths: PathsSettings;
  seats: SeatsSettings;
  seatTransitions: SeatTransitionsSettings;
  budget: BudgetSettings;
  events: EventsSettings;
  annotations: AnnotationsSettings;
}
export type OtherKind = keyof SettingsByKind;
export type QueryKind = 'kpi' | OtherKind;

export type QueryOf<Kind extends OtherKind> = SavedQuery & { kind: Kind } & Pick<SettingsByKind, Kind>;
type OtherQuery = { [Kind in OtherKind]: QueryOf<Kind> }[OtherKind];

/** The query as it is saved in dashboards. Read it through `migrateQuery`, which fills in what is missing. */
export type AnalyticsQuery = KpiQuery | OtherQuery;

/** A saved query that this build does not understand. It is never written back, so that nothing of it is lost. */
export interface UnreadableQuery extends DataQuery {
  kind: 'unreadable';
  /** A sentence for the person at the panel. */
  reason: string;
}

export interface DimensionValuesVariable {
  kind: 'dimensionValues';
  dimension: string;
  prefix?: string;
  /** Only values that match; a group, if there is one, is what is listed. */
  regex?: string;
  limit?: number;
  /** What else the events of a value must be: cascades through other variables. */
  filters?: QueryFilter[];
}

export type AnalyticsVariableQuery = DataQuery &
  (
    | { kind: 'kpis'; family?: string }
    | { kind: 'dimensions'; metric?: string }
    | { kind: 'teams' }
    | DimensionValuesVariable
  );

export interface AnalyticsJsonData extends DataSourceJsonData {
  metricsUrl?: string;
  reportingUrl?: string;
}

export interface AnalyticsSecureJsonData {
  apiKey?: string;
}
