// What tenant B feels of tenant A, who floods questions and events: p95 of B's questions and of its requests with events while A
// floods, as a ratio to B alone, in turns within one run. Nobody's questions are answered from what is kept.
import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { fillDataset } from './lib/dataset.mjs';
import { createTenant, makeFolder, startInstance } from './lib/instance.mjs';
import { percentile, print, round } from './lib/measure.mjs';
import { ask, sendEvents } from './lib/noisy-requests.mjs';

const hourMs = 3_600_000;
const askEveryMs = 250;
const sendEveryMs = 200;
const eventsPerRequest = 10;
const settings = [
  { name: 'no limits', env: { LIMIT_EVENTS_PER_SECOND: '0' } },
  { name: 'as configured', env: { LIMIT_EVENTS_PER_SECOND: '' } },
  {
    name: '1,000 events a second, one question at once',
    env: {
      LIMIT_EVENTS_PER_SECOND: '1000',
      LIMIT_EVENTS_BURST: '1000',
      LIMIT_QUERIES_IN_FLIGHT: '1',
    },
  },
];

export async function benchNoisy({ turns = 3, turnMs = 8_000, events = 1_000_000 } = {}) {
  const dataDir = makeFolder('noisy');
  const untilMs = Math.floor(Date.now() / hourMs) * hourMs;
  const tenants = { noisy: await createTenant(dataDir, 'UTC', 'noisy') };
  tenants.quiet = await createTenant(dataDir, 'UTC', 'quiet');
  for (const { tenant } of Object.values(tenants)) {
    const size = { events: events / 2, users: 5_000, untilMs, onProgress: () => undefined };
    await fillDataset(dataDir, { tenantId: tenant.id, ...size });
  }
  print(`noisy: ${turns} turns of ${turnMs / 1_000} s alone and as many beside a flood, for each setting`);
  for (const { name, env } of settings) {
    const instance = await startInstance(dataDir, env);
    const told = await measure(instance, tenants, { turns, turnMs, untilMs });
    await instance.stop();
    print(`  ${name} (load ${os.loadavg()[0].toFixed(1)})`);
    for (const [what, { alone, beside }] of Object.entries(told.quiet))
      print(`    ${line(what, alone, beside)}`);
    print(`    flood       ${told.flood}`);
  }
  fs.rmSync(dataDir, { recursive: true, force: true });
}

function line(what, alone, beside) {
  const [before, after] = [percentile(alone, 0.95), percentile(beside, 0.95)];
  const medians = `p50 ${round(percentile(alone, 0.5))} and ${round(percentile(beside, 0.5))} ms`;
  return `${what.padEnd(10)}  p95 ${round(before)} ms alone, ${round(after)} ms beside, ratio ${round(after / before, 2)} (goal 1.50); ${medians}`;
}

async function measure(instance, { noisy, quiet }, { turns, turnMs, untilMs }) {
  const quietly = { questions: { alone: [], beside: [] }, events: { alone: [], beside: [] } };
  const flood = { accepted: 0, answered: 0, refused: 0 };
  const target = { ...instance, key: quiet.key, untilMs };
  await behave(target, 2_000);
  for (let turn = 0; turn < turns; turn += 1) {
    note(quietly, 'alone', await behave(target, turnMs));
    const flooding = await startFlood({ ...urlsOf(instance), key: noisy.key, untilMs });
    await sleep(1_000);
    note(quietly, 'beside', await behave(target, turnMs));
    const counted = await flooding.stop();
    for (const name of Object.keys(flood)) flood[name] += counted[name];
    // What waits is done.
    await sleep(2_000);
  }
  const seconds = (turns * (turnMs + 1_000)) / 1_000;
  const perSecond = (count) => `${round(count / seconds)}/s`;
  const said = `${perSecond(flood.accepted)} events accepted, ${perSecond(flood.answered)} questions answered, ${perSecond(flood.refused)} requests refused`;
  return { quiet: quietly, flood: said };
}

function urlsOf({ collectorUrl, metricsUrl }) {
  return { collectorUrl, metricsUrl };
}

function note(quietly, phase, { questions, events }) {
  quietly.questions[phase].push(...questions);
  quietly.events[phase].push(...events);
}

/** What a tenant does who is in no hurry: one thing after the other, now and then. */
async function behave(target, ms) {
  const [questions, events] = await Promise.all([
    everyOf(ms, askEveryMs, (index) => ask(target, index)),
    everyOf(ms, sendEveryMs, () => sendEvents(target, eventsPerRequest)),
  ]);
  return { questions, events };
}

/** Times of work that is begun every so often, and never before the one before it is done. Refused, it is told as what it is. */
async function everyOf(ms, everyMs, work) {
  const times = [];
  const untilAt = performance.now() + ms;
  for (let index = 0; performance.now() < untilAt; index += 1) {
    const startedAt = performance.now();
    const status = await work(index);
    const tookMs = performance.now() - startedAt;
    if (status >= 300) throw new Error(`the quiet tenant was answered ${status}`);
    times.push(tookMs);
    await sleep(Math.max(0, everyMs - tookMs));
  }
  return times;
}

async function startFlood(target) {
  const worker = new Worker(new URL('./lib/flood-worker.mjs', import.meta.url), { workerData: target });
  await new Promise((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
  return {
    stop: () =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.postMessage('stop');
      }),
  };
}
