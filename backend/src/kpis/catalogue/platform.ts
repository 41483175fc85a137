import { anyDimensions } from '../dimension-sets.js';
import type { Kpi } from '../kpi.js';

export const platformKpis: readonly Kpi[] = [
  {
    id: 'events',
    title: 'Events',
    family: 'platform',
    definition: 'Events that were stored, of known and of unknown types.',
    formula: 'count(every event)',
    unit: 'count',
    direction: 'neutral',
    owner: 'platform',
    dimensions: anyDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: {} },
  },
];
