/** What a metric query asks of a store, in words that every store understands. No SQL, no table. */

/** Names of what events can be grouped and filtered by. A closed list: no other name becomes SQL. */
export const dimensionNames = [
  'domain',
  'type',
  'status',
  'team',
  'project',
  'repository',
  'agent',
  'agentVersion',
  'model',
  'workflow',
  'tool',
  'language',
  'kind',
  'route',
  'method',
  'statusCode',
] as const;
export type DimensionName = (typeof dimensionNames)[number];

export type SumName =
  | 'tokensInput'
  | 'tokensOutput'
  | 'tokensCacheRead'
  | 'tokensCacheCreation'
  | 'tokensReasoning'
  | 'costUsd'
  | 'responseBytes'
  | CheckName
  | AcceptedName;

/** What was taken in: events that came again, and those together with the stored ones. */
export type AcceptedName = 'duplicateEvents' | 'acceptedEvents';

/** What the comparison of a local day in both stores counts, by type. */
export type CheckName = 'streamEvents' | 'batchEvents' | 'matchedEvents' | 'differingEvents' | 'lateEvents';

export const checkNames: ReadonlySet<SumName> = new Set<CheckName>([
  'streamEvents',
  'batchEvents',
  'matchedEvents',
  'differingEvents',
  'lateEvents',
]);

export type UserDimensionName = 'team' | 'project' | 'domain';

export type FilterOperator = '=' | '!=' | 'in' | 'not in' | '=~' | '!~';

export interface DimensionFilter<Name extends string> {
  readonly dimension: Name;
  readonly operator: FilterOperator;
  readonly value: string | readonly string[];
}

/** Which events a term counts; absent parts do not matter. */
export interface Condition {
  readonly types?: readonly string[];
  readonly status?: readonly string[];
  readonly statusCodeMin?: number;
  readonly statusCodeMax?: number;
  /** Dimensions that have a value. */
  readonly present?: readonly DimensionName[];
  /** Dimensions that have one of these values. */
  readonly in?: Readonly<Partial<Record<DimensionName, readonly string[]>>>;
}

/** What conditions look at besides type, status and status code, with the values that they let through. */
export function matchesOf({ present = [], in: values = {} }: Condition): readonly DimensionMatch[] {
  return [
    ...present.map((dimension) => ({ dimension, values: undefined })),
    ...dimensionNames.flatMap((dimension) => {
      const wanted = values[dimension];
      return wanted === undefined ? [] : [{ dimension, values: wanted }];
    }),
  ];
}

/** `undefined` for whatever value there is. */
export interface DimensionMatch {
  readonly dimension: DimensionName;
  readonly values: readonly string[] | undefined;
}

export type Term =
  | { readonly kind: 'count'; readonly where: Condition }
  | { readonly kind: 'sum'; readonly columns: readonly SumName[]; readonly where: Condition }
  | { readonly kind: 'quantile'; readonly level: 0.5 | 0.95 | 0.99; readonly where: Condition };

/**
 * How an instant finds its bucket: none (a total), steps of equal width from an origin, or a list of starts in
 * ascending order. Epoch seconds; the first start is at or before the range.
 */
export type BucketRule =
  | { readonly kind: 'total' }
  | { readonly kind: 'steps'; readonly originSec: number; readonly stepSec: number }
  | { readonly kind: 'starts'; readonly startsSec: readonly number[] };

export interface MeasureRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly buckets: BucketRule;
  readonly groupBy: readonly DimensionName[];
  readonly filters: readonly DimensionFilter<DimensionName>[];
  /** One term, or numerator and denominator. */
  readonly terms: readonly [Term] | readonly [Term, Term];
  /** Only these groups, each with a value per `groupBy`. */
  readonly onlyGroups?: readonly (readonly string[])[];
  /** For totals: the greatest first, with the number of all groups. */
  readonly isRanked: boolean;
  readonly rowsMax: number;
}

/** One cell of the answer: a bucket (epoch seconds of its start, 0 for a total) of a group. */
export interface MeasureRow {
  readonly bucketSec: number;
  readonly group: readonly string[];
  /** One number per term, in order; `null` where a quantile has no values. */
  readonly terms: readonly (number | null)[];
}

export interface MeasureAnswer {
  readonly rows: readonly MeasureRow[];
  /** Groups there are, whether or not they fit; known for a ranked total only. */
  readonly groups: number | undefined;
  /** More rows than `rowsMax` matched, and the rest was left out. */
  readonly isTruncated: boolean;
}

/** What of a UTC day belongs to which local day: its first `quarters` quarter hours to `before`, the rest to `after`. */
export interface UtcDayCut {
  readonly before: number;
  readonly after: number;
  readonly quarters: number;
}

export interface ActiveUsersRequest {
  /** Lengths of the trailing windows in local days, or in periods. */
  readonly windows: readonly number[];
  /** Days since 1970-01-01 of the first cut; the cuts follow day by day. */
  readonly firstUtcDay: number;
  readonly cuts: readonly UtcDayCut[];
  /** Local days are numbered from 0; those outside `[0, localDays)` are left out. */
  readonly localDays: number;
  /** Local day number 0, as days since 1970-01-01. */
  readonly firstLocalDay: number;
  /** To which period each local day belongs, when windows and the rows of the answer count periods instead of local days. */
  readonly periodOfDay?: readonly number[];
  /** Nothing before counts: an instant of the first local day. Absent when that day counts whole. */
  readonly startMs?: number;
  /** When each local day begins, and when the last one ends. Epoch milliseconds. */
  readonly dayStartsMs: readonly number[];
  /** Nothing from here on counts. A whole quarter hour, or any instant: the rest is then read from single events. */
  readonly endMs: number;
  readonly groupBy: readonly UserDimensionName[];
  readonly filters: readonly DimensionFilter<UserDimensionName>[];
  readonly rowsMax: number;
}

/**
 * By how many the active users of a window change at a local day (or period): the running sum is the number of active
 * users.
 */
export interface ActiveUsersRow {
  readonly window: number;
  readonly localDay: number;
  readonly group: readonly string[];
  readonly change: number;
}

/** Consecutive periods laid over UTC days: what of each day belongs to which. Numbers outside of the periods are not counted. */
export interface PeriodsByDay {
  /** Days since 1970-01-01 of the first cut; the cuts follow day by day. */
  readonly firstUtcDay: number;
  readonly cuts: readonly UtcDayCut[];
  /** How many periods there are. */
  readonly count: number;
  /** When each of them begins, ascending, and when the last one ends. Epoch milliseconds. */
  readonly startsMs: readonly number[];
  readonly endMs: number;
}

/** Whom a seat is given to is known by these. */
export type SeatDimensionName = 'team' | 'project';

/** A moment at which seats are counted. */
export interface SeatMoment {
  /** What happened before this instant counts. Epoch milliseconds. */
  readonly atMs: number;
  /** Number of the last local day before it, counted from 0 in the days of the request. */
  readonly lastDay: number;
  /** A seat that was assigned before this instant can be idle. */
  readonly graceMs: number;
}

export interface SeatsRequest {
  /** Ascending, at least one. */
  readonly moments: readonly SeatMoment[];
  /** The local days in which users can be active; each is a period. */
  readonly days: PeriodsByDay;
  /** How many days a user stays active, the last one included. */
  readonly activeDays: number;
  /** Whom seats are assigned to; none unless given. */
  readonly groupBy?: readonly SeatDimensionName[];
  readonly filters: readonly DimensionFilter<SeatDimensionName>[];
  /** One more is read, so that it shows when there are more. No bound unless given. */
  readonly rowsMax?: number;
}

/** Seats at one moment. `users` and `activeUsers` are distinct people. */
export interface SeatCounts {
  /** Number of the moment, from 0. */
  readonly moment: number;
  readonly group: readonly string[];
  readonly purchased: number;
  readonly assigned: number;
  readonly active: number;
  readonly idle: number;
  readonly users: number;
  readonly activeUsers: number;
}

/** Who was active in which period. A user is one of each group in which there is activity. */
interface PeriodsRequest {
  readonly periods: PeriodsByDay;
  readonly groupBy: readonly UserDimensionName[];
  readonly filters: readonly DimensionFilter<UserDimensionName>[];
  /** One more is read, so that it shows when there are more. */
  readonly rowsMax: number;
}

/** The first period is the one before those that are asked for. */
export type LifecycleRequest = PeriodsRequest;

export type LifecycleState = 'new' | 'returning' | 'resurrected' | 'dormant';

export interface LifecycleCount {
  /** From 1: the first one has none before it. */
  readonly period: number;
  readonly group: readonly string[];
  readonly state: LifecycleState;
  readonly users: number;
}

export interface CohortsRequest extends PeriodsRequest {
  /** The first periods, in which users may be seen for the first time ever; in all of them they may return. */
  readonly cohorts: number;
  /** How many periods after its own a cohort is followed. */
  readonly periodsAfter: number;
}

/** What users do for the first time is known by these. */
export type FirstsDimensionName = 'team' | 'project';

/** Who was first seen when, and how long it took to the first agent run that succeeded. */
export interface FirstsRequest {
  /** Starts of the cohorts, ascending. Epoch milliseconds. */
  readonly startsMs: readonly number[];
  /** Where the last one ends. */
  readonly endMs: number;
  /** Who comes to it within so long, up to and including, has arrived in time. */
  readonly withinMs: number;
  readonly groupBy: readonly FirstsDimensionName[];
  readonly filters: readonly DimensionFilter<FirstsDimensionName>[];
  /** One more is read, so that it shows when there are more. */
  readonly rowsMax: number;
}

/** A cohort, or a group of it, without users has no row. */
export interface FirstsCount {
  readonly cohort: number;
  readonly group: readonly string[];
  readonly users: number;
  readonly inTime: number;
  /** The exact median time of those who came to it, however late, at the nearest rank; `null` where nobody did. */
  readonly medianMs: number | null;
}

/** On how many local days of a period a user was active. The first period is the one before those that are asked for. */
export interface UsageDepthRequest extends Omit<PeriodsRequest, 'periods'> {
  /** Local days, each of them a period. */
  readonly days: PeriodsByDay;
  /** The period of each day. */
  readonly periodOfDay: readonly number[];
  /** With so many days in a period, or more, a user is a moderate or a heavy one. One of each for every period. */
  readonly moderateDays: readonly number[];
  readonly heavyDays: readonly number[];
}

export type UsageDepth = 'none' | 'light' | 'moderate' | 'heavy';

export interface UsageDepthCount {
  /** From 1: the first one has none before it. */
  readonly period: number;
  readonly group: readonly string[];
  /** None: active in the period before only. */
  readonly depth: UsageDepth;
  readonly users: number;
}

export interface CohortCount {
  readonly cohort: number;
  readonly group: readonly string[];
  /** Periods after the cohort's own; -1 for all of the cohort. */
  readonly after: number;
  readonly users: number;
}
