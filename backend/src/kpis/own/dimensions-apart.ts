import type { KpiDefinition } from '@coditect/contracts';
import { kpiDimensions, type KpiDimension } from '../kpi.js';

type DefinedMeasure = KpiDefinition['measure'];
type DefinedSide = Extract<DefinedMeasure, { kind: 'ratio' }>['numerator'];

/**
 * The dimensions by which a measure tells what it counts from what it does not, so that splitting by them means nothing:
 * where both sides of a ratio ask for something else, or users of one domain are counted.
 */
export function findDimensionsApart(measure: DefinedMeasure): readonly KpiDimension[] {
  if (measure.kind === 'distinctUsers') return measure.domain === undefined ? [] : ['domain'];
  if (measure.kind !== 'ratio') return [];
  const { denominator, numerator } = measure;
  if (numerator.kind === 'distinctUsers' && denominator.kind === 'distinctUsers')
    return (numerator.domain ?? denominator.domain) === undefined ? [] : ['domain'];
  // Whoever worked in one domain may have done what is counted in another.
  if (denominator.kind === 'distinctUsers') return ['domain'];
  return kpiDimensions.filter((name) => conditionOn(name, numerator) !== conditionOn(name, denominator));
}

/** What a side asks of a dimension, as a text to compare. */
function conditionOn(name: KpiDimension, side: DefinedSide): string {
  if (side.kind === 'distinctUsers') return '';
  const { in: values = {}, present = [], status, statusCodeMax, statusCodeMin, types } = side.where;
  const own: Partial<Record<KpiDimension, unknown>> = {
    type: types?.toSorted(),
    domain: types?.toSorted(),
    status: status?.toSorted(),
    statusCode: [statusCodeMin, statusCodeMax],
  };
  return JSON.stringify([own[name], present.includes(name), values[name]?.toSorted()]);
}
