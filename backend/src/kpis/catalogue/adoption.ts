import { userDimensions } from '../dimension-sets.js';
import type { Kpi } from '../kpi.js';

const family = 'adoption';
const owner = 'adoption';

function activeUsers(id: string, title: string, days: 1 | 7 | 28): Kpi {
  const period = days === 1 ? 'on the local day' : `in the ${days} local days that end with the day`;
  return {
    id,
    title,
    family,
    definition: `Distinct users with at least one event ${period}. A total is the value at the end of the range.`,
    formula: `distinct(user) over the trailing ${days} local day${days === 1 ? '' : 's'}, over every event that names a user`,
    unit: 'users',
    direction: 'up',
    owner,
    dimensions: userDimensions,
    smallestInterval: '1d',
    measure: { kind: 'distinctUsers', days },
  };
}

export const adoptionKpis: readonly Kpi[] = [
  activeUsers('active_users_daily', 'Daily active users', 1),
  activeUsers('active_users_weekly', 'Weekly active users', 7),
  activeUsers('active_users_monthly', 'Monthly active users', 28),
  {
    id: 'stickiness',
    title: 'Stickiness',
    family,
    definition:
      'Share of the users active in the last 28 local days who were active on the last of them. A total is the value at the end of the range.',
    formula: 'active_users_daily / active_users_monthly',
    unit: 'ratio',
    parts: { numerator: 'users', denominator: 'users' },
    direction: 'up',
    owner,
    dimensions: userDimensions,
    smallestInterval: '1d',
    measure: {
      kind: 'ratio',
      of: 'users',
      numerator: { kind: 'distinctUsers', days: 1 },
      denominator: { kind: 'distinctUsers', days: 28 },
    },
  },
];
