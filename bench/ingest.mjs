// Collector to ClickHouse, embedded: accepted events a second through HTTP, as a ratio to what the engine alone takes
// of the same rows into the same tables and views, in buffers of 50,000 rows; then the same with landing in TimescaleDB
// beside it, whose engine shares the cores. All in this run, on this machine.
import fs from 'node:fs';
import { createTenant, backend, makeFolder, startInstance } from './lib/instance.mjs';
import { inParallel, print, round, timed } from './lib/measure.mjs';
import { makeEvents, makeRows } from './lib/traffic.mjs';

const rowsPerBuffer = 50_000;
const eventsPerRequest = 1_000;
const clients = 24;
const streamOnly = {
  env: { BUS_BRANCHES: 'stream' },
  roles: ['collector', 'stream-processor', 'metrics-service'],
};

export async function benchIngest({ events: count = 200_000 } = {}) {
  const events = makeEvents(count);
  const rows = await makeRows(events, { id: 'bench', name: 'bench', timeZone: 'UTC' });
  const before = await insertRaw(rows);
  const through = await sendOverHttp(events, streamOnly);
  const withLanding = await sendOverHttp(events);
  const after = await insertRaw(rows);
  const raw = (before + after) / 2;
  print(`ingest: ${round(count)} events, requests of ${eventsPerRequest}, ${clients} clients`);
  print(`  engine alone        ${round(before)} and ${round(after)} rows/s (before and after)`);
  print(`  HTTP to ClickHouse  ${line(through, raw)} (goal 0.25)`);
  print(`  and to TimescaleDB  ${line(withLanding, raw)}`);
  return { raw, perSecond: through.perSecond, ratio: through.perSecond / raw };
}

function line({ perSecond, peakMiB }, raw) {
  return `${round(perSecond)} events/s, peak memory ${round(peakMiB)} MiB, ratio ${round(perSecond / raw, 2)}`;
}

/** Rows a second that the embedded engine alone takes, in a folder of its own. */
export async function insertRaw(rows) {
  const { openEmbeddedEngine } = backend('storage/clickhouse/embedded-engine.js');
  const { createClickHouse } = backend('storage/clickhouse/client.js');
  const { migrate } = backend('storage/clickhouse/migrate.js');
  const folder = makeFolder('raw');
  const clickHouse = createClickHouse(openEmbeddedEngine({ path: folder, connections: 1 }), {
    queryTimeoutMs: 60_000,
  });
  await migrate(clickHouse, (work) => work());
  const buffers = [];
  for (let start = 0; start < rows.length; start += rowsPerBuffer) {
    buffers.push(Buffer.from(rows.slice(start, start + rowsPerBuffer).join('\n')));
  }
  const { ms } = await timed(async () => {
    for (const [index, ndjson] of buffers.entries()) {
      await clickHouse.insert({ table: 'events_raw_v1', ndjson, token: `raw-${index}` });
    }
  });
  await clickHouse.close();
  fs.rmSync(folder, { recursive: true, force: true });
  return (rows.length / ms) * 1_000;
}

async function sendOverHttp(events, { env, roles } = {}) {
  const dataDir = makeFolder('ingest');
  const { key } = await createTenant(dataDir);
  const bodies = [];
  for (let start = 0; start < events.length; start += eventsPerRequest) {
    bodies.push(JSON.stringify(events.slice(start, start + eventsPerRequest)));
  }
  const instance = await startInstance(dataDir, env, roles);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' };
  let accepted = 0;
  const { ms } = await timed(() =>
    inParallel(bodies.length, clients, async (index) => {
      const response = await fetch(`${instance.collectorUrl}/v1/events`, {
        method: 'POST',
        headers,
        body: bodies[index],
      });
      const answer = await response.json();
      if (response.status !== 202) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
      accepted += answer.accepted;
    }),
  );
  await requireAllCounted(instance.metricsUrl, key, accepted);
  const { peakMiB } = await instance.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
  return { perSecond: (accepted / ms) * 1_000, peakMiB };
}

async function requireAllCounted(metricsUrl, key, accepted) {
  const response = await fetch(`${metricsUrl}/v1/status`, { headers: { authorization: `Bearer ${key}` } });
  const { events } = await response.json();
  if (events !== accepted) throw new Error(`${accepted} accepted, ${events} counted`);
}
