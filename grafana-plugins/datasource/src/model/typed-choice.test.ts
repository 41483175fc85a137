import { typedChoice } from './typed-choice';

const kpis = [
  { value: 'agent_runs', label: 'Agent runs' },
  { value: 'agent_run_success_rate', label: 'Success rate' },
  { value: 'weekly_active_users', label: 'Weekly active users' },
  { value: '$kpi' },
];

it.each([
  ['agent runs', 'agent_runs'],
  [' AGENT_RUNS ', 'agent_runs'],
  ['weekly', 'weekly_active_users'],
  ['agent_runs', 'agent_runs'],
])('takes %j for the choice that is meant', (typed, meant) => {
  expect(typedChoice(typed, kpis)).toBe(meant);
});

it.each(['agent', 'nothing like it', 'agent_${what}', '$kpi', '$KPI'])(
  'leaves %j, which names no single choice',
  (typed) => {
    expect(typedChoice(typed, kpis)).toBe(typed);
  },
);
