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

const name = randomUUID();
const lapDigits = 8;
const emptyLap = '0'.repeat(lapDigits);
let laps = 0;

/**
 * Makes what sends so many events at a time that were never sent before, and resolves with the status. The body is made once,
 * and only the ids in it change: who sends shares the cores with the product here.
 */
export function createSender({ collectorUrl, key }, count) {
  const body = Buffer.from(JSON.stringify(Array.from({ length: count }, (_, index) => anEvent(index))));
  const lead = `"id":"${name}-`;
  const places = [];
  for (let at = body.indexOf(lead); at >= 0; at = body.indexOf(lead, at + 1)) places.push(at + lead.length);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' };
  return async () => {
    const own = Buffer.from(body);
    const lap = String((laps += 1)).padStart(lapDigits, '0');
    for (const place of places) own.write(lap, place, 'latin1');
    const response = await fetch(`${collectorUrl}/v1/events`, { method: 'POST', headers, body: own });
    await response.text();
    return response.status;
  };
}

function anEvent(index) {
  return {
    specversion: '1.0',
    id: `${name}-${emptyLap}-${index}`,
    source: '/bench/noisy',
    type: 'ai.coditect.agent.tool.called.v1',
    data: {
      userId: `user-${index % 50}`,
      agent: 'reviewer',
      tool: 'grep',
      status: 'succeeded',
      durationMs: 12,
    },
  };
}
