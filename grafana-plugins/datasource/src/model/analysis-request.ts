import type {
  AnalysisKind,
  BudgetQueryInput,
  FunnelQueryInput,
  LifecycleQueryInput,
  PathsQueryInput,
  RetentionQueryInput,
  SeatTransitionsQueryInput,
  SeatsQueryInput,
} from '@coditect/contracts';
import type { AnalyticsQuery, QueryFilter } from '../types';
import { fromAdHocFilters, type AdHocFilter } from './ad-hoc';
import { analysisIntervals } from './choices';
import { interpolateQuery } from './interpolate-query';
import { interpolateChoice, type Interpolate } from './template';
import { resolveTimeZone } from './time-zone';

export type AnalysisQuery = Exclude<AnalyticsQuery, { kind: 'kpi' | 'events' | 'annotations' }>;

/** What the panel and the dashboard add to a saved query of any kind. Times are milliseconds since 1970. */
export interface PanelContext {
  fromMs: number;
  toMs: number;
  dashboardTimeZone: string;
  browserTimeZone: string | undefined;
  adHocFilters: readonly AdHocFilter[];
  /** What can be filtered by, `undefined` when that is not known. */
  dimensions: readonly string[] | undefined;
  /** What the cost can be filtered by, which budgets are held against. */
  costDimensions?: readonly string[] | undefined;
  interpolate: Interpolate;
}

type Question =
  | { kind: 'funnel'; question: FunnelQueryInput }
  | { kind: 'retention'; question: RetentionQueryInput }
  | { kind: 'lifecycle'; question: LifecycleQueryInput }
  | { kind: 'paths'; question: PathsQueryInput }
  | { kind: 'seats'; question: SeatsQueryInput }
  | { kind: 'seat-transitions'; question: SeatTransitionsQueryInput }
  | { kind: 'budget'; question: BudgetQueryInput };

/** The question to send for one saved analysis; `unused` are sentences about what was left out. */
export type PlannedAnalysis = Question & { kind: AnalysisKind; unused: string[] };

/** Turns a saved analysis into the question to ask the service. Pure: the clock and the zone come with the context. */
export function planAnalysis(saved: AnalysisQuery, context: PanelContext): PlannedAnalysis {
  const adHoc = fromAdHocFilters(context.adHocFilters, dimensionsOf(saved, context), 'analysis');
  return { ...toQuestion(saved, context, adHoc.filters), unused: adHoc.unused };
}

/** What the service takes filters by: it refuses others, and a filter of the dashboard must not break a panel. */
function dimensionsOf(
  saved: AnalysisQuery,
  { costDimensions, dimensions }: PanelContext,
): readonly string[] | undefined {
  switch (saved.kind) {
    case 'seats':
    case 'seatTransitions':
      return ['team', 'project'];
    case 'budget':
      // A budget that is named has a scope of its own.
      return saved.budget.budget === undefined ? (costDimensions ?? dimensions) : [];
    default:
      return dimensions;
  }
}

/** Range and zone, as every question of the service has them. */
export function askedSpan(timeZone: string, context: PanelContext) {
  const zone = resolveTimeZone(timeZone, context.dashboardTimeZone, context.browserTimeZone);
  return {
    range: { from: new Date(context.fromMs).toISOString(), to: new Date(context.toMs).toISOString() },
    ...(zone !== undefined && { timeZone: zone }),
  };
}

function toQuestion(saved: AnalysisQuery, context: PanelContext, added: QueryFilter[]): Question {
  const query = interpolateQuery(saved, context.interpolate);
  const span = askedSpan(query.timeZone, context);
  const asked = <T extends { filters: QueryFilter[] }>(settings: T) => ({
    ...settings,
    ...span,
    filters: [...settings.filters, ...added],
  });
  const every = (choice: string) =>
    interpolateChoice(analysisIntervals, choice, context.interpolate, 'interval');
  switch (query.kind) {
    case 'funnel':
      return { kind: 'funnel', question: asked(query.funnel) };
    case 'retention': {
      const interval = every(query.retention.interval);
      return { kind: 'retention', question: { ...asked(query.retention), interval } };
    }
    case 'lifecycle':
      return {
        kind: 'lifecycle',
        question: { ...asked(query.lifecycle), interval: every(query.lifecycle.interval) },
      };
    case 'paths':
      return { kind: 'paths', question: asked(query.paths) };
    case 'seats':
      return { kind: 'seats', question: { ...asked(query.seats), interval: every(query.seats.interval) } };
    case 'seatTransitions':
      return { kind: 'seat-transitions', question: asked(query.seatTransitions) };
    case 'budget': {
      // A month of a budget is always of the tenant's own zone.
      const { timeZone: _timeZone, ...question } = asked(query.budget);
      return { kind: 'budget', question };
    }
    default:
      throw new Error(`A query of the kind ${query.kind} is no analysis.`);
  }
}
