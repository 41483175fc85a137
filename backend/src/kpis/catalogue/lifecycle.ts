import { userDimensions } from '../dimension-sets.js';
import type { Kpi, LifecycleMeasure } from '../kpi.js';

const family = 'lifecycle';
const owner = 'adoption';
const periods =
  'Buckets are whole local days, weeks or months; a total looks at the local days of the range, against as many before.';

function usersOf(
  state: LifecycleMeasure['state'],
  about: Pick<Kpi, 'id' | 'title' | 'definition' | 'formula' | 'direction'>,
): Kpi {
  return {
    ...about,
    definition: `${about.definition} ${periods}`,
    family,
    unit: 'users',
    owner,
    dimensions: userDimensions,
    smallestInterval: '1d',
    measure: { kind: 'lifecycle', state },
  };
}

export const lifecycleKpis: readonly Kpi[] = [
  usersOf('new', {
    id: 'new_users',
    title: 'New users',
    definition: 'Users who were active in the bucket for the first time ever.',
    formula: 'distinct(user, first event in the bucket)',
    direction: 'up',
  }),
  usersOf('returning', {
    id: 'returning_users',
    title: 'Returning users',
    definition: 'Users who were active in the bucket and in the one before.',
    formula: 'distinct(user, events in the bucket and in the one before)',
    direction: 'up',
  }),
  usersOf('resurrected', {
    id: 'resurrected_users',
    title: 'Resurrected users',
    definition: 'Users who were active in the bucket and long ago, but not in the bucket before.',
    formula: 'distinct(user, events in the bucket and before the one before, none in that)',
    direction: 'up',
  }),
  usersOf('dormant', {
    id: 'dormant_users',
    title: 'Dormant users',
    definition:
      'Users who were active in the bucket before and not in this one; nothing is told of a bucket of a series until it has ended.',
    formula: 'distinct(user, events in the bucket before, none in this one)',
    direction: 'down',
  }),
  {
    id: 'week_4_retention',
    title: 'Week-4 retention',
    family,
    definition:
      'Share of the users who were active for the first time ever in a week who were active in the fourth week after it. Weeks whose fourth week after has not ended are left out; a month or a total puts its weeks together.',
    formula: 'distinct(user, events in week w + 4) / distinct(user, first event in week w)',
    unit: 'ratio',
    parts: { numerator: 'users', denominator: 'users' },
    direction: 'up',
    owner,
    dimensions: userDimensions,
    smallestInterval: '1w',
    measure: {
      kind: 'ratio',
      of: 'cohorts',
      numerator: { kind: 'cohort', count: 'returned', weeksAfter: 4 },
      denominator: { kind: 'cohort', count: 'size', weeksAfter: 4 },
    },
  },
];
