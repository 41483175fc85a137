// Collector to ClickHouse, embedded: accepted events a second through HTTP, as a ratio to what the engine alone takes
// of the same rows into the same tables and views, in buffers of 50,000 rows. Both in this run, on this machine.
import fs from 'node:fs';
import { createTenant, backend, makeFolder, startInstance } from './lib/instance.mjs';
import { inParallel, print, round, timed } from './lib/measure.mjs';
import { makeEvents, makeRows } from './lib/traffic.mjs';

const rowsPerBuffer = 50_000;
const eventsPerRequest = 1_000;
const clients = 24;

export async function benchIngest({ events: count = 200_000 } = {}) {
  const events = makeEvents(count);
  const dataDir = makeFolder('ingest');
  const { tenant, key } = await createTenant(dataDir);
  const rows = await makeRows(events, tenant);
  const before = await insertRaw(rows);
  const through = await sendOverHttp(dataDir, key, events);
  const after = await insertRaw(rows);
  const raw = (before + after) / 2;
  const ratio = through.perSecond / raw;
  print(`ingest: ${round(count)} events, requests of ${eventsPerRequest}, ${clients} clients`);
  print(`  engine alone        ${round(before)} and ${round(after)} rows/s (before and after)`);
  print(
    `  HTTP to ClickHouse  ${round(through.perSecond)} events/s, peak memory ${round(through.peakMiB)} MiB`,
  );
  print(`  ratio               ${round(ratio, 2)} (goal 0.25)`);
  fs.rmSync(dataDir, { recursive: true, force: true });
  return { raw, perSecond: through.perSecond, ratio };
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

async function sendOverHttp(dataDir, key, events) {
  const bodies = [];
  for (let start = 0; start < events.length; start += eventsPerRequest) {
    bodies.push(JSON.stringify(events.slice(start, start + eventsPerRequest)));
  }
  const instance = await startInstance(dataDir);
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
  return { perSecond: (accepted / ms) * 1_000, peakMiB };
}

async function requireAllCounted(metricsUrl, key, accepted) {
  const response = await fetch(`${metricsUrl}/v1/status`, { headers: { authorization: `Bearer ${key}` } });
  const { events } = await response.json();
  if (events !== accepted) throw new Error(`${accepted} accepted, ${events} counted`);
}
