import type { AnswerQuality, Notice } from '@coditect/contracts';
import type {
  ActiveUsersRequest,
  ActiveUsersRow,
  CohortCount,
  CohortsRequest,
  FirstsCount,
  FirstsRequest,
  LifecycleCount,
  LifecycleRequest,
  MeasureAnswer,
  MeasureRequest,
  SeatCounts,
  SeatsRequest,
  UsageDepthCount,
  UsageDepthRequest,
} from '../storage/metric-reads.js';
import type { QueryPlan } from './query-plan.js';

/** A store that can answer metric queries. The tenant comes first; no answer ever holds another tenant's rows. */
export interface MetricEngine {
  /**
   * Decides what a plan is read from. Throws `AppError` 422 `grain_not_available` when nothing that is kept can tell.
   * `asOfMs` is when the question was asked.
   */
  open(tenantId: string, plan: QueryPlan, asOfMs: number, signal: AbortSignal): Promise<MetricReader>;
  /** Throws `AppError` `regex_invalid` when the store can't compile the pattern. */
  checkRegex(pattern: string, signal: AbortSignal): Promise<void>;
}

/** Reads for one plan of one tenant. Counts and sums are exact to the millisecond, quantiles within 0.5 %. */
export interface MetricReader {
  /** Tables that answer, in the store's own names, for both spans of the plan. */
  readonly sources: readonly string[];
  /** What has to be known about what those tables still hold. */
  readonly notices: readonly Notice[];
  /** Of the current span, where the store knows. */
  readonly quality?: AnswerQuality;
  readMeasures(request: MeasureRequest, signal: AbortSignal): Promise<MeasureAnswer>;
  readActiveUsers(request: ActiveUsersRequest, signal: AbortSignal): Promise<readonly ActiveUsersRow[]>;
  /** A moment, or a group of it, without seats has no row. */
  readSeats(request: SeatsRequest, signal: AbortSignal): Promise<readonly SeatCounts[]>;
  readLifecycle(request: LifecycleRequest, signal: AbortSignal): Promise<readonly LifecycleCount[]>;
  readCohorts(request: CohortsRequest, signal: AbortSignal): Promise<readonly CohortCount[]>;
  readFirsts(request: FirstsRequest, signal: AbortSignal): Promise<readonly FirstsCount[]>;
  readUsageDepth(request: UsageDepthRequest, signal: AbortSignal): Promise<readonly UsageDepthCount[]>;
}
