import { randomUUID } from 'node:crypto';

const dayMs = 86_400_000;
const questions = [
  { metric: 'agent_runs', interval: '1h', groupBy: ['agent'] },
  { metric: 'active_users_daily', interval: '1d' },
  { metric: 'cost', total: true, groupBy: ['team'] },
  { metric: 'api_latency_p95', interval: '1h' },
  { metric: 'agent_success_rate', interval: '1d', groupBy: ['model'] },
];

/** One of the questions of a dashboard, over a week, answered by the store. Resolves with the status. */
export async function ask({ key, metricsUrl, untilMs }, index) {
  const range = { from: new Date(untilMs - 7 * dayMs).toISOString(), to: new Date(untilMs).toISOString() };
  const response = await fetch(`${metricsUrl}/v1/query`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'cache-control': 'no-cache',
    },
    body: JSON.stringify({ ...questions[index % questions.length], range }),
  });
  await response.text();
  return response.status;
}

/** Events that were never sent before. Resolves with the status. */
export async function sendEvents({ collectorUrl, key }, count) {
  const name = randomUUID();
  const events = Array.from({ length: count }, (_, index) => ({
    specversion: '1.0',
    id: `${name}-${index}`,
    source: '/bench/noisy',
    type: 'ai.coditect.agent.tool.called.v1',
    data: {
      userId: `user-${index % 50}`,
      agent: 'reviewer',
      tool: 'grep',
      status: 'succeeded',
      durationMs: 12,
    },
  }));
  const response = await fetch(`${collectorUrl}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  await response.text();
  return response.status;
}
