import { suggestionDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi } from '../kpi.js';

export const suggestionKpis: readonly Kpi[] = [
  {
    id: 'suggestion_acceptance_rate',
    title: 'Suggestion acceptance rate',
    family: 'suggestions',
    definition: 'Suggestions accepted in the editor, as a share of the suggestions shown in the same period.',
    formula: 'count(ide.suggestion.accepted) / count(ide.suggestion.shown)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'up',
    owner: 'adoption',
    dimensions: suggestionDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: [eventTypes.suggestionAccepted] } },
      denominator: { kind: 'count', where: { types: [eventTypes.suggestionShown] } },
    },
  },
];
