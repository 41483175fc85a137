// The overview's questions on 10 million events of 50,000 users: through /v1/query, at 1, 8 and 32 clients, beside the
// same questions asked in plain SQL of the raw table in the same engine.
import fs from 'node:fs';
import path from 'node:path';
import { backend, createTenant, makeFolder, startInstance } from './lib/instance.mjs';
import { fillDataset } from './lib/dataset.mjs';
import { inParallel, percentile, print, round, timed } from './lib/measure.mjs';
import { overviewQuestions } from './lib/overview.mjs';

const widths = [1, 8, 32];
const dayMs = 86_400_000;

export async function benchQueries({ events = 10_000_000, users = 50_000, seconds = 15 } = {}) {
  const dataDir = makeFolder('queries');
  // A whole hour, so that the plain SQL and the answers cut their buckets at the same places.
  const untilMs = Math.floor(Date.now() / dayMs) * dayMs;
  const { tenant, key } = await createTenant(dataDir);
  const { ms } = await timed(() =>
    fillDataset(dataDir, { tenantId: tenant.id, events, users, untilMs, onProgress: showProgress(events) }),
  );
  print(`queries: ${round(events)} events, ${round(users)} users, 30 days, made in ${round(ms / 1_000)} s`);
  const questions = overviewQuestions(tenant.id, untilMs);
  print(`  ${questions.length} questions of the overview, seven days, most with the seven before`);
  const api = await measureApi(dataDir, key, questions, seconds);
  const raw = await measureRaw(dataDir, questions, seconds);
  for (const width of widths) {
    const [a, r] = [api.get(width), raw.get(width)];
    print(
      `  ${String(width).padStart(2)} clients  /v1/query ${describe(a)}   raw SQL ${describe(r)}   p50 ratio ${round(r.p50 / a.p50, 1)}`,
    );
  }
  for (const { name, p50 } of api.slowest) print(`  slowest alone: ${name} ${round(p50)} ms`);
  fs.rmSync(dataDir, { recursive: true, force: true });
}

function showProgress(events) {
  return (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r  ${round((100 * done) / events)} % made `);
  };
}

function describe({ p50, p95, count }) {
  return `p50 ${round(p50)} ms, p95 ${round(p95)} ms (${count} answers)`;
}

async function measureApi(dataDir, key, questions, seconds) {
  const instance = await startInstance(dataDir);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const times = new Map();
  let nonce = 0;
  const ask = async (question) => {
    // Identical questions under way share one answer; another `to` by a millisecond makes each its own.
    nonce += 1;
    const to = new Date(Date.parse(question.query.range.to) + (nonce % 1_000)).toISOString();
    const body = JSON.stringify({ ...question.query, range: { ...question.query.range, to } });
    const { ms } = await timed(async () => {
      const response = await fetch(`${instance.metricsUrl}/v1/query`, { method: 'POST', headers, body });
      const answer = await response.json();
      if (response.status !== 200)
        throw new Error(`${question.name}: ${response.status} ${JSON.stringify(answer)}`);
    });
    const list = times.get(question.name) ?? [];
    list.push(ms);
    times.set(question.name, list);
    return ms;
  };
  const result = await measure(questions, seconds, ask, () => times.clear());
  const { peakMiB } = await instance.stop();
  print(`  peak memory while answering ${round(peakMiB)} MiB`);
  return result;
}

async function measureRaw(dataDir, questions, seconds) {
  const { openEmbeddedEngine } = backend('storage/clickhouse/embedded-engine.js');
  const engine = openEmbeddedEngine({ path: path.join(dataDir, 'clickhouse'), connections: 8 });
  const ask = async (question) => (await timed(() => engine.run(question.sql, {}, ''))).ms;
  const result = await measure(questions, seconds, ask, () => undefined);
  await engine.close();
  return result;
}

/** For each width: every question once to warm up, then round and round until the time is over. */
async function measure(questions, seconds, ask, reset) {
  const byWidth = new Map();
  for (const question of questions) await ask(question);
  reset();
  const alone = [];
  for (const question of questions) alone.push({ name: question.name, p50: await ask(question) });
  for (const width of widths) {
    const times = [];
    const endsAt = performance.now() + seconds * 1_000;
    await inParallel(width, width, async (lane) => {
      for (let turn = lane; performance.now() < endsAt; turn += 1)
        times.push(await ask(questions[turn % questions.length]));
    });
    byWidth.set(width, { p50: percentile(times, 0.5), p95: percentile(times, 0.95), count: times.length });
  }
  byWidth.slowest = alone.sort((a, b) => b.p50 - a.p50).slice(0, 5);
  return byWidth;
}
