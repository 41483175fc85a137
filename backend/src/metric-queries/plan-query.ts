import { intervalSchema, type Interval, type MetricQuery } from '@coditect/contracts';
import {
  isToldByStates,
  type DistinctUsersMeasure,
  type Kpi,
  type KpiDimension,
  type Measure,
  type StatesMeasure,
} from '../kpis/kpi.js';
import type { KpiRegistry, TenantKpis } from '../kpis/kpi-registry.js';
import { findNearestName } from '../kpis/nearest-name.js';
import type { Tenant } from '../platform/tenancy.js';
import { checkFilters, checkGroupBy, type CheckedFilter } from './check-dimensions.js';
import { checkBuckets, checkRange, checkTimeZone } from './check-range.js';
import type { QueryLimits } from './limits.js';
import { planStates, toUserDimension } from './plan-states.js';
import type {
  ActiveUsersPlan,
  MeasurePlan,
  PlanBase,
  QueryPlan,
  Span,
  UserSpan,
  UserTerm,
} from './query-plan.js';
import { refuse } from './refuse.js';
import { layOutBuckets, type Range } from './time/buckets.js';
import { findComparedRange } from './time/compare.js';
import { layOutUserDays, layOutUserPeriods } from './time/user-days.js';
import type { Zone } from './time/zone.js';

export interface PlanContext {
  readonly kpis: KpiRegistry;
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
 * Decides how a question of a tenant is answered: in which buckets, compared with what. Without a zone of its own it is
 * asked in the tenant's. Throws `AppError` 422 with the field and the limit for whatever can't be answered.
 */
export function planQuery(
  tenant: Pick<Tenant, 'id' | 'timeZone'>,
  query: MetricQuery,
  context: PlanContext,
): QueryPlan {
  const kpi = getKpi(context.kpis.of(tenant.id), query.metric);
  const groupBy = checkGroupBy(kpi, query.groupBy);
  const filters = checkFilters(kpi, query.filters, context.limits.filterValuesMax);
  checkInterval(kpi, query.interval);
  const zone = checkTimeZone(query.timeZone ?? tenant.timeZone);
  const range = checkRange(query.range, context.limits);
  const current = { range, buckets: checkBuckets(range, query.interval, zone, context.limits) };
  const compared = findComparedRange(query.compareTo, range, query.interval, zone);
  const previous = compared === undefined ? undefined : spanOf(compared, query, zone);
  const checked = { kpi, query, zone, groupBy, filters, current, previous };
  const { measure } = kpi;
  const { nowMs } = context;
  if (isToldByStates(measure)) return planStates(measure, { ...checked, base: baseOf(checked), nowMs });
  return planMeasure(measure, checked, nowMs);
}

function planMeasure(
  measure: Exclude<Measure, StatesMeasure>,
  checked: CheckedQuery,
  nowMs: number,
): QueryPlan {
  if (measure.kind === 'distinctUsers') return planActiveUsers([measure], checked, nowMs);
  if (measure.kind !== 'ratio') return planMeasures([measure], checked);
  switch (measure.of) {
    case 'events':
      return planMeasures([measure.numerator, measure.denominator], checked);
    case 'users':
      return planActiveUsers([measure.numerator, measure.denominator], checked, nowMs);
    case 'perUser':
      return {
        ...baseOf(checked),
        kind: 'perUser',
        filters: checked.filters,
        current: checked.current,
        previous: checked.previous,
        numerator: planMeasures([measure.numerator], checked),
        denominator: planActiveUsers([measure.denominator], checked, nowMs),
      };
  }
}

/** Throws 422 `grain_not_available`. */
function checkInterval({ id, smallestInterval }: Kpi, interval: Interval | undefined): void {
  if (interval === undefined) return;
  const allowed = intervalSchema.options.slice(intervalSchema.options.indexOf(smallestInterval));
  if (allowed.includes(interval)) return;
  const reason = `${id} is a number of ${smallestInterval} or wider: take ${allowed.join(', ')}.`;
  throw refuse('grain_not_available', reason, { pointer: '/interval' });
}

function getKpi(kpis: TenantKpis, id: string): Kpi {
  const kpi = kpis.find(id);
  if (kpi !== undefined) return kpi;
  const nearest = findNearestName(
    id,
    kpis.list.map((candidate) => candidate.id),
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

function baseOf({ kpi, query, zone, groupBy }: CheckedQuery): PlanBase {
  const { interval, compareTo, limit } = query;
  return { kpi, zone, interval, compareTo, groupBy, limit };
}

function planMeasures(terms: MeasurePlan['terms'], checked: CheckedQuery): MeasurePlan {
  const { filters, current, previous } = checked;
  return { ...baseOf(checked), kind: 'measures', filters, terms, current, previous };
}

type UserMeasures = readonly [DistinctUsersMeasure] | readonly [DistinctUsersMeasure, DistinctUsersMeasure];

function planActiveUsers(measures: UserMeasures, checked: CheckedQuery, nowMs: number): ActiveUsersPlan {
  const { current, previous } = checked;
  const windows = measures.map(({ days }) => days).filter((days) => days !== 'period');
  const userSpan = (span: Span): UserSpan =>
    windows.length === 0
      ? toPeriodSpan(span, checked.zone)
      : toWindowSpan(span, Math.max(...windows), checked, nowMs);
  const [first, second] = measures;
  return {
    ...baseOf(checked),
    kind: 'activeUsers',
    groupBy: checked.groupBy.map(toUserDimension),
    filters: checked.filters.map((filter) => ({ ...filter, dimension: toUserDimension(filter.dimension) })),
    terms: second === undefined ? [toUserTerm(first)] : [toUserTerm(first), toUserTerm(second)],
    current: userSpan(current),
    previous: previous === undefined ? undefined : userSpan(previous),
  };
}

function toUserTerm({ days, domain }: DistinctUsersMeasure): UserTerm {
  return { window: days === 'period' ? 1 : days, domain };
}

function toWindowSpan(span: Span, windowDays: number, checked: CheckedQuery, nowMs: number): UserSpan {
  const { fromMs, toMs } = span.range;
  // A total that reaches into the future is the value of today, not of a day that nobody has lived yet.
  const endMs = checked.query.interval === undefined && fromMs < nowMs ? Math.min(toMs, nowMs) : toMs;
  const days = layOutUserDays(span.buckets, endMs, windowDays, checked.zone) ?? refuseZone(checked.zone);
  return { ...span, days, startMs: undefined, endMs };
}

function toPeriodSpan(span: Span, zone: Zone): UserSpan {
  const { fromMs, toMs } = span.range;
  const days = layOutUserPeriods(span.buckets, span.range, zone) ?? refuseZone(zone);
  return { ...span, days, startMs: fromMs, endMs: toMs };
}

function refuseZone({ name }: Zone): never {
  const reason = `Local days of ${name} did not begin on a quarter hour at that time.`;
  throw refuse('grain_not_available', reason, { pointer: '/timeZone' });
}
