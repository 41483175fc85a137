import type { QueryEditorHelpProps } from '@grafana/data';
import { Button } from '@grafana/ui';
import { isReadable, migrateQuery } from '../migrations';
import type { AnalyticsQuery } from '../types';

interface Example {
  title: string;
  text: string;
  /** As it could stand in a dashboard file. */
  query: object;
}

const type = (name: string) => `ai.coditect.${name}.v1`;

const examples: Example[] = [
  {
    title: 'Share of agent runs that succeed, per team',
    text: 'A line per team, with the week before as a dashed line.',
    query: { metric: 'agent_success_rate', groupBy: ['team'], compareTo: 'lastWeek', legend: '{{team}}' },
  },
  {
    title: 'Cost against the previous period',
    text: 'For a KPI panel: the headline is the total over the range, not a sum of what is drawn.',
    query: { metric: 'cost', compareTo: 'previousPeriod' },
  },
  {
    title: 'The slowest routes',
    text: 'A table with one row per route, the slowest first.',
    query: {
      metric: 'api_latency_p95',
      groupBy: ['route'],
      format: 'table',
      limit: 20,
      orderBy: { column: 'value', direction: 'desc' },
    },
  },
  {
    title: 'Only the teams chosen above',
    text: 'A variable with several values becomes "is one of"; "All" drops the filter.',
    query: { metric: 'agent_runs', filters: [{ dimension: 'team', operator: '=', value: '$team' }] },
  },
  {
    title: 'From a look at an agent to its first run',
    text: 'A funnel of three steps within two weeks. For the funnel panel, or a table.',
    query: {
      kind: 'funnel',
      funnel: {
        steps: [
          { label: 'Viewed', type: type('marketplace.agent.viewed') },
          { label: 'Installed', type: type('marketplace.agent.installed') },
          { label: 'First run', type: type('agent.run.finished') },
        ],
        windowMs: 14 * 86_400_000,
      },
    },
  },
  {
    title: 'Weekly retention of new users',
    text: 'Of those who were first active in a week, the share that was active n weeks later.',
    query: { kind: 'retention', retention: { interval: '1w', periods: 8 } },
  },
  {
    title: 'The latest failures',
    text: 'Events as logs, with all that is known of each.',
    query: { kind: 'events', events: { filters: [{ dimension: 'level', operator: '=', value: 'error' }] } },
  },
];

/** Examples to start from; a click puts one into the editor. */
export function QueryEditorHelp({ onClickExample }: QueryEditorHelpProps<AnalyticsQuery>) {
  return (
    <div>
      <h2>CODITECT Analytics</h2>
      <p>
        Choose what to ask: a KPI of the catalogue, an analysis of what users did, or the events themselves.
        Unit, definition and how complete the data is travel with each answer. Every text takes template
        variables.
      </p>
      {examples.map(({ title, text, query }) => {
        const example = migrateQuery({ ...query, refId: 'A' });
        return (
          isReadable(example) && (
            <div key={title} style={{ marginBottom: 16 }}>
              <h4>{title}</h4>
              <p>{text}</p>
              <Button variant="secondary" size="sm" type="button" onClick={() => onClickExample(example)}>
                Use this example
              </Button>
            </div>
          )
        );
      })}
    </div>
  );
}
