import type { Interval, KpiDescription, Unit } from '@coditect/contracts';

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
] as const;
export type SumColumn = (typeof sumColumns)[number];

/** Which events a measure looks at. Whatever is absent does not matter; what is given must all hold. */
export interface Where {
  readonly types?: readonly string[];
  readonly status?: readonly string[];
  readonly statusCodeMin?: number;
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
/** Distinct users with at least one event in the trailing local days, the day of the answer included. */
export interface DistinctUsersMeasure {
  readonly kind: 'distinctUsers';
  readonly days: 1 | 7 | 28;
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
    };
export type Measure = AdditiveMeasure | QuantileMeasure | DistinctUsersMeasure | RatioMeasure;

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

/** The dimensions of a KPI by which reports can tell it for as long as rollups are kept. */
export function rollupDimensionsOf({ dimensions, measure }: Kpi): readonly KpiDimension[] {
  return dimensions.filter(
    (name) => keptByRollups.has(name) && !(measure.kind === 'quantile' && name === 'tool'),
  );
}

/** What is told of a KPI outside. */
export function describeKpi(kpi: Kpi): KpiDescription {
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
    owner: kpi.owner,
    origin: 'catalogue',
  };
}
