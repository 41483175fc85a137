import type { AnnotationKind, CompareTo, FilterOperator, Interval } from '@coditect/contracts';
import type { AnalysisInterval, QueryKind } from '../types';

// The lists behind menus and parsers, in the order in which they are shown.

export const queryKinds = [
  'kpi',
  'funnel',
  'retention',
  'lifecycle',
  'paths',
  'seats',
  'seatTransitions',
  'budget',
  'events',
  'annotations',
] as const satisfies readonly QueryKind[];
export const intervals = ['1m', '5m', '15m', '1h', '1d', '1w', '1M'] as const satisfies readonly Interval[];
export const analysisIntervals = ['1d', '1w', '1M'] as const satisfies readonly AnalysisInterval[];
export const comparisons = [
  'none',
  'previousPeriod',
  'lastWeek',
  'lastMonth',
  'lastYear',
] as const satisfies readonly CompareTo[];
export const operators = ['=', '!=', 'in', 'not in', '=~', '!~'] as const satisfies readonly FilterOperator[];
export const annotationKinds = [
  'releases',
  'outages',
  'licences',
  'budgets',
  'events',
] as const satisfies readonly AnnotationKind[];
