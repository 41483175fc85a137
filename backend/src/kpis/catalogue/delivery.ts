import { changeDimensions, changeShareDimensions, perUserDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { CountMeasure, Kpi, Where } from '../kpi.js';

const family = 'delivery';
const owner = 'delivery';
const withAgent: Where = { present: ['agent'] };
const merged = (where: Where = {}): CountMeasure => ({
  kind: 'count',
  where: { types: [eventTypes.changeMerged], ...where },
});
const reverted = (where: Where = {}): CountMeasure => ({
  kind: 'count',
  where: { types: [eventTypes.changeReverted], ...where },
});
const share = {
  family,
  owner,
  unit: 'ratio',
  parts: { numerator: 'count', denominator: 'count' },
  smallestInterval: '1m',
} as const;

export const deliveryKpis: readonly Kpi[] = [
  {
    id: 'merged_changes',
    title: 'Merged changes',
    family,
    definition: 'Changes that were merged.',
    formula: 'count(workflow.change.merged)',
    unit: 'count',
    direction: 'up',
    owner,
    dimensions: changeDimensions,
    smallestInterval: '1m',
    measure: merged(),
  },
  {
    ...share,
    id: 'ai_assisted_change_share',
    title: 'AI-assisted change share',
    definition: 'Share of the merged changes that name an agent. Producers that name none count as none.',
    formula: 'count(workflow.change.merged, agent given) / count(workflow.change.merged)',
    direction: 'up',
    dimensions: changeShareDimensions,
    measure: { kind: 'ratio', of: 'events', numerator: merged(withAgent), denominator: merged() },
  },
  {
    ...share,
    id: 'change_revert_rate',
    title: 'Change revert rate',
    definition:
      'Changes that were reverted, divided by the changes that were merged in the same period, whenever the reverted ones were merged.',
    formula: 'count(workflow.change.reverted) / count(workflow.change.merged)',
    direction: 'down',
    dimensions: changeDimensions,
    measure: { kind: 'ratio', of: 'events', numerator: reverted(), denominator: merged() },
  },
  {
    ...share,
    id: 'ai_change_revert_rate',
    title: 'AI-assisted change revert rate',
    definition:
      'The change revert rate of changes that name an agent. A revert has to name it too: one that does not is not counted.',
    formula: 'count(workflow.change.reverted, agent given) / count(workflow.change.merged, agent given)',
    direction: 'down',
    dimensions: changeDimensions,
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: reverted(withAgent),
      denominator: merged(withAgent),
    },
  },
  {
    id: 'throughput_per_active_user',
    title: 'Throughput per active user',
    family,
    definition:
      'Changes that were merged in the period, divided by the distinct users with at least one event in it.',
    formula: 'merged_changes / active_users, both of the period',
    unit: 'count',
    parts: { numerator: 'count', denominator: 'users' },
    direction: 'up',
    owner,
    dimensions: perUserDimensions,
    smallestInterval: '1w',
    measure: {
      kind: 'ratio',
      of: 'perUser',
      numerator: merged(),
      denominator: { kind: 'distinctUsers', days: 'period' },
    },
  },
];
