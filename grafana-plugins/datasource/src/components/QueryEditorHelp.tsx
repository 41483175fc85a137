import type { QueryEditorHelpProps } from '@grafana/data';
import { Button } from '@grafana/ui';
import { defaultQuery } from '../migrations';
import type { AnalyticsQuery, KpiQuery } from '../types';

interface Example {
  title: string;
  text: string;
  query: Partial<KpiQuery>;
}

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
    text: 'A table with one row per route.',
    query: { metric: 'api_latency_p95', groupBy: ['route'], format: 'table', limit: 20 },
  },
  {
    title: 'Only the teams chosen above',
    text: 'A variable with several values becomes "is one of"; "All" drops the filter.',
    query: { metric: 'agent_runs', filters: [{ dimension: 'team', operator: '=', value: '$team' }] },
  },
];

/** Examples to start from; a click puts one into the editor. */
export function QueryEditorHelp({ onClickExample }: QueryEditorHelpProps<AnalyticsQuery>) {
  return (
    <div>
      <h2>CODITECT Analytics</h2>
      <p>
        Choose a KPI of the catalogue. Its unit, its definition and how complete it is travel with each
        answer. Every text takes template variables.
      </p>
      {examples.map(({ title, text, query }) => (
        <div key={title} style={{ marginBottom: 16 }}>
          <h4>{title}</h4>
          <p>{text}</p>
          <Button
            variant="secondary"
            size="sm"
            type="button"
            onClick={() => onClickExample({ ...defaultQuery, ...query, refId: 'A' })}
          >
            Use this example
          </Button>
        </div>
      ))}
    </div>
  );
}
