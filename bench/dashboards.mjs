// Every provisioned dashboard on 10 million events of 50,000 users, in Chromium, on the workbench: from the address to the
// last panel's answer, cold (a new browser, a new metrics service) and warm (the same page again), with requests and bytes:
// of the whole page at once, and of what a window shows, as Grafana loads it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { createTenant, makeFolder, root, startInstance } from './lib/instance.mjs';
import { fillDataset } from './lib/dataset.mjs';
import { print, round, timed } from './lib/measure.mjs';

const require = createRequire(import.meta.url);
const dayMs = 86_400_000;
/** Nothing has been asked for so long: the page is done. Not part of the time that is told. */
const quietMs = 1_500;

export async function benchDashboards({ events = 10_000_000, users = 50_000 } = {}) {
  const dataDir = makeFolder('dashboards');
  const untilMs = Math.floor(Date.now() / dayMs) * dayMs;
  const { tenant, key } = await createTenant(dataDir);
  const { ms } = await timed(() =>
    fillDataset(dataDir, { tenantId: tenant.id, events, users, untilMs, onProgress: () => {} }),
  );
  print(
    `dashboards: ${round(events)} events, ${round(users)} users, 30 days, made in ${round(ms / 1_000)} s`,
  );
  const { chromium } = require('playwright-core');
  for (const { uid, title, from } of readDashboards()) {
    for (const [what, height, more] of [
      ['window', 1_000, '&lazy'],
      ['page', 4_000, ''],
    ]) {
      const address = `/d/${uid}?from=${from}&to=${untilMs}&refresh=1h&timezone=utc${more}`;
      const { cold, warm } = await visit(address, height);
      print(
        `  ${title.padEnd(20)} ${what.padEnd(7)} cold ${describe(cold)}; warm ${describe(warm)}; longest answer ${round(cold.slowestMs)} ms`,
      );
    }
  }
  fs.rmSync(dataDir, { recursive: true, force: true });

  /** Twice in a new browser, at a new metrics service. */
  async function visit(address, height) {
    const instance = await startInstance(dataDir);
    await untilIdsAreRead(instance);
    const workbench = await startWorkbench(instance, key);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    });
    const page = await (await browser.newContext({ viewport: { width: 1600, height } })).newPage();
    const cold = await load(page, workbench.url + address);
    const warm = await load(page, workbench.url + address);
    await browser.close();
    await workbench.stop();
    await instance.stop();
    return { cold, warm };
  }

  /** With the range that a dashboard has, ended at the end of the events. */
  function readDashboards() {
    const folder = path.join(root, 'provisioning/dashboards');
    return fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')))
      .map(({ uid, title, time }) => ({ uid, title, from: untilMs - lengthMs(time.from) }));
  }
}

/** A stream processor reads all ids when it starts; where each role has its machine, no question waits for that. */
async function untilIdsAreRead({ reportingUrl }) {
  const readFill = async () => {
    const text = await (await fetch(`${reportingUrl}/metrics`)).text();
    return text.match(/^coditect_id_filter_fill_ratio\S* \S+$/gm)?.join();
  };
  for (let before, seconds = 0; seconds < 60; seconds += 1) {
    const now = await readFill();
    if (now !== undefined && now === before) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error('the instance does not end to read its ids');
}

function lengthMs(from) {
  const [, count, unit] = /^now-(\d+)([hd])$/.exec(from) ?? [];
  return Number(count ?? 7) * (unit === 'h' ? 3_600_000 : dayMs);
}

function describe({ ms, requests, questions, bytes }) {
  return `${round(ms / 1_000, 2)} s, ${requests} requests (${questions} questions), ${round(bytes / 1_024)} KiB`;
}

/** Loads an address and waits until nothing is asked any more. */
async function load(page, address) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const open = new Map();
  const seen = { requests: 0, questions: 0, bytes: 0, slowestMs: 0, lastAt: 0 };
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    const isQuestion = request.url.includes('/api/datasources/proxy/');
    open.set(requestId, { isQuestion, at: performance.now() });
    seen.requests += 1;
    seen.questions += isQuestion ? 1 : 0;
  });
  const end = ({ requestId, encodedDataLength = 0 }) => {
    const request = open.get(requestId);
    if (request === undefined) return;
    open.delete(requestId);
    seen.bytes += encodedDataLength;
    seen.lastAt = performance.now();
    if (request.isQuestion) seen.slowestMs = Math.max(seen.slowestMs, seen.lastAt - request.at);
  };
  session.on('Network.loadingFinished', end);
  session.on('Network.loadingFailed', end);
  const startedAt = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  const questionsUnderWay = () => [...open.values()].some(({ isQuestion }) => isQuestion);
  while (questionsUnderWay() || seen.questions === 0 || performance.now() - seen.lastAt < quietMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (performance.now() - startedAt > 120_000) throw new Error(`${address} is not done after two minutes`);
  }
  await session.detach();
  return { ...seen, ms: seen.lastAt - startedAt };
}

async function startWorkbench(instance, key) {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const child = spawn(process.execPath, ['grafana-plugins/workbench/dist/server/main.js'], {
    cwd: root,
    env: {
      ...process.env,
      LISTEN_HOST: '127.0.0.1',
      WORKBENCH_PORT: String(port),
      CODITECT_METRICS_URL: instance.metricsUrl,
      CODITECT_REPORTING_URL: instance.reportingUrl,
      CODITECT_READ_KEY: key,
    },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) break;
    if (attempt > 600 || child.exitCode !== null) throw new Error('the workbench did not become ready');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
