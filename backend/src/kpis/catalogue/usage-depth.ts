import { userDimensions } from '../dimension-sets.js';
import type { DepthMeasure, Kpi } from '../kpi.js';

function shareOf(
  depth: Exclude<DepthMeasure['depth'], 'all'>,
  about: { readonly title: string; readonly who: string; readonly formula: string } & Pick<Kpi, 'direction'>,
): Kpi {
  const { title, who, formula, direction } = about;
  return {
    id: `usage_depth_${depth}`,
    title,
    family: 'adoption',
    definition: `Of the users who were active in the bucket or in the one before, the share ${who}. Days are local ones; a bucket of a series is told once it has ended, a total looks at the local days of the range, against as many before.`,
    formula: `distinct(user, ${formula}) / distinct(user, active days in the bucket or the one before)`,
    unit: 'ratio',
    parts: { numerator: 'users', denominator: 'users' },
    direction,
    owner: 'adoption',
    dimensions: userDimensions,
    smallestInterval: '1M',
    measure: {
      kind: 'ratio',
      of: 'depths',
      numerator: { kind: 'depth', depth },
      denominator: { kind: 'depth', depth: 'all' },
    },
  };
}

/** How often people come, in four shares that add up to one. */
export const usageDepthKpis: readonly Kpi[] = [
  shareOf('none', {
    title: 'Users without use',
    who: 'without a day of activity in the bucket',
    formula: 'no active day in the bucket',
    direction: 'down',
  }),
  shareOf('light', {
    title: 'Light users',
    who: 'active in the bucket on less than one day a week on average',
    formula: '7 x active days < days of the bucket',
    direction: 'neutral',
  }),
  shareOf('moderate', {
    title: 'Moderate users',
    who: 'active in the bucket on one day a week or more on average, and on less than three',
    formula: 'days of the bucket <= 7 x active days < 3 x days of the bucket',
    direction: 'neutral',
  }),
  shareOf('heavy', {
    title: 'Heavy users',
    who: 'active in the bucket on three days a week or more on average',
    formula: '7 x active days >= 3 x days of the bucket',
    direction: 'up',
  }),
];
