import { consumptionDimensions, perUserDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { AdditiveMeasure, Kpi, SumColumn } from '../kpi.js';

const family = 'consumption';
const owner = 'finance';
const paid = [eventTypes.agentRunFinished, eventTypes.modelCalled];

const sumOf = (columns: readonly SumColumn[]): AdditiveMeasure => ({
  kind: 'sum',
  columns,
  where: { types: paid },
});

function tokens(id: string, title: string, column: SumColumn, definition: string): Kpi {
  return {
    id,
    title,
    family,
    definition,
    formula: `sum(${column}) of agent.run.finished and agent.model.called`,
    unit: 'tokens',
    direction: 'neutral',
    owner,
    dimensions: consumptionDimensions,
    smallestInterval: '1m',
    measure: sumOf([column]),
  };
}

const cost = sumOf(['costUsd']);

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
    measure: sumOf([
      'tokensInput',
      'tokensOutput',
      'tokensReasoning',
      'tokensCacheRead',
      'tokensCacheCreation',
    ]),
  },
  tokens(
    'tokens_input',
    'Input tokens',
    'tokensInput',
    'Tokens that models read, apart from those that came from a cache or were written to one.',
  ),
  tokens(
    'tokens_output',
    'Output tokens',
    'tokensOutput',
    'Tokens that models wrote, apart from those of their reasoning.',
  ),
  tokens('tokens_reasoning', 'Reasoning tokens', 'tokensReasoning', 'Tokens that models wrote to reason.'),
  tokens(
    'tokens_cache_read',
    'Cached tokens read',
    'tokensCacheRead',
    'Tokens that models read from a cache of prompts.',
  ),
  tokens(
    'tokens_cache_creation',
    'Cached tokens written',
    'tokensCacheCreation',
    'Tokens that models read and wrote to a cache of prompts.',
  ),
  {
    id: 'cache_hit_rate',
    title: 'Cache hit rate',
    family,
    definition:
      'Share of the tokens read by models that came from a cache of prompts. Tokens written to the cache were read anew, and are no hits.',
    formula: 'sum(tokensCacheRead) / sum(tokensInput + tokensCacheRead + tokensCacheCreation)',
    unit: 'ratio',
    parts: { numerator: 'tokens', denominator: 'tokens' },
    direction: 'up',
    owner,
    dimensions: consumptionDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: sumOf(['tokensCacheRead']),
      denominator: sumOf(['tokensInput', 'tokensCacheRead', 'tokensCacheCreation']),
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
  {
    id: 'cost_per_active_user',
    title: 'Cost per active user',
    family,
    definition:
      'Cost of models in US dollars in the period, divided by the distinct users with at least one event in it.',
    formula: 'cost / active_users, both of the period',
    unit: 'USD',
    parts: { numerator: 'USD', denominator: 'users' },
    direction: 'down',
    owner,
    dimensions: perUserDimensions,
    smallestInterval: '1d',
    measure: {
      kind: 'ratio',
      of: 'perUser',
      numerator: cost,
      denominator: { kind: 'distinctUsers', days: 'period' },
    },
  },
];
