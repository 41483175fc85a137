import type { AnswerMeta, KpiDescription, MetricAnswer, MetricQueryInput } from '@coditect/contracts';

export const kpi: KpiDescription = {
  id: 'agent_success_rate',
  title: 'Agent success rate',
  family: 'agents',
  definition: 'Share of agent runs that ended in success.',
  formula: 'succeeded / finished',
  unit: 'ratio',
  direction: 'up',
  dimensions: ['agent', 'team'],
  smallestInterval: '15m',
  rollupDimensions: [],
  origin: 'catalogue',
  owner: 'platform',
};

export const answerMeta: AnswerMeta = {
  metric: 'agent_success_rate',
  title: 'Agent success rate',
  unit: 'ratio',
  direction: 'up',
  definition: 'Share of agent runs that ended in success.',
  asOf: '2026-03-02T10:00:00Z',
  completeUntil: '2026-03-02T09:59:00Z',
  source: ['agent_runs_per_hour_v1'],
  timeZone: 'UTC',
  notices: [],
};

/** Two teams over two hours, with a comparison. */
export const seriesAnswer: MetricAnswer = {
  columns: [
    { name: 'time', type: 'time' },
    { name: 'team', type: 'string' },
    { name: 'numerator', type: 'number' },
    { name: 'denominator', type: 'number' },
    { name: 'previous', type: 'number', unit: 'ratio' },
    { name: 'value', type: 'number', unit: 'ratio' },
  ],
  rows: [
    ['2026-03-02T08:00:00Z', 'core', 1, 2, 0.25, 0.5],
    ['2026-03-02T08:00:00Z', 'web', 9, 10, 0.8, 0.9],
    ['2026-03-02T09:00:00Z', 'core', 8, 8, null, 1],
    ['2026-03-02T09:00:00Z', 'web', 0, 0, 0.7, null],
  ],
  meta: answerMeta,
};

export const totalAnswer: MetricAnswer = {
  columns: seriesAnswer.columns.slice(1),
  rows: [
    ['web', 9, 10, 0.75, 0.9],
    ['core', 9, 10, 0.2, 0.9],
  ],
  meta: answerMeta,
};

/** The question that these are answers to. */
export const kpiQuestion: MetricQueryInput = {
  metric: 'agent_success_rate',
  range: { from: '2026-03-02T08:00:00.000Z', to: '2026-03-02T10:00:00.000Z' },
  interval: '1h',
  groupBy: ['team'],
  filters: [],
  compareTo: 'lastWeek',
};
