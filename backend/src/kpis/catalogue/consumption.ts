import { consumptionDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { AdditiveMeasure, Kpi } from '../kpi.js';

const family = 'consumption';
const owner = 'finance';
const paid = [eventTypes.agentRunFinished, eventTypes.modelCalled];

const cost: AdditiveMeasure = { kind: 'sum', columns: ['costUsd'], where: { types: paid } };

export const consumptionKpis: readonly Kpi[] = [
  {
    id: 'tokens',
    title: 'Tokens',
    family,
    definition:
      'Tokens read and written by models: input, output, reasoning, read from cache and written to cache. Each token is counted under one of the five.',
    formula:
      'sum(tokensInput + tokensOutput + tokensReasoning + tokensCacheRead + tokensCacheCreation) of agent.run.finished and agent.model.called',
    unit: 'tokens',
    direction: 'neutral',
    owner,
    dimensions: consumptionDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'sum',
      columns: ['tokensInput', 'tokensOutput', 'tokensReasoning', 'tokensCacheRead', 'tokensCacheCreation'],
      where: { types: paid },
    },
  },
  {
    id: 'cost',
    title: 'Cost',
    family,
    definition:
      'Cost of models in US dollars, as the producers report it. A producer reports a cost on the run or on its model calls, not on both.',
    formula: 'sum(costUsd) of agent.run.finished and agent.model.called',
    unit: 'USD',
    direction: 'down',
    owner,
    dimensions: consumptionDimensions,
    smallestInterval: '1m',
    measure: cost,
  },
  {
    id: 'cost_per_successful_run',
    title: 'Cost per successful run',
    family,
    definition:
      'Cost of models in US dollars divided by the agent runs that succeeded. Failed runs are paid for too.',
    formula: 'cost / count(agent.run.finished, status = succeeded)',
    unit: 'USD',
    parts: { numerator: 'USD', denominator: 'count' },
    direction: 'down',
    owner,
    dimensions: consumptionDimensions.filter((name) => name !== 'type'),
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: cost,
      denominator: {
        kind: 'count',
        where: { types: [eventTypes.agentRunFinished], status: ['succeeded'] },
      },
    },
  },
];
