// What tenant B feels of tenant A, who floods questions, events or both, after A's bursts: p95 of B's questions and of its requests
// with events while A floods, as a ratio to B alone, in turns within one run. Nobody's questions are answered from what is kept. A is
// a process of its own on the same cores; what it takes of them is told, since no product can give it back.
import { fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillDataset } from './lib/dataset.mjs';
import { createTenant, makeFolder, startInstance } from './lib/instance.mjs';
import { percentile, print, round } from './lib/measure.mjs';
import { ask, createSender } from './lib/noisy-requests.mjs';

const hourMs = 3_600_000;
const askEveryMs = 250;
const sendEveryMs = 200;
const eventsPerRequest = 10;
/** So that it has no burst left. */
const floodLeadMs = 3_000;
/** So that what it left waiting is done, and that the product does not take it for near any more (five seconds). */
const calmMs = 6_000;
const draws = 1_000;

const noLimits = {
  LIMIT_EVENTS_PER_SECOND: '0',
  METRICS_SHARED_QUERIES_MAX: '1000',
  METRICS_SHARED_WORK_MS_PER_SECOND: '1000000',
};
const asConfigured = { LIMIT_EVENTS_PER_SECOND: '' };
const settings = [
  { name: 'no limits', env: noLimits, flood: { asks: true, sends: true } },
  { name: 'as configured', env: asConfigured, flood: { asks: true, sends: true } },
  { name: 'as configured, questions only', env: asConfigured, flood: { asks: true, sends: false } },
  { name: 'as configured, events only', env: asConfigured, flood: { asks: false, sends: true } },
];

/** `only` is a part of the names of the settings that are to run. */
export async function benchNoisy({ turns = 3, turnMs = 8_000, events = 1_000_000, only = '' } = {}) {
  const chosen = settings.filter(({ name }) => name.includes(only));
  if (chosen.length === 0)
    throw new Error(`no setting has "${only}" in its name: ${settings.map(({ name }) => name).join('; ')}`);
  const dataDir = makeFolder('noisy');
  const untilMs = Math.floor(Date.now() / hourMs) * hourMs;
  const tenants = { noisy: await createTenant(dataDir, 'UTC', 'noisy') };
  tenants.quiet = await createTenant(dataDir, 'UTC', 'quiet');
  for (const { tenant } of Object.values(tenants)) {
    const size = { events: events / 2, users: 5_000, untilMs, onProgress: () => undefined };
    await fillDataset(dataDir, { tenantId: tenant.id, ...size });
  }
  print(`noisy: ${turns} turns of ${turnMs / 1_000} s alone and as many beside a flood, for each setting`);
  for (const { name, env, flood } of chosen) {
    const instance = await startInstance(dataDir, env);
    const told = await measure(instance, tenants, { turns, turnMs, untilMs, flood });
    await instance.stop();
    print(`  ${name} (load ${os.loadavg()[0].toFixed(1)})`);
    for (const [what, { alone, beside }] of Object.entries(told.quiet))
      print(`    ${line(what, alone, beside)}`);
    print(`    flood       ${told.flood}`);
  }
  fs.rmSync(dataDir, { recursive: true, force: true });
}

/** `alone` and `beside` are lists of times, one a turn. */
function line(what, alone, beside) {
  const [allAlone, allBeside] = [alone.flat(), beside.flat()];
  const [before, after] = [percentile(allAlone, 0.95), percentile(allBeside, 0.95)];
  const ratio = `ratio ${round(after / before, 2)} (${spreadOf(alone, beside)}; goal 1.50)`;
  const medians = `p50 ${round(percentile(allAlone, 0.5))} and ${round(percentile(allBeside, 0.5))} ms`;
  const samples = `of ${allAlone.length} and ${allBeside.length}`;
  return `${what.padEnd(10)}  p95 ${round(before)} ms alone, ${round(after)} ms beside, ${ratio}; ${medians} ${samples}`;
}

/** Between which the ratio lies in nine of ten draws of as many turns, out of those that were: what chance makes of it. */
function spreadOf(alone, beside) {
  const drawn = (turns) => turns.flatMap(() => turns[Math.floor(Math.random() * turns.length)]);
  const p95 = (turns) => percentile(drawn(turns), 0.95);
  const ratios = Array.from({ length: draws }, () => p95(beside) / p95(alone));
  return `${round(percentile(ratios, 0.05), 2)} to ${round(percentile(ratios, 0.95), 2)}`;
}

async function measure(instance, { noisy, quiet }, { turns, turnMs, untilMs, flood }) {
  const quietly = { questions: { alone: [], beside: [] }, events: { alone: [], beside: [] } };
  const counts = { accepted: 0, answered: 0, refused: 0, ms: 0, cpuMs: 0 };
  const target = { ...instance, key: quiet.key, untilMs };
  target.send = createSender(target, eventsPerRequest);
  await behave(target, 2_000);
  for (let turn = 0; turn < turns; turn += 1) {
    note(quietly, 'alone', await behave(target, turnMs));
    const flooding = await startFlood({ ...urlsOf(instance), key: noisy.key, untilMs, ...flood });
    await sleep(floodLeadMs);
    note(quietly, 'beside', await behave(target, turnMs));
    const counted = await flooding.stop();
    for (const name of Object.keys(counts)) counts[name] += counted[name];
    await sleep(calmMs);
  }
  const perSecond = (count) => `${round(count / (counts.ms / 1_000))}/s`;
  const cores = round(counts.cpuMs / counts.ms, 2);
  const said = `${perSecond(counts.accepted)} events accepted, ${perSecond(counts.answered)} questions answered, ${perSecond(counts.refused)} requests refused; its sender took ${cores} cores`;
  return { quiet: quietly, flood: said };
}

function urlsOf({ collectorUrl, metricsUrl }) {
  return { collectorUrl, metricsUrl };
}

function note(quietly, phase, { questions, events }) {
  quietly.questions[phase].push(questions);
  quietly.events[phase].push(events);
}

/** What a tenant does who is in no hurry: one thing after the other, now and then. */
async function behave(target, ms) {
  const [questions, events] = await Promise.all([
    everyOf(ms, askEveryMs, (index) => ask(target, index)),
    everyOf(ms, sendEveryMs, () => target.send()),
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
  const child = fork(new URL('./lib/flood-process.mjs', import.meta.url), [JSON.stringify(target)]);
  return {
    stop: () =>
      new Promise((resolve, reject) => {
        child.once('message', resolve);
        child.once('error', reject);
        child.send('stop');
      }),
  };
}
