import { workflowDimensions, workflowOutcomeDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi } from '../kpi.js';

const family = 'workflows';
const owner = 'delivery';
const runs = [eventTypes.workflowRunFinished];

function duration(id: string, title: string, level: 0.5 | 0.95, words: string): Kpi {
  return {
    id,
    title,
    family,
    definition: `Time that a workflow run takes until it has finished, ${words}, whatever its outcome.`,
    formula: `quantile(${level}, durationMs) of workflow.run.finished, within 0.5 % of the exact value`,
    unit: 'milliseconds',
    direction: 'down',
    owner,
    dimensions: workflowDimensions,
    smallestInterval: '1m',
    measure: { kind: 'quantile', column: 'durationMs', level, where: { types: runs } },
  };
}

export const workflowKpis: readonly Kpi[] = [
  {
    id: 'workflow_runs',
    title: 'Workflow runs',
    family,
    definition: 'Workflow runs that have finished, whatever their outcome.',
    formula: 'count(workflow.run.finished)',
    unit: 'count',
    direction: 'up',
    owner,
    dimensions: workflowDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: runs } },
  },
  {
    id: 'workflow_success_rate',
    title: 'Workflow success rate',
    family,
    definition:
      'Share of workflow runs that succeeded among those that succeeded, failed or timed out. Cancelled runs are left out of both sides.',
    formula:
      'count(workflow.run.finished, status = succeeded) / count(workflow.run.finished, status in (succeeded, failed, timed_out))',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'up',
    owner,
    dimensions: workflowOutcomeDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: runs, status: ['succeeded'] } },
      denominator: { kind: 'count', where: { types: runs, status: ['succeeded', 'failed', 'timed_out'] } },
    },
  },
  duration('workflow_duration_p50', 'Workflow duration, median', 0.5, 'for the run in the middle'),
  duration('workflow_duration_p95', 'Workflow duration, p95', 0.95, 'for all but the slowest 5 % of runs'),
];
