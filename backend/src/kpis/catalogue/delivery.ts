import { changeDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi } from '../kpi.js';

export const deliveryKpis: readonly Kpi[] = [
  {
    id: 'merged_changes',
    title: 'Merged changes',
    family: 'delivery',
    definition: 'Changes that were merged.',
    formula: 'count(workflow.change.merged)',
    unit: 'count',
    direction: 'up',
    owner: 'delivery',
    dimensions: changeDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: [eventTypes.changeMerged] } },
  },
];
