import type {
  CohortMeasure,
  DepthMeasure,
  FirstsMeasure,
  LifecycleMeasure,
  SeatsMeasure,
  StatesMeasure,
} from '../kpis/kpi.js';
import type { FirstsDimensionName, SeatDimensionName, UserDimensionName } from '../storage/metric-reads.js';
import type { CheckedFilter } from './check-dimensions.js';
import { layOutDepth } from './plan-depth.js';
import type {
  CohortSpan,
  CohortsPlan,
  CohortWeek,
  DepthPlan,
  FirstsPlan,
  LifecyclePlan,
  LifecycleSpan,
  PlanBase,
  SeatSpan,
  SeatsPlan,
  Span,
  StatesPlan,
} from './query-plan.js';
import { layOutBuckets } from './time/buckets.js';
import { layOutEachDay, layOutMoments, wholeDays } from './time/seat-moments.js';
import { followPeriods, layPeriodsOverDays, precedePeriods } from './time/user-periods.js';

/** For how many days somebody who did something is active. */
const activeDays = 28;

interface Asked {
  readonly base: PlanBase;
  readonly filters: readonly CheckedFilter[];
  readonly current: Span;
  readonly previous: Span | undefined;
  readonly nowMs: number;
}

/** Throws 422 `grain_not_available` where local days do not begin on quarter hours. */
export function planStates(measure: StatesMeasure, asked: Asked): StatesPlan {
  switch (measure.kind) {
    case 'seats':
      return planSeats([measure], asked);
    case 'lifecycle':
      return planLifecycle(measure, asked);
    case 'cohort':
      return planCohorts([measure], measure.weeksAfter, asked);
    case 'firsts':
      return planFirsts([measure], measure.days, asked);
    case 'depth':
      return planDepth([measure], asked);
    case 'ratio':
      return planRatio(measure, asked);
  }
}

function planRatio(measure: Extract<StatesMeasure, { readonly kind: 'ratio' }>, asked: Asked): StatesPlan {
  switch (measure.of) {
    case 'seats':
      return planSeats([measure.numerator, measure.denominator], asked);
    case 'cohorts': {
      const { numerator, denominator } = measure;
      return planCohorts([numerator, denominator], numerator.weeksAfter, asked);
    }
    case 'firsts':
      return planFirsts([measure.numerator, measure.denominator], measure.numerator.days, asked);
    case 'depths':
      return planDepth([measure.numerator, measure.denominator], asked);
  }
}

function planSeats(measures: readonly SeatsMeasure[], asked: Asked): SeatsPlan {
  const { base, filters, nowMs } = asked;
  return {
    ...base,
    kind: 'seats',
    activeDays,
    terms: measures.map(({ count }) => count),
    groupBy: base.groupBy.map(toSeatDimension),
    filters: filters.map((filter) => ({ ...filter, dimension: toSeatDimension(filter.dimension) })),
    ...spansOf(asked, (span): SeatSpan => {
      if (!isRead(span)) return { ...span, moments: [], days: undefined };
      const { moments, firstDay, lastDay } = layOutMoments(span.buckets, activeDays, nowMs, base.zone);
      const days = moments.length === 0 ? undefined : layOutEachDay(firstDay, lastDay, base.zone);
      return { ...span, moments, days };
    }),
  };
}

function planLifecycle({ state }: LifecycleMeasure, asked: Asked): LifecyclePlan {
  const { base, nowMs } = asked;
  const { interval, zone } = base;
  return {
    ...base,
    ...ofUsers(asked),
    kind: 'lifecycle',
    state,
    ...spansOf(asked, (span): LifecycleSpan => {
      const begun = span.buckets.startsMs.filter((startMs) => startMs < nowMs).length;
      if (begun === 0 || !isRead(span)) return { ...span, begun: 0, periods: undefined };
      if (interval !== undefined) {
        const periods = layPeriodsOverDays(precedePeriods(span.buckets, interval, zone), zone);
        return { ...span, begun, periods };
      }
      const { before, days } = wholeDays(span.range, nowMs, zone);
      const startsMs = [before.fromMs, days.fromMs];
      return { ...span, begun, periods: layPeriodsOverDays({ startsMs, endMs: days.toMs }, zone) };
    }),
  };
}

function planCohorts(measures: readonly CohortMeasure[], weeksAfter: number, asked: Asked): CohortsPlan {
  const { base } = asked;
  return {
    ...base,
    ...ofUsers(asked),
    kind: 'cohorts',
    terms: measures.map(({ count }) => count),
    weeksAfter,
    ...spansOf(asked, (span) => layOutCohorts(span, weeksAfter, base)),
  };
}

/** The weeks that begin in a month are that month's; a total has those that its range touches. */
function layOutCohorts(span: Span, weeksAfter: number, { interval, zone }: PlanBase): CohortSpan {
  if (!isRead(span)) return { ...span, weeks: [], periods: undefined };
  const { startsMs, endMs } = span.buckets;
  const [fromMs = endMs] = startsMs;
  const weeks = layOutBuckets({ fromMs, toMs: endMs }, '1w', zone);
  const all = followPeriods(weeks, weeksAfter, '1w', zone);
  const bucketOf = (startMs: number): number =>
    interval === undefined ? 0 : startsMs.findLastIndex((bucketMs) => bucketMs <= startMs);
  const cohorts = weeks.startsMs.map((startMs, index): CohortWeek => {
    const followedUntilMs = all.startsMs[index + weeksAfter + 1] ?? all.endMs;
    return { bucket: bucketOf(startMs), startMs, followedUntilMs };
  });
  return { ...span, weeks: cohorts, periods: layPeriodsOverDays(all, zone) };
}

function planFirsts(measures: readonly FirstsMeasure[], days: number, asked: Asked): FirstsPlan {
  const { base, current, filters, previous } = asked;
  return {
    ...base,
    kind: 'firsts',
    terms: measures.map(({ count }) => count),
    days,
    groupBy: base.groupBy.map(toSeatDimension),
    filters: filters.map((filter) => ({ ...filter, dimension: toSeatDimension(filter.dimension) })),
    current,
    previous,
  };
}

function planDepth(measures: readonly DepthMeasure[], asked: Asked): DepthPlan {
  const { base, nowMs } = asked;
  return {
    ...base,
    ...ofUsers(asked),
    kind: 'depth',
    terms: measures.map(({ depth }) => depth),
    ...spansOf(asked, (span) => layOutDepth(span, base, nowMs)),
  };
}

/** There is nothing before 1970, and no local days to lay out in some zones. */
function isRead({ range }: Span): boolean {
  return range.fromMs >= 0;
}

function spansOf<S extends Span>(
  { current, previous }: Asked,
  layOut: (span: Span) => S,
): { readonly current: S; readonly previous: S | undefined } {
  return { current: layOut(current), previous: previous && layOut(previous) };
}

function ofUsers({ base, filters }: Asked): Pick<LifecyclePlan, 'groupBy' | 'filters'> {
  return {
    groupBy: base.groupBy.map(toUserDimension),
    filters: filters.map((filter) => ({ ...filter, dimension: toUserDimension(filter.dimension) })),
  };
}

export function toUserDimension(name: string): UserDimensionName {
  if (name === 'team' || name === 'project' || name === 'domain') return name;
  throw new Error(`days of users have no ${name}`);
}

function toSeatDimension(name: string): FirstsDimensionName & SeatDimensionName {
  if (name === 'team' || name === 'project') return name;
  throw new Error(`seats and first uses have no ${name}`);
}
