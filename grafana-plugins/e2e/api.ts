import { metricAnswerSchema, type MetricAnswer, type MetricQueryInput } from '@coditect/contracts';
import { readState } from './setup/state';

/** Asks the metrics service itself, past Grafana and the plugins. */
export async function askApi(query: MetricQueryInput): Promise<MetricAnswer> {
  const { metricsUrl, readKey } = readState();
  const response = await fetch(`${metricsUrl}/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${readKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ timeZone: 'UTC', ...query }),
  });
  if (!response.ok) {
    throw new Error(`The metrics service answered ${response.status}: ${await response.text()}`);
  }
  return metricAnswerSchema.parse(await response.json());
}

/** What an endpoint of the metrics service says to a question, past Grafana and the plugins. */
export async function askService(path: string, question: object): Promise<unknown> {
  const { metricsUrl, readKey } = readState();
  const response = await fetch(`${metricsUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${readKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  if (!response.ok) {
    throw new Error(`The metrics service answered ${response.status}: ${await response.text()}`);
  }
  return response.json();
}

/** Accepted means stored. */
export async function sendEvents(events: readonly object[]): Promise<void> {
  const { collectorUrl, ingestKey } = readState();
  const response = await fetch(`${collectorUrl}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ingestKey}`,
      'content-type': 'application/cloudevents-batch+json',
    },
    body: JSON.stringify(events),
  });
  if (response.status !== 202) {
    throw new Error(`The collector answered ${response.status}: ${await response.text()}`);
  }
}

/** The value of each group of a total, by the group's name; without groups the name is empty. */
export function valuesByGroup(answer: MetricAnswer): Map<string, number> {
  const isGrouped = answer.columns[0]?.type === 'string';
  return new Map(
    answer.rows.flatMap((row) => {
      const value = row.at(-1);
      return typeof value === 'number' ? [[isGrouped ? String(row[0]) : '', value] as const] : [];
    }),
  );
}

/** @throws when the answer has no value. */
export async function askTotal(query: Omit<MetricQueryInput, 'total' | 'interval'>): Promise<number> {
  const value = valuesByGroup(await askApi({ ...query, total: true })).get('');
  if (value === undefined) {
    throw new Error(`The API has no value for ${query.metric}.`);
  }
  return value;
}
