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

export async function benchQueries({ events = 10_000_000, users = 50_000, rounds = 4 } = {}) {
  const dataDir = makeFolder('queries');
  // Midnight, so that the plain SQL and the answers cut their buckets at the same places.
  const untilMs = Math.floor(Date.now() / dayMs) * dayMs;
  const { tenant, key } = await createTenant(dataDir);
  const { ms } = await timed(() =>
    fillDataset(dataDir, { tenantId: tenant.id, events, users, untilMs, onProgress: showProgress(events) }),
  );
  print(`queries: ${round(events)} events, ${round(users)} users, 30 days, made in ${round(ms / 1_000)} s`);
  const questions = overviewQuestions(tenant.id, untilMs);
  print(`  ${questions.length} questions of the overview, seven days, most with the seven before`);
  const api = await measureApi(dataDir, key, questions, rounds);
  const raw = await measureRaw(dataDir, questions, rounds);
  for (const width of widths) {
    const [a, r] = [api.byWidth.get(width), raw.byWidth.get(width)];
    print(`  ${String(width).padStart(2)} clients  /v1/query ${describe(a)}   raw SQL ${describe(r)}`);
  }
  const rawAlone = new Map(raw.alone.map(({ name, ms: alone }) => [name, alone]));
  for (const { name, ms: alone } of api.alone) {
    print(`  alone  ${name.padEnd(44)} ${round(alone)} ms, raw SQL ${round(rawAlone.get(name))} ms`);
  }
  fs.rmSync(dataDir, { recursive: true, force: true });
}

function showProgress(events) {
  return (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r  ${round((100 * done) / events)} % made `);
  };
}

function describe({ p50, p95, perSecond }) {
  return `p50 ${round(p50)} ms, p95 ${round(p95)} ms, ${round(perSecond, 1)}/s`;
}

async function measureApi(dataDir, key, questions, rounds) {
  const instance = await startInstance(dataDir);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
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
    return ms;
  };
  const result = await measure(questions, rounds, ask);
  const { peakMiB } = await instance.stop();
  print(`  peak memory while answering ${round(peakMiB)} MiB`);
  return result;
}

async function measureRaw(dataDir, questions, rounds) {
  const { openEmbeddedEngine } = backend('storage/clickhouse/embedded-engine.js');
  const engine = openEmbeddedEngine({ path: path.join(dataDir, 'clickhouse'), connections: 8 });
  const ask = async (question) => (await timed(() => engine.run(question.sql, {}, ''))).ms;
  const result = await measure(questions, rounds, ask);
  await engine.close();
  return result;
}

/** Every question once to warm up, once alone, then `rounds` times each at every width: the same mix whatever is slow. */
async function measure(questions, rounds, ask) {
  const byWidth = new Map();
  for (const question of questions) await ask(question);
  const alone = [];
  for (const question of questions) alone.push({ name: question.name, ms: await ask(question) });
  for (const width of widths) {
    const times = [];
    const { ms } = await timed(() =>
      inParallel(rounds * questions.length, width, async (turn) => {
        times.push(await ask(questions[turn % questions.length]));
      }),
    );
    byWidth.set(width, {
      p50: percentile(times, 0.5),
      p95: percentile(times, 0.95),
      perSecond: (times.length / ms) * 1_000,
    });
  }
  return { byWidth, alone: alone.sort((a, b) => b.ms - a.ms) };
}
