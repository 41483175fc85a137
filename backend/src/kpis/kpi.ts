import type { Interval, KpiDescription, Unit } from '@coditect/contracts';
import { eventTypes } from './event-types.js';

/** What events can be grouped and filtered by. A closed list: a name that is not here never reaches a store. */
export const kpiDimensions = [
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
export type KpiDimension = (typeof kpiDimensions)[number];

/**
 * Stored quantities that add up. Cost in US dollars, the rest are counts of tokens, bytes or, from the comparison of a
 * day in both stores, events.
 */
export const sumColumns = [
  'tokensInput',
  'tokensOutput',
  'tokensCacheRead',
  'tokensCacheCreation',
  'tokensReasoning',
  'costUsd',
  'responseBytes',
  'streamEvents',
  'batchEvents',
  'matchedEvents',
  'differingEvents',
  'lateEvents',
  'duplicateEvents',
  'acceptedEvents',
] as const;
export type SumColumn = (typeof sumColumns)[number];

/** Which events a measure looks at. Whatever is absent does not matter; what is given must all hold. */
export interface Where {
  readonly types?: readonly string[];
  readonly status?: readonly string[];
  /** HTTP status codes from, and up to and including. */
  readonly statusCodeMin?: number;
  readonly statusCodeMax?: number;
  /** Dimensions that have a value, whichever. */
  readonly present?: readonly KpiDimension[];
  /** Dimensions that have one of these values. */
  readonly in?: Readonly<Partial<Record<KpiDimension, readonly string[]>>>;
}

export interface CountMeasure {
  readonly kind: 'count';
  readonly where: Where;
}
export interface SumMeasure {
  readonly kind: 'sum';
  readonly columns: readonly SumColumn[];
  readonly where: Where;
}
/** A level of the distribution of a duration, within 0.5 % of the value at the nearest rank, ceil(level × n). */
export interface QuantileMeasure {
  readonly kind: 'quantile';
  readonly column: 'durationMs';
  readonly level: 0.5 | 0.95 | 0.99;
  readonly where: Where;
}
/**
 * Distinct users with at least one event: in the trailing local days, the day of the answer included, or in the bucket
 * itself (`period`).
 */
export interface DistinctUsersMeasure {
  readonly kind: 'distinctUsers';
  readonly days: 1 | 7 | 28 | 'period';
  /** Only events of this domain make a user. */
  readonly domain?: string;
}
/** Seats at the end of the bucket, or now in the one that is running. Active and idle look at the trailing 28 local days. */
export interface SeatsMeasure {
  readonly kind: 'seats';
  /** Seats; what idle and unassigned ones cost for a month; or distinct people with a seat, and those of them who are active. */
  readonly count: 'purchased' | 'assigned' | 'active' | 'idle' | 'idleCost' | 'users' | 'activeUsers';
}
/** Users by what the bucket is to them, held against all of their days before it. Buckets are whole. */
export interface LifecycleMeasure {
  readonly kind: 'lifecycle';
  readonly state: 'new' | 'returning' | 'resurrected' | 'dormant';
}
/** Users who were active for the first time ever in a week of the bucket, or those of them who were in a later one. */
export interface CohortMeasure {
  readonly kind: 'cohort';
  readonly count: 'size' | 'returned';
  /** Which week after its own a cohort is followed to. Nothing is told of one until that has ended. */
  readonly weeksAfter: number;
}
/** Users who were first seen in the bucket. Nothing is told of one before so many days have passed since. */
export interface FirstsMeasure {
  readonly kind: 'firsts';
  /**
   * All of them; those whose first agent run that succeeded came within the days; or the median time to it, of those
   * who came to it.
   */
  readonly count: 'users' | 'inTime' | 'medianMs';
  readonly days: number;
}
/**
 * Users by the days of the bucket on which they were active: none where they were in the bucket before only, moderate
 * from one day a week on, heavy from three.
 */
export interface DepthMeasure {
  readonly kind: 'depth';
  readonly depth: 'none' | 'light' | 'moderate' | 'heavy' | 'all';
}
export type AdditiveMeasure = CountMeasure | SumMeasure;
/** Divided last, from the sums of both sides. No value where the denominator is zero. */
export type RatioMeasure =
  | {
      readonly kind: 'ratio';
      readonly of: 'events';
      readonly numerator: AdditiveMeasure;
      readonly denominator: AdditiveMeasure;
    }
  | {
      readonly kind: 'ratio';
      readonly of: 'users';
      readonly numerator: DistinctUsersMeasure;
      readonly denominator: DistinctUsersMeasure;
    }
  | {
      readonly kind: 'ratio';
      readonly of: 'perUser';
      readonly numerator: AdditiveMeasure;
      readonly denominator: DistinctUsersMeasure & { readonly days: 'period' };
    }
  | {
      readonly kind: 'ratio';
      readonly of: 'seats';
      readonly numerator: SeatsMeasure;
      readonly denominator: SeatsMeasure;
    }
  | {
      readonly kind: 'ratio';
      readonly of: 'cohorts';
      readonly numerator: CohortMeasure;
      readonly denominator: CohortMeasure;
    }
  | {
      readonly kind: 'ratio';
      readonly of: 'firsts';
      readonly numerator: FirstsMeasure;
      readonly denominator: FirstsMeasure;
    }
  | {
      readonly kind: 'ratio';
      readonly of: 'depths';
      readonly numerator: DepthMeasure;
      readonly denominator: DepthMeasure;
    };
type StatesRatio = 'seats' | 'cohorts' | 'firsts' | 'depths';
/** Told by who has a seat, or by all that users did before, and not by the events of the bucket alone. */
export type StatesMeasure =
  | SeatsMeasure
  | LifecycleMeasure
  | CohortMeasure
  | FirstsMeasure
  | DepthMeasure
  | Extract<RatioMeasure, { readonly of: StatesRatio }>;
export type Measure = AdditiveMeasure | QuantileMeasure | DistinctUsersMeasure | StatesMeasure | RatioMeasure;

const stateKinds: ReadonlySet<Measure['kind']> = new Set<StatesMeasure['kind']>([
  'seats',
  'lifecycle',
  'cohort',
  'firsts',
  'depth',
]);
const stateRatios: ReadonlySet<RatioMeasure['of']> = new Set<StatesRatio>([
  'seats',
  'cohorts',
  'firsts',
  'depths',
]);

/** A metric with an owner, a unit and a direction: data, never code. */
export interface Kpi {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  /** One sentence for the person who looks at the number. */
  readonly definition: string;
  /** The same in terms of events, for the person who doubts it. */
  readonly formula: string;
  readonly unit: Unit;
  /** Units of both sides of a ratio. */
  readonly parts?: { readonly numerator: Unit; readonly denominator: Unit };
  readonly direction: 'up' | 'down' | 'neutral';
  readonly owner: string;
  readonly dimensions: readonly KpiDimension[];
  readonly smallestInterval: Interval;
  readonly measure: Measure;
  /** Of a tenant's own: another one whenever its definition is. Those that are shipped change with the product. */
  readonly revision?: string;
}

/** What rollups keep of an event; distributions of durations are kept without the tool. */
const keptByRollups: ReadonlySet<KpiDimension> = new Set<KpiDimension>([
  'domain',
  'type',
  'status',
  'team',
  'project',
  'agent',
  'model',
  'tool',
  'route',
  'method',
  'statusCode',
]);

/** The dimensions that conditions look at, apart from those that every store has. */
export function dimensionsOfWhere({ present = [], in: values = {} }: Where): readonly KpiDimension[] {
  return kpiDimensions.filter((name) => present.includes(name) || values[name] !== undefined);
}

/** Every condition of a measure, of both sides of a ratio. */
export function conditionsOf(measure: Measure): readonly Where[] {
  if (measure.kind === 'ratio')
    return [...conditionsOf(measure.numerator), ...conditionsOf(measure.denominator)];
  return 'where' in measure ? [measure.where] : [];
}

/**
 * The dimensions of a KPI by which reports can tell it for as long as rollups are kept. None when it counts by what they
 * do not keep.
 */
export function rollupDimensionsOf({ dimensions, measure }: Kpi): readonly KpiDimension[] {
  if (isOnlyForPanels(measure)) return [];
  const lost = conditionsOf(measure)
    .flatMap(dimensionsOfWhere)
    .some((name) => !isKept(name, measure));
  return lost ? [] : dimensions.filter((name) => isKept(name, measure));
}

/** Told by what the real-time store alone keeps. */
export function isOnlyForPanels(measure: Measure): boolean {
  if (measure.kind === 'ratio')
    return isOnlyForPanels(measure.numerator) || isOnlyForPanels(measure.denominator);
  return measure.kind === 'sum' && measure.columns.some((column) => acceptedSums.has(column));
}

/** Of a bucket that has not begun nothing is told, where counts of events are zero. */
export function isToldByStates(measure: Measure): measure is StatesMeasure {
  if (measure.kind === 'ratio') return stateRatios.has(measure.of);
  return stateKinds.has(measure.kind);
}

function isKept(name: KpiDimension, measure: Measure): boolean {
  return keptByRollups.has(name) && !(measure.kind === 'quantile' && name === 'tool');
}

/** From the comparison of a day in both stores; no event carries them. */
const comparedSums: ReadonlySet<SumColumn> = new Set<SumColumn>([
  'streamEvents',
  'batchEvents',
  'matchedEvents',
  'differingEvents',
  'lateEvents',
]);

/** Of what was taken in, with what came again. That is not stored a second time: no event tells of it. */
const acceptedSums: ReadonlySet<SumColumn> = new Set<SumColumn>(['duplicateEvents', 'acceptedEvents']);

const seatEventTypes = {
  purchases: [eventTypes.seatPurchased],
  holders: [eventTypes.seatAssigned, eventTypes.seatReleased],
} as const;

function isOfNoEvent(column: SumColumn): boolean {
  return comparedSums.has(column) || acceptedSums.has(column);
}

/** Types of the events that a measure counts on either side, none for any type; `undefined` where it counts no events. */
function eventTypesOf(measure: Measure): readonly string[] | undefined {
  if (measure.kind === 'ratio') {
    const sides = [eventTypesOf(measure.numerator), eventTypesOf(measure.denominator)];
    const counted = sides.flatMap((types) => (types === undefined ? [] : [types]));
    if (counted.length === 0) return undefined;
    return counted.some((types) => types.length === 0) ? [] : [...new Set(counted.flat())];
  }
  if (measure.kind === 'seats')
    return seatEventTypes[measure.count === 'purchased' ? 'purchases' : 'holders'];
  if (!('where' in measure)) return [];
  if (measure.kind === 'sum' && measure.columns.some(isOfNoEvent)) return undefined;
  return measure.where.types ?? [];
}

/** What is told of a KPI outside. */
export function describeKpi(kpi: Kpi): KpiDescription {
  const eventTypes = eventTypesOf(kpi.measure);
  return {
    id: kpi.id,
    title: kpi.title,
    family: kpi.family,
    definition: kpi.definition,
    formula: kpi.formula,
    unit: kpi.unit,
    direction: kpi.direction,
    dimensions: [...kpi.dimensions],
    rollupDimensions: [...rollupDimensionsOf(kpi)],
    smallestInterval: kpi.smallestInterval,
    ...(eventTypes !== undefined && { eventTypes: [...eventTypes] }),
    owner: kpi.owner,
    ...(kpi.revision === undefined
      ? { origin: 'catalogue' as const }
      : { origin: 'tenant' as const, revision: kpi.revision }),
  };
}
