import { suggestionDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi } from '../kpi.js';

function suggestions(id: string, title: string, definition: string, type: keyof typeof eventTypes): Kpi {
  return {
    id,
    title,
    family: 'suggestions',
    definition,
    formula: `count(${eventTypes[type].slice('ai.coditect.'.length, -'.v1'.length)})`,
    unit: 'count',
    direction: 'up',
    owner: 'adoption',
    dimensions: suggestionDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: [eventTypes[type]] } },
  };
}

export const suggestionKpis: readonly Kpi[] = [
  suggestions(
    'suggestions_shown',
    'Suggestions shown',
    'Suggestions that were shown in the editor.',
    'suggestionShown',
  ),
  suggestions(
    'suggestions_accepted',
    'Suggestions accepted',
    'Suggestions that were accepted in the editor.',
    'suggestionAccepted',
  ),
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
