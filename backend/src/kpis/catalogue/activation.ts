import { perUserDimensions } from '../dimension-sets.js';
import type { FirstsMeasure, Kpi } from '../kpi.js';

const days = 7;
const cohorts =
  'A user belongs to the bucket of the first event ever; a bucket is told once seven days have passed after it, a total looks at the users of the range whose seven days have passed.';
const first: Pick<FirstsMeasure, 'kind' | 'days'> = { kind: 'firsts', days };
const family = 'lifecycle';
const owner = 'adoption';

/** From the first look to the first success. */
export const activationKpis: readonly Kpi[] = [
  {
    id: 'activation_rate',
    title: 'Activation rate',
    family,
    definition: `Share of the new users whose first successful agent run came within seven days after their first event. ${cohorts}`,
    formula:
      'distinct(user, first agent.run.finished with status = succeeded <= first event + 7 d) / distinct(user, first event in the bucket)',
    unit: 'ratio',
    parts: { numerator: 'users', denominator: 'users' },
    direction: 'up',
    owner,
    dimensions: perUserDimensions,
    smallestInterval: '1d',
    measure: {
      kind: 'ratio',
      of: 'firsts',
      numerator: { ...first, count: 'inTime' },
      denominator: { ...first, count: 'users' },
    },
  },
  {
    id: 'time_to_first_value',
    title: 'Time to first value',
    family,
    definition: `Median time from the first event of a user to the first successful agent run, of those new users who have come to one, however late. ${cohorts}`,
    formula: 'median(first agent.run.finished with status = succeeded - first event) of users',
    unit: 'milliseconds',
    direction: 'down',
    owner,
    dimensions: perUserDimensions,
    smallestInterval: '1d',
    measure: { ...first, count: 'medianMs' },
  },
];
