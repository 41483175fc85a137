// The server form: HTTP to RabbitMQ to stream processor to ClickHouse, each a process of its own. Events a second as a
// ratio to what the engine alone takes of the same rows (as `ingest` measures it), held for a minute; memory and queues
// meanwhile; freshness at half that load; and how it grows with partitions.
import { everyTick } from './freshness.mjs';
import { insertRaw } from './ingest.mjs';
import { percentile, print, round } from './lib/measure.mjs';
import { startServerForm } from './lib/server-form.mjs';
import { makeEvents, makeRows } from './lib/traffic.mjs';

const eventsPerRequest = 1_000;
const clients = 24;
const distinctEvents = 200_000;
const sampleEveryMs = 1_000;
const drainWithinMs = 300_000;
const probesPerSecond = 4;
const ticksPerSecond = 20;
/** Digits in front of every id: the lap in which an event is sent, so that each event is sent once. */
const lapDigits = 6;

export async function benchServer({ seconds = 60, partitions: widths = [1, 2, 4] } = {}) {
  const events = makeEvents(distinctEvents).map((event) => ({
    ...event,
    id: `${'0'.repeat(lapDigits)}:${event.id}`,
  }));
  const rows = await makeRows(events, { id: 'bench', name: 'bench', timeZone: 'UTC' });
  print(`server: ${round(seconds)} s a step, requests of ${eventsPerRequest}, ${clients} clients`);
  for (const partitions of widths) await benchWidth({ partitions, seconds, events, rows });
}

async function benchWidth({ partitions, seconds, events, rows }) {
  const before = await insertRaw(rows);
  const form = await startServerForm({ partitions });
  try {
    const flood = createFlood(form, events);
    const load = await watch(form, flood, () => flood.send(seconds));
    const perSecond = load.stored / (load.ms / 1_000);
    const freshness = await measureFreshness(form, flood, { seconds, perSecond: perSecond / 2 });
    await form.close();
    const after = await insertRaw(rows);
    report({ partitions, before, after, perSecond, load, flood, freshness });
  } finally {
    await form.close();
  }
}

/** Sends `work` and everything it leaves to the stores; resolves with the time until the last event was stored. */
async function watch(form, flood, work) {
  const memory = {};
  const late = {};
  const peaks = { waiting: 0, behind: 0 };
  let samples = 0;
  const sample = async () => {
    samples += 1;
    const [waiting, stored] = await Promise.all([form.countWaiting(), form.countStored()]);
    peaks.waiting = Math.max(peaks.waiting, waiting);
    peaks.behind = Math.max(peaks.behind, flood.accepted - stored);
    for (const [name, mib] of Object.entries(form.memory())) {
      memory[name] = Math.max(memory[name] ?? 0, mib);
      late[name] = mib;
    }
    return stored;
  };
  const startedAt = performance.now();
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      await sample();
      await new Promise((resolve) => setTimeout(resolve, sampleEveryMs));
    }
  })();
  await work();
  const sentMs = performance.now() - startedAt;
  isOver = true;
  await sampling;
  const stored = await untilStored(form, flood.accepted);
  return { stored, ms: performance.now() - startedAt, sentMs, memory, late, peaks, samples };
}

async function untilStored(form, expected) {
  const deadline = performance.now() + drainWithinMs;
  for (;;) {
    const stored = await form.countStored();
    if (stored > expected) throw new Error(`${stored} events are stored, ${expected} were accepted`);
    if (stored === expected) return stored;
    if (performance.now() > deadline)
      throw new Error(`${expected - stored} events are not stored after ${drainWithinMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Requests that are made once and sent again and again under other ids. */
function createFlood({ collectorUrl, key }, events) {
  const bodies = [];
  for (let start = 0; start < events.length; start += eventsPerRequest)
    bodies.push(createBody(events.slice(start, start + eventsPerRequest)));
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' };
  let next = 0;
  const flood = {
    accepted: 0,
    refused: new Map(),
    /** Sends the next request until it is accepted. */
    async sendNext() {
      const body = bodies[next % bodies.length](Math.floor(next / bodies.length));
      next += 1;
      for (;;) {
        const response = await fetch(`${collectorUrl}/v1/events`, { method: 'POST', headers, body });
        const answer = await response.json();
        if (response.status === 202) {
          flood.accepted += answer.accepted;
          return;
        }
        if (response.status !== 429 && response.status !== 503)
          throw new Error(`${response.status} ${JSON.stringify(answer)}`);
        flood.refused.set(answer.error.code, (flood.refused.get(answer.error.code) ?? 0) + 1);
        const waitMs = Number(response.headers.get('retry-after') ?? 1) * 1_000;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    },
    async send(seconds) {
      const until = performance.now() + seconds * 1_000;
      const lane = async () => {
        while (performance.now() < until) await flood.sendNext();
      };
      await Promise.all(Array.from({ length: clients }, lane));
    },
  };
  return flood;
}

/** The bytes of a request with the lap written into each id. */
function createBody(events) {
  const bytes = Buffer.from(JSON.stringify(events));
  const lead = Buffer.from(`"id":"${'0'.repeat(lapDigits)}:`);
  const places = [];
  for (let at = bytes.indexOf(lead); at !== -1; at = bytes.indexOf(lead, at + 1)) places.push(at + 6);
  if (places.length !== events.length) throw new Error('not every event has a place for its lap');
  return (lap) => {
    const body = Buffer.from(bytes);
    const digits = String(lap).padStart(lapDigits, '0');
    for (const place of places) body.write(digits, place, 'latin1');
    return body;
  };
}

/** Between two looks. One question for all probes: a question for each would be the greater load of the two. */
const pollMs = 50;

/** Calls back, by their types, for the probes that the metrics service counts. Ends when `isOver` says so. */
async function watchProbes({ metricsUrl, key }, onVisible, isOver) {
  while (!isOver()) {
    const now = Date.now();
    const response = await fetch(`${metricsUrl}/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        metric: 'events',
        range: {
          from: new Date(now - 3_600_000).toISOString(),
          to: new Date(now + 60_000).toISOString(),
        },
        total: true,
        groupBy: ['type'],
        filters: [{ dimension: 'type', operator: '=~', value: '^bench[.]probe[.]' }],
      }),
    });
    const answer = await response.json();
    if (response.status !== 200) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    for (const row of answer.rows) onVisible(row[0]);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function measureFreshness(form, flood, { seconds, perSecond }) {
  const toAccepted = [];
  const toVisible = [];
  const waiting = new Map();
  const authorization = `Bearer ${form.key}`;
  const probe = async (index) => {
    const type = `bench.probe.${index}.v1`;
    const sentAt = performance.now();
    const response = await fetch(`${form.collectorUrl}/v1/events`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify([{ specversion: '1.0', id: type, source: '/bench', type }]),
    });
    if (response.status !== 202) return;
    flood.accepted += 1;
    const acceptedAt = performance.now();
    toAccepted.push(acceptedAt - sentAt);
    waiting.set(type, acceptedAt);
  };
  let isSent = false;
  const watching = watchProbes(
    form,
    (type) => {
      const acceptedAt = waiting.get(type);
      // Seen already, or not answered yet.
      if (acceptedAt === undefined) return;
      toVisible.push(performance.now() - acceptedAt);
      waiting.delete(type);
    },
    () => isSent && waiting.size === 0,
  );
  const requestsPerTick = perSecond / eventsPerRequest / ticksPerSecond;
  let due = 0;
  const acceptedBefore = flood.accepted;
  await everyTick(seconds * ticksPerSecond, 1_000 / ticksPerSecond, async (tick) => {
    const work = [];
    for (due += requestsPerTick; due >= 1; due -= 1) work.push(flood.sendNext());
    if (tick % (ticksPerSecond / probesPerSecond) === 0) work.push(probe(tick));
    await Promise.all(work);
  });
  const loaded = (flood.accepted - acceptedBefore) / seconds;
  isSent = true;
  await watching;
  await untilStored(form, flood.accepted);
  return { toAccepted, toVisible, loaded };
}

function report({ partitions, before, after, perSecond, load, flood, freshness }) {
  const raw = (before + after) / 2;
  const refused = [...flood.refused].map(([code, count]) => `${count} x ${code}`).join(', ');
  const memory = Object.entries(load.memory).map(([name, mib]) => `${name} ${mib} (last ${load.late[name]})`);
  const spread = (values) =>
    `p50 ${round(percentile(values, 0.5))} ms, p95 ${round(percentile(values, 0.95))} ms`;
  const { toAccepted, toVisible, loaded } = freshness;
  print(`  ${partitions} partition${partitions === 1 ? '' : 's'}`);
  print(`    engine alone         ${round(before)} and ${round(after)} rows/s (before and after)`);
  print(
    `    HTTP to ClickHouse   ${round(perSecond)} events/s: ${round(load.stored)} stored in ${round(load.ms / 1_000, 1)} s, ` +
      `the last ${round((load.ms - load.sentMs) / 1_000, 1)} s after the last request${refused === '' ? '' : `; told to wait: ${refused}`}`,
  );
  print(`    ratio                ${round(perSecond / raw, 2)} (goal 0.30)`);
  print(`    peak memory, MiB     ${memory.join(', ')}; ${load.samples} samples`);
  print(
    `    longest queues       ${round(load.peaks.waiting)} messages; accepted and not yet stored at most ${round(load.peaks.behind)} events`,
  );
  print(`    freshness at ${round(loaded)} events/s, ${toVisible.length} probes`);
  print(`      sent to accepted     ${spread(toAccepted)}`);
  print(`      accepted to visible  ${spread(toVisible)} (goal p95 under 2,000 ms)`);
}
