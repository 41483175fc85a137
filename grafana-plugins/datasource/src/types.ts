import type { CompareTo, FilterOperator, Interval } from '@coditect/contracts';
import type { DataQuery, DataSourceJsonData } from '@grafana/data';

/** Answers as a series per group, or as one row per group over the whole range. */
export type AnswerFormat = 'timeseries' | 'table';

/** A filter as it is saved: its texts may hold template variables. */
export interface QueryFilter {
  dimension: string;
  operator: FilterOperator;
  value: string | string[];
}

/** The query as it is saved in dashboards. Read it through `migrateQuery`, which fills in what is missing. */
export interface AnalyticsQuery extends DataQuery {
  metric: string;
  groupBy: string[];
  filters: QueryFilter[];
  /** `auto`: the smallest one that the KPI has and that keeps the points within what the panel can draw. */
  interval: 'auto' | Interval;
  format: AnswerFormat;
  compareTo: CompareTo;
  /** Name of a series, with `{{dimension}}` for a group's value. */
  legend?: string;
  limit?: number;
  /** `dashboard`, `tenant` or an IANA name. */
  timeZone: string;
  /** Also ask for the value over the whole range. Without it, only for the KPI panel. */
  withTotal?: boolean;
  schemaVersion: number;
}

export type AnalyticsVariableQuery = DataQuery &
  ({ kind: 'kpis' } | { kind: 'dimensionValues'; dimension: string; prefix?: string });

export interface AnalyticsJsonData extends DataSourceJsonData {
  metricsUrl?: string;
  reportingUrl?: string;
}

export interface AnalyticsSecureJsonData {
  apiKey?: string;
}
