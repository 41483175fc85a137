import { perUserDimensions, usageDimensions, promptDimensions, userDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
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
    id: 'active_users',
    title: 'Active users',
    family,
    definition:
      'Distinct users with at least one event in the period: in each day, week or month of a series, in the whole range for a total.',
    formula: 'distinct(user) over the period, over every event that names a user',
    unit: 'users',
    direction: 'up',
    owner,
    dimensions: userDimensions,
    smallestInterval: '1d',
    measure: { kind: 'distinctUsers', days: 'period' },
  },
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
  {
    id: 'agent_adoption',
    title: 'Agent adoption',
    family,
    definition:
      'Share of the users active in the last 28 local days who worked with an agent in them. A total is the value at the end of the range.',
    formula: 'distinct(user, domain = agent) / distinct(user), both over the trailing 28 local days',
    unit: 'ratio',
    parts: { numerator: 'users', denominator: 'users' },
    direction: 'up',
    owner,
    dimensions: perUserDimensions,
    smallestInterval: '1d',
    measure: {
      kind: 'ratio',
      of: 'users',
      numerator: { kind: 'distinctUsers', days: 28, domain: 'agent' },
      denominator: { kind: 'distinctUsers', days: 28 },
    },
  },
  {
    id: 'sessions',
    title: 'Sessions',
    family,
    definition: 'Sessions that were started in the IDE.',
    formula: 'count(ide.session.started)',
    unit: 'count',
    direction: 'up',
    owner,
    dimensions: usageDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: [eventTypes.sessionStarted] } },
  },
  {
    id: 'commands',
    title: 'Commands',
    family,
    definition: 'Commands of the platform that were executed in the IDE.',
    formula: 'count(ide.command.executed)',
    unit: 'count',
    direction: 'up',
    owner,
    dimensions: usageDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: [eventTypes.commandExecuted] } },
  },
  {
    id: 'prompts',
    title: 'Prompts',
    family,
    definition: 'Prompts that people submitted to agents. Producers that report no prompts count none.',
    formula: 'count(agent.prompt.submitted)',
    unit: 'count',
    direction: 'up',
    owner,
    dimensions: promptDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: [eventTypes.promptSubmitted] } },
  },
];
