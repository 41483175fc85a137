import { intervalSchema, type Interval, type MetricQuery } from '@coditect/contracts';
import { findKpi, kpiCatalogue } from '../kpis/catalogue.js';
import type { Kpi, KpiDimension, Measure } from '../kpis/kpi.js';
import { findNearestName } from '../kpis/nearest-name.js';
import type { UserDimensionName } from '../storage/metric-reads.js';
import { checkFilters, checkGroupBy, type CheckedFilter } from './check-dimensions.js';
import { checkBuckets, checkRange, checkTimeZone } from './check-range.js';
import type { QueryLimits } from './limits.js';
import type { ActiveUsersPlan, MeasurePlan, QueryPlan, Span, UserSpan } from './query-plan.js';
import { refuse } from './refuse.js';
import { layOutBuckets, type Range } from './time/buckets.js';
import { findComparedRange } from './time/compare.js';
import { layOutUserDays } from './time/user-days.js';
import type { Zone } from './time/zone.js';

export interface PlanContext {
  /** Zone of the tenant, for questions that name none. */
  readonly timeZone: string;
  readonly nowMs: number;
  readonly limits: QueryLimits;
}

interface CheckedQuery {
  readonly kpi: Kpi;
  readonly query: MetricQuery;
  readonly zone: Zone;
  readonly groupBy: readonly KpiDimension[];
  readonly filters: readonly CheckedFilter[];
  readonly current: Span;
  readonly previous: Span | undefined;
}

/**
 * Decides how a question is answered: in which buckets, compared with what.
 * Throws `AppError` 422 with the field and the limit for whatever can't be answered.
 */
export function planQuery(query: MetricQuery, context: PlanContext): QueryPlan {
  const kpi = getKpi(query.metric);
  const groupBy = checkGroupBy(kpi, query.groupBy);
  const filters = checkFilters(kpi, query.filters, context.limits.filterValuesMax);
  checkInterval(kpi, query.interval);
  const zone = checkTimeZone(query.timeZone ?? context.timeZone);
  const range = checkRange(query.range, context.limits);
  const current = { range, buckets: checkBuckets(range, query.interval, zone, context.limits) };
  const compared = findComparedRange(query.compareTo, range, query.interval, zone);
  const previous = compared === undefined ? undefined : spanOf(compared, query, zone);
  const checked = { kpi, query, zone, groupBy, filters, current, previous };
  const windows = windowsOf(kpi.measure);
  return windows === undefined ? planMeasures(checked) : planActiveUsers(checked, windows, context);
}

/** Throws 422 `grain_not_available`. */
function checkInterval({ id, smallestInterval }: Kpi, interval: Interval | undefined): void {
  if (interval === undefined) return;
  const allowed = intervalSchema.options.slice(intervalSchema.options.indexOf(smallestInterval));
  if (allowed.includes(interval)) return;
  const reason = `${id} is a number of ${smallestInterval} or wider: take ${allowed.join(', ')}.`;
  throw refuse('grain_not_available', reason, { pointer: '/interval' });
}

function getKpi(id: string): Kpi {
  const kpi = findKpi(id);
  if (kpi !== undefined) return kpi;
  const nearest = findNearestName(
    id,
    kpiCatalogue.map((candidate) => candidate.id),
  );
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  throw refuse('metric_unknown', `There is no KPI of this name.${hint} GET /v1/kpis lists them all.`, {
    pointer: '/metric',
  });
}

function spanOf(range: Range, query: MetricQuery, zone: Zone): Span {
  return query.interval === undefined
    ? { range, buckets: { startsMs: [range.fromMs], endMs: range.toMs } }
    : { range, buckets: layOutBuckets(range, query.interval, zone) };
}

function windowsOf(measure: Measure): ActiveUsersPlan['windows'] | undefined {
  if (measure.kind === 'distinctUsers') return [measure.days];
  if (measure.kind === 'ratio' && measure.of === 'users') {
    return [measure.numerator.days, measure.denominator.days];
  }
  return undefined;
}

function termsOf(measure: Measure): MeasurePlan['terms'] {
  if (measure.kind === 'ratio' && measure.of === 'events') return [measure.numerator, measure.denominator];
  if (measure.kind === 'distinctUsers' || measure.kind === 'ratio')
    throw new Error('users are planned apart');
  return [measure];
}

function planMeasures(checked: CheckedQuery): MeasurePlan {
  const { kpi, query, zone, groupBy, filters, current, previous } = checked;
  return {
    kind: 'measures',
    kpi,
    zone,
    interval: query.interval,
    compareTo: query.compareTo,
    groupBy,
    filters,
    limit: query.limit,
    terms: termsOf(kpi.measure),
    current,
    previous,
  };
}

function planActiveUsers(
  checked: CheckedQuery,
  windows: ActiveUsersPlan['windows'],
  context: PlanContext,
): ActiveUsersPlan {
  const { kpi, query, zone, current, previous } = checked;
  const userSpan = (span: Span): UserSpan => toUserSpan(span, Math.max(...windows), checked, context.nowMs);
  return {
    kind: 'activeUsers',
    kpi,
    zone,
    interval: query.interval,
    compareTo: query.compareTo,
    groupBy: checked.groupBy.map(toUserDimension),
    filters: checked.filters.map((filter) => ({ ...filter, dimension: toUserDimension(filter.dimension) })),
    limit: query.limit,
    windows,
    current: userSpan(current),
    previous: previous === undefined ? undefined : userSpan(previous),
  };
}

function toUserSpan(span: Span, windowDays: number, checked: CheckedQuery, nowMs: number): UserSpan {
  const { fromMs, toMs } = span.range;
  // A total that reaches into the future is the value of today, not of a day that nobody has lived yet.
  const endMs = checked.query.interval === undefined && fromMs < nowMs ? Math.min(toMs, nowMs) : toMs;
  const days = layOutUserDays(span.buckets, endMs, windowDays, checked.zone);
  if (days === undefined) {
    const reason = `Local days of ${checked.zone.name} did not begin on a quarter hour at that time.`;
    throw refuse('grain_not_available', reason, { pointer: '/timeZone' });
  }
  return { ...span, days, endMs };
}

function toUserDimension(name: KpiDimension): UserDimensionName {
  if (name === 'team' || name === 'project' || name === 'domain') return name;
  throw new Error(`days of users have no ${name}`);
}
