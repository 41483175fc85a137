import {
  agentDimensions,
  agentOutcomeDimensions,
  toolCallDimensions,
  toolDimensions,
} from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi, QuantileMeasure } from '../kpi.js';
import { durationKpi } from './duration-kpi.js';

const family = 'agents';
const owner = 'agents';
const runs = [eventTypes.agentRunFinished];
const toolCalls = [eventTypes.toolCalled];

function duration(id: string, title: string, level: QuantileMeasure['level'], words: string): Kpi {
  return durationKpi({
    ...{ id, title, family, owner, level },
    definition: `Time that an agent run takes until it has finished, ${words}, whatever its outcome.`,
    type: eventTypes.agentRunFinished,
    event: 'agent.run.finished',
    dimensions: agentDimensions,
  });
}

export const agentKpis: readonly Kpi[] = [
  {
    id: 'agent_runs',
    title: 'Agent runs',
    family,
    definition: 'Agent runs that have finished, whatever their outcome.',
    formula: 'count(agent.run.finished)',
    unit: 'count',
    direction: 'up',
    owner,
    dimensions: agentDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: runs } },
  },
  {
    id: 'agent_success_rate',
    title: 'Agent success rate',
    family,
    definition:
      'Share of agent runs that succeeded among those that succeeded, failed or timed out. Cancelled runs are left out of both sides.',
    formula:
      'count(agent.run.finished, status = succeeded) / count(agent.run.finished, status in (succeeded, failed, timed_out))',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'up',
    owner,
    dimensions: agentOutcomeDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: runs, status: ['succeeded'] } },
      denominator: { kind: 'count', where: { types: runs, status: ['succeeded', 'failed', 'timed_out'] } },
    },
  },
  {
    id: 'agent_cancel_rate',
    title: 'Agent cancel rate',
    family,
    definition: 'Share of the agent runs that have finished that were cancelled.',
    formula: 'count(agent.run.finished, status = cancelled) / count(agent.run.finished)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'down',
    owner,
    dimensions: agentOutcomeDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: runs, status: ['cancelled'] } },
      denominator: { kind: 'count', where: { types: runs } },
    },
  },
  duration('agent_duration_p50', 'Agent duration, median', 0.5, 'for the run in the middle'),
  duration('agent_duration_p95', 'Agent duration, p95', 0.95, 'for all but the slowest 5 % of runs'),
  {
    id: 'tool_calls',
    title: 'Tool calls',
    family,
    definition: 'Calls of tools by agents, whatever their outcome.',
    formula: 'count(agent.tool.called)',
    unit: 'count',
    direction: 'neutral',
    owner,
    dimensions: toolCallDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: toolCalls } },
  },
  {
    id: 'tool_error_rate',
    title: 'Tool error rate',
    family,
    definition: 'Share of the tool calls of agents that failed or timed out.',
    formula: 'count(agent.tool.called, status in (failed, timed_out)) / count(agent.tool.called)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'down',
    owner,
    dimensions: toolDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: toolCalls, status: ['failed', 'timed_out'] } },
      denominator: { kind: 'count', where: { types: toolCalls } },
    },
  },
];
