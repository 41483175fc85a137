import { workflowDimensions, workflowOutcomeDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi, QuantileMeasure } from '../kpi.js';
import { durationKpi } from './duration-kpi.js';

const family = 'workflows';
const owner = 'delivery';
const runs = [eventTypes.workflowRunFinished];

function duration(id: string, title: string, level: QuantileMeasure['level'], words: string): Kpi {
  return durationKpi({
    ...{ id, title, family, owner, level },
    definition: `Time that a workflow run takes until it has finished, ${words}, whatever its outcome.`,
    type: eventTypes.workflowRunFinished,
    event: 'workflow.run.finished',
    dimensions: workflowDimensions,
  });
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
