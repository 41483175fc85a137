import type { CompareTo, Interval } from '@coditect/contracts';
import type {
  CohortMeasure,
  DepthMeasure,
  FirstsMeasure,
  Kpi,
  LifecycleMeasure,
  SeatsMeasure,
} from '../kpis/kpi.js';
import type {
  DimensionFilter,
  DimensionName,
  FirstsDimensionName,
  PeriodsByDay,
  SeatDimensionName,
  SeatMoment,
  Term,
  UsageDepthRequest,
  UserDimensionName,
} from '../storage/metric-reads.js';
import type { Buckets, Range } from './time/buckets.js';
import type { UserDays } from './time/user-days.js';
import type { Zone } from './time/zone.js';

/** A range with its buckets; a total has one bucket, which is the range. */
export interface Span {
  readonly range: Range;
  readonly buckets: Buckets;
}

/** A span for distinct users, with its local days. */
export interface UserSpan extends Span {
  readonly days: UserDays;
  /** Nothing before counts; absent where windows reach back beyond the range. */
  readonly startMs: number | undefined;
  /** Nothing from here on counts: the end of the range, or now for a total that reaches further. */
  readonly endMs: number;
}

/** What every plan says of its question. */
export interface PlanBase {
  readonly kpi: Kpi;
  readonly zone: Zone;
  /** `undefined` for a total. */
  readonly interval: Interval | undefined;
  readonly compareTo: CompareTo;
  readonly groupBy: readonly DimensionName[];
  /** Most groups in the answer, when the question sets it. */
  readonly limit: number | undefined;
}

/** Read as sums and sketches. */
export interface MeasurePlan extends PlanBase {
  readonly kind: 'measures';
  readonly terms: readonly [Term] | readonly [Term, Term];
  readonly filters: readonly DimensionFilter<DimensionName>[];
  readonly current: Span;
  readonly previous: Span | undefined;
}

/** Users to be counted: active within so many local days, or periods. */
export interface UserTerm {
  readonly window: number;
  /** Only events of this domain make a user. */
  readonly domain: string | undefined;
}

/** Read from the days of users. */
export interface ActiveUsersPlan extends PlanBase {
  readonly kind: 'activeUsers';
  /** One, or numerator and denominator. */
  readonly terms: readonly [UserTerm] | readonly [UserTerm, UserTerm];
  readonly groupBy: readonly UserDimensionName[];
  readonly filters: readonly DimensionFilter<UserDimensionName>[];
  readonly current: UserSpan;
  readonly previous: UserSpan | undefined;
}

/** A sum or a count divided by the users of the same buckets. Both sides are plans of their own, of the same question. */
export interface PerUserPlan extends PlanBase {
  readonly kind: 'perUser';
  readonly filters: readonly DimensionFilter<DimensionName>[];
  readonly current: Span;
  readonly previous: Span | undefined;
  readonly numerator: MeasurePlan;
  readonly denominator: ActiveUsersPlan;
}

/** The moments of those buckets that have begun, from the first on. */
export interface SeatSpan extends Span {
  readonly moments: readonly SeatMoment[];
  /** Local days in which users can be active. `undefined` where no bucket has begun. */
  readonly days: PeriodsByDay | undefined;
}

/** Read from the changes of seats and the days of users. */
export interface SeatsPlan extends PlanBase {
  readonly kind: 'seats';
  readonly activeDays: number;
  /** One, or numerator and denominator. */
  readonly terms: readonly SeatsMeasure['count'][];
  readonly groupBy: readonly SeatDimensionName[];
  readonly filters: readonly DimensionFilter<SeatDimensionName>[];
  readonly current: SeatSpan;
  readonly previous: SeatSpan | undefined;
}

export interface LifecycleSpan extends Span {
  /** The period before the first bucket, then that of each. `undefined` where no bucket has begun. */
  readonly periods: PeriodsByDay | undefined;
  /** How many of the buckets have begun, from the first on. */
  readonly begun: number;
}

/** Read from all days of users. */
export interface LifecyclePlan extends PlanBase {
  readonly kind: 'lifecycle';
  readonly state: LifecycleMeasure['state'];
  readonly groupBy: readonly UserDimensionName[];
  readonly filters: readonly DimensionFilter<UserDimensionName>[];
  readonly current: LifecycleSpan;
  readonly previous: LifecycleSpan | undefined;
}

/** A week in which users may be active for the first time. */
export interface CohortWeek {
  /** The bucket that it is of; -1 for none. */
  readonly bucket: number;
  readonly startMs: number;
  /** When the last week has ended in which its users are looked for. Epoch milliseconds. */
  readonly followedUntilMs: number;
}

export interface CohortSpan extends Span {
  readonly weeks: readonly CohortWeek[];
  /** The weeks, and those after the last one. `undefined` where there is none. */
  readonly periods: PeriodsByDay | undefined;
}

/** Read from all days of users. */
export interface CohortsPlan extends PlanBase {
  readonly kind: 'cohorts';
  readonly terms: readonly CohortMeasure['count'][];
  readonly weeksAfter: number;
  readonly groupBy: readonly UserDimensionName[];
  readonly filters: readonly DimensionFilter<UserDimensionName>[];
  readonly current: CohortSpan;
  readonly previous: CohortSpan | undefined;
}

/** Read from the first uses of users. */
export interface FirstsPlan extends PlanBase {
  readonly kind: 'firsts';
  /** One, or numerator and denominator. */
  readonly terms: readonly FirstsMeasure['count'][];
  /** Nothing is told of a user before so many days have passed. */
  readonly days: number;
  readonly groupBy: readonly FirstsDimensionName[];
  readonly filters: readonly DimensionFilter<FirstsDimensionName>[];
  readonly current: Span;
  readonly previous: Span | undefined;
}

export interface DepthSpan extends Span {
  /** How many of the buckets have begun, from the first on. */
  readonly begun: number;
  /** The days of the period before the first bucket, then of each. `undefined` where no bucket has begun. */
  readonly reading:
    Pick<UsageDepthRequest, 'days' | 'periodOfDay' | 'moderateDays' | 'heavyDays'> | undefined;
}

/** Read from the days of users. */
export interface DepthPlan extends PlanBase {
  readonly kind: 'depth';
  readonly terms: readonly DepthMeasure['depth'][];
  readonly groupBy: readonly UserDimensionName[];
  readonly filters: readonly DimensionFilter<UserDimensionName>[];
  readonly current: DepthSpan;
  readonly previous: DepthSpan | undefined;
}

export type StatesPlan = SeatsPlan | LifecyclePlan | CohortsPlan | FirstsPlan | DepthPlan;
export type QueryPlan = MeasurePlan | ActiveUsersPlan | PerUserPlan | StatesPlan;
