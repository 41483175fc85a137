// From 202 to a changed answer of /v1/query while 1,000 events a second come in.
import fs from 'node:fs';
import { createTenant, makeFolder, startInstance } from './lib/instance.mjs';
import { percentile, print, round } from './lib/measure.mjs';
import { makeEvents } from './lib/traffic.mjs';

const eventsPerRequest = 50;
const requestsPerSecond = 20;
const probesPerSecond = 4;

export async function benchFreshness({ seconds = 30 } = {}) {
  const dataDir = makeFolder('freshness');
  const { key } = await createTenant(dataDir);
  const instance = await startInstance(dataDir);
  const authorization = `Bearer ${key}`;
  const events = makeEvents(seconds * requestsPerSecond * eventsPerRequest);
  const send = (batch) =>
    fetch(`${instance.collectorUrl}/v1/events`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(batch),
    }).then(requireStatus(202));
  const toAccepted = [];
  const toVisible = [];
  const probe = async (index) => {
    const type = `bench.probe.${index}.v1`;
    const sentAt = performance.now();
    await send([{ specversion: '1.0', id: type, source: '/bench', type }]);
    const acceptedAt = performance.now();
    while (!(await isVisible(instance.metricsUrl, authorization, type)));
    toAccepted.push(acceptedAt - sentAt);
    toVisible.push(performance.now() - acceptedAt);
  };
  let sent = 0;
  await everyTick(seconds * requestsPerSecond, 1_000 / requestsPerSecond, async (tick) => {
    const start = tick * eventsPerRequest;
    const flood = send(events.slice(start, start + eventsPerRequest)).then(() => (sent += eventsPerRequest));
    const probes = tick % (requestsPerSecond / probesPerSecond) === 0 ? probe(tick) : undefined;
    await Promise.all([flood, probes]);
  });
  const { peakMiB } = await instance.stop();
  print(`freshness: ${round(sent / seconds)} events/s for ${seconds} s, ${toVisible.length} probes`);
  print(
    `  sent to accepted     p50 ${round(percentile(toAccepted, 0.5))} ms, p95 ${round(percentile(toAccepted, 0.95))} ms`,
  );
  print(
    `  accepted to visible  p50 ${round(percentile(toVisible, 0.5))} ms, p95 ${round(percentile(toVisible, 0.95))} ms (goal p95 under 2,000 ms)`,
  );
  print(`  peak memory          ${round(peakMiB)} MiB`);
  fs.rmSync(dataDir, { recursive: true, force: true });
}

/** Does the metrics service count the one event of this type? */
export async function isVisible(metricsUrl, authorization, type) {
  const now = Date.now();
  const response = await fetch(`${metricsUrl}/v1/query`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      metric: 'events',
      range: { from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 60_000).toISOString() },
      total: true,
      filters: [{ dimension: 'type', operator: '=', value: type }],
    }),
  }).then(requireStatus(200));
  return response.rows[0]?.at(-1) === 1;
}

function requireStatus(status) {
  return async (response) => {
    const answer = await response.json();
    if (response.status !== status) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
}

/** Starts `work` at a steady pace, whatever the work before does; resolves when all is done. */
export async function everyTick(count, everyMs, work) {
  const startedAt = performance.now();
  const all = [];
  for (let tick = 0; tick < count; tick += 1) {
    const wait = startedAt + tick * everyMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    all.push(work(tick));
  }
  await Promise.all(all);
}
