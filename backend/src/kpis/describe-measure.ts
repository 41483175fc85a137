import { kpiDimensions, type DistinctUsersMeasure, type Measure, type Where } from './kpi.js';

/** The formula of a measure in terms of events, for the person who doubts a number. */
export function describeMeasure(measure: Measure): string {
  switch (measure.kind) {
    case 'count':
      return `count(${describeWhere(measure.where)})`;
    case 'sum':
      return `sum(${measure.columns.join(' + ')}) of ${describeWhere(measure.where)}`;
    case 'quantile':
      return `quantile(${measure.level}, ${measure.column}) of ${describeWhere(measure.where)}, within 0.5 % of the exact value`;
    case 'distinctUsers':
      return describeUsers(measure);
    case 'seats':
      return `seats(${measure.count}) at the end of the bucket`;
    case 'lifecycle':
      return `users(${measure.state}) of the bucket`;
    case 'cohort':
      return `users(${measure.count}) of weekly cohorts, ${measure.weeksAfter} weeks after`;
    case 'firsts':
      return `users(${measure.count}) first seen in the bucket, within ${measure.days} days`;
    case 'depth':
      return `users(${measure.depth}) by their active days of the bucket`;
    case 'ratio':
      return `${describeMeasure(measure.numerator)} / ${describeMeasure(measure.denominator)}`;
  }
}

function describeUsers({ days, domain }: DistinctUsersMeasure): string {
  const who = domain === undefined ? 'user' : `user, domain = ${domain}`;
  if (days === 'period') return `distinct(${who}) over the period`;
  return `distinct(${who}) over the trailing ${days} local day${days === 1 ? '' : 's'}`;
}

function describeWhere(where: Where): string {
  const { in: values = {}, present = [], status, statusCodeMax, statusCodeMin, types } = where;
  return [
    types === undefined ? 'every event' : types.map(shortenType).join(' and '),
    ...(status === undefined ? [] : [describeValues('status', status)]),
    ...(statusCodeMin === undefined ? [] : [`statusCode >= ${statusCodeMin}`]),
    ...(statusCodeMax === undefined ? [] : [`statusCode <= ${statusCodeMax}`]),
    ...present.map((name) => `${name} given`),
    ...kpiDimensions.flatMap((name) => {
      const wanted = values[name];
      return wanted === undefined ? [] : [describeValues(name, wanted)];
    }),
  ].join(', ');
}

function describeValues(name: string, values: readonly string[]): string {
  const [first, ...others] = values.map((value) => (value === '' ? '""' : value));
  return others.length === 0 ? `${name} = ${first}` : `${name} in (${[first, ...others].join(', ')})`;
}

/** Ours without what they all have: `agent.run.finished`. */
function shortenType(type: string): string {
  return /^ai\.coditect\.(.+)\.v1$/.exec(type)?.[1] ?? type;
}
