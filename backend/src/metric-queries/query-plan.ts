import type { CompareTo, Interval } from '@coditect/contracts';
import type { Kpi } from '../kpis/kpi.js';
import type { DimensionFilter, DimensionName, Term, UserDimensionName } from '../storage/metric-reads.js';
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

export type QueryPlan = MeasurePlan | ActiveUsersPlan | PerUserPlan;
