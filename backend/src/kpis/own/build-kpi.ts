import { createHash } from 'node:crypto';
import type { KpiDefinition, Unit } from '@coditect/contracts';
import { describeMeasure } from '../describe-measure.js';
import {
  kpiDimensions,
  type AdditiveMeasure,
  type DistinctUsersMeasure,
  type Kpi,
  type Measure,
  type RatioMeasure,
  type Where,
} from '../kpi.js';
import { unitOfMeasure } from './measured-units.js';

type DefinedMeasure = KpiDefinition['measure'];
type DefinedSide = Extract<DefinedMeasure, { kind: 'ratio' }>['numerator'];
type DefinedWhere = Extract<DefinedMeasure, { kind: 'count' }>['where'];

/** The KPI that a definition describes. To be called with what `checkDefinition` finds no error in. */
export function buildKpi(definition: KpiDefinition): Kpi {
  const { definition: sentence, direction, family, id, owner, title, unit } = definition;
  const measure = toMeasure(definition.measure);
  return {
    id,
    title,
    family,
    definition: sentence,
    formula: describeMeasure(measure),
    unit,
    ...(measure.kind === 'ratio' && { parts: partsOf(measure) }),
    direction,
    owner,
    dimensions: kpiDimensions.filter((name) => definition.dimensions.includes(name)),
    smallestInterval: definition.smallestInterval ?? (looksAtUsers(definition.measure) ? '1d' : '1m'),
    measure,
    revision: createHash('sha256').update(JSON.stringify(definition)).digest('hex').slice(0, 12),
  };
}

/** Users are counted by local days. */
export function looksAtUsers(measure: DefinedMeasure): boolean {
  if (measure.kind === 'ratio') return looksAtUsers(measure.numerator) || looksAtUsers(measure.denominator);
  return measure.kind === 'distinctUsers';
}

function partsOf({ denominator, numerator }: RatioMeasure): { numerator: Unit; denominator: Unit } {
  return { numerator: unitOfMeasure(numerator), denominator: unitOfMeasure(denominator) };
}

function toMeasure(measure: DefinedMeasure): Measure {
  switch (measure.kind) {
    case 'quantile':
      return { ...measure, where: toWhere(measure.where) };
    case 'ratio':
      return toRatio(toSide(measure.numerator), toSide(measure.denominator));
    default:
      return toSide(measure);
  }
}

type Side = AdditiveMeasure | DistinctUsersMeasure;

function toSide(side: DefinedSide): Side {
  if (side.kind !== 'distinctUsers') return { ...side, where: toWhere(side.where) };
  const { days, domain, kind } = side;
  return { kind, days, ...(domain !== undefined && { domain }) };
}

function toRatio(numerator: Side, denominator: Side): RatioMeasure {
  if (denominator.kind !== 'distinctUsers') {
    if (numerator.kind !== 'distinctUsers') return { kind: 'ratio', of: 'events', numerator, denominator };
  } else if (numerator.kind === 'distinctUsers') {
    return { kind: 'ratio', of: 'users', numerator, denominator };
  } else if (denominator.days === 'period') {
    return { kind: 'ratio', of: 'perUser', numerator, denominator: { ...denominator, days: 'period' } };
  }
  throw new Error('these sides make no ratio');
}

function toWhere({ in: values, present, status, statusCodeMax, statusCodeMin, types }: DefinedWhere): Where {
  return {
    ...(types !== undefined && { types }),
    ...(status !== undefined && { status }),
    ...(statusCodeMin !== undefined && { statusCodeMin }),
    ...(statusCodeMax !== undefined && { statusCodeMax }),
    ...(present !== undefined && { present: kpiDimensions.filter((name) => present.includes(name)) }),
    ...(values !== undefined && { in: values }),
  };
}
