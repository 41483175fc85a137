// npm start: from a fresh clone to the workbench page. Installs and builds what is missing, then runs everything
// embedded in two child processes: the backend with all its roles, and the workbench in front of it.
import fs from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { followLog, startChild, stopChild } from './lib/children.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { findRunningInstance, readConfig, readJson, requireFreePorts } from './lib/instance.mjs';
import { requireNode } from './lib/node-version.mjs';
import { cacheDir, dataDir, relative } from './lib/paths.mjs';
import { createSteps, main, StepError } from './lib/steps.mjs';

requireNode();

const logFile = path.join(cacheDir, 'start.log');
const handshakeFile = path.join(dataDir(), 'workbench.json');
/** The backend gives each of its parts CLOSE_TIMEOUT_MS; this is for when even that didn't help. */
const stopGraceMs = 90_000;
/** npm passes on a Ctrl-C that the terminal has sent to us already: a second one counts only after this time. */
const secondSignalAfterMs = 1_000;

/** A read key of one's own shows another tenant than the first one. */
const ownReadKey = process.env.CODITECT_READ_KEY;

const children = [];
const stop = watchSignals();

await main(async () => {
  try {
    return await run(createSteps({ logFile, signal: stop.signal }));
  } catch (error) {
    // A stop that was asked for while installing, building or starting is no failure.
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    await stopInOrder();
  }
});

async function run(steps) {
  refuseSecondInstance();
  process.stdout.write('\nCODITECT Analytics\n');
  await ensureInstalled(steps);
  await ensureBuilt(steps, ['default']);
  const config = readConfig();
  await requireFreePorts(
    {
      COLLECTOR_PORT: config.collector.port,
      METRICS_PORT: config.metrics.port,
      REPORTING_PORT: config.reporting.port,
      ADMIN_PORT: config.admin.port,
      WORKBENCH_PORT: config.workbench.port,
    },
    config.platform.listenHost,
  );
  followLog(logFile, (line) => process.stdout.write(`  · ${line}\n`));
  const backend = await steps.step(
    'Start the backend (collector, processors, metrics, reports)',
    startBackend,
  );
  const url = await steps.step('Start the workbench', () => startWorkbench(config, backend));
  printAddresses(url, backend, config);
  return await runUntilStopped();
}

function refuseSecondInstance() {
  const running = findRunningInstance();
  if (running === undefined) return;
  throw new StepError(
    `An instance is running already (process ${running.pid}) on the data in ${relative(dataDir())}.\n` +
      'Stop it with Ctrl-C where it runs, or give this one data and ports of its own (DATA_DIR, COLLECTOR_PORT, ' +
      'METRICS_PORT, REPORTING_PORT, ADMIN_PORT, WORKBENCH_PORT).',
  );
}

async function startBackend() {
  fs.rmSync(handshakeFile, { force: true });
  const child = startChild('backend', 'backend/dist/main.js', {
    logFile,
    env: { UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '16', LOG_PRETTY: 'off' },
  });
  children.push(child);
  return await untilReady(child, async () => readJson(handshakeFile));
}

async function startWorkbench(config, backend) {
  const { listenHost } = config.platform;
  const child = startChild('workbench', 'grafana-plugins/workbench/dist/server/main.js', {
    logFile,
    env: {
      LISTEN_HOST: listenHost,
      WORKBENCH_PORT: String(config.workbench.port),
      CODITECT_READ_KEY: ownReadKey ?? backend.readKey,
      CODITECT_METRICS_URL: backend.metricsUrl,
      CODITECT_REPORTING_URL: backend.reportingUrl,
    },
  });
  children.push(child);
  const shown = listenHost === '0.0.0.0' || listenHost === '::' ? '127.0.0.1' : listenHost;
  const url = `http://${shown.includes(':') ? `[${shown}]` : shown}:${config.workbench.port}/`;
  await untilReady(child, async () => ((await fetch(url).catch(() => undefined))?.ok ? true : undefined));
  return url;
}

/** Asks until there is an answer. Rejects when the child ends first, or when everything is being stopped. */
async function untilReady(child, ask) {
  for (;;) {
    if (stop.signal.aborted) throw new StepError('Stopped.');
    if (!child.isRunning) throw new Error(`the ${child.name} ended before it was ready`);
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function printAddresses(url, backend, config) {
  const { listenHost } = config.platform;
  const isEmpty = ownReadKey === undefined && backend.tenant === '';
  const tenant = isEmpty || ownReadKey !== undefined ? 'TENANT' : backend.tenant;
  const shown = ownReadKey === undefined ? `tenant ${backend.tenant}` : 'the tenant of CODITECT_READ_KEY';
  const lines = [
    '',
    `  ➜  Open ${url}`,
    '',
    isEmpty
      ? '     There is no tenant yet: npm run cli -- tenants create NAME, then start again.'
      : `     Shows  ${shown}, answered by ${backend.metricsUrl}`,
    `     Send   events to http://${listenHost}:${config.collector.port}/v1/events or /v1/logs, with a key from`,
    `            npm run cli -- keys create --tenant ${tenant} --scope ingest`,
    `     Data   ${relative(dataDir())}     Log ${relative(logFile)}     Ctrl-C stops everything`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Waits for a signal or the death of a child. Returns the exit code. */
async function runUntilStopped() {
  const died = await Promise.race([stop.asked, ...children.map((child) => child.ended.then(() => child))]);
  if (died === undefined || stop.signal.aborted) return 0;
  const { code, signal } = await died.ended;
  throw new StepError(`The ${died.name} ended (${signal ?? `code ${code}`}). Its log: ${relative(logFile)}`);
}

/** The order of the data, from the reader back to the intake: first the workbench, then the backend, which drains. */
async function stopInOrder() {
  for (const child of [...children].reverse()) {
    if (!child.isRunning) continue;
    process.stdout.write(`  … stopping the ${child.name}\n`);
    await stopChild(child, { graceMs: stopGraceMs });
  }
  if (stop.signal.aborted) process.stdout.write('  ✓ stopped\n');
}

/** `signal` is aborted, and `asked` resolves, with the first signal to stop. A second one kills. */
function watchSignals() {
  const controller = new AbortController();
  let firstAt;
  const asked = new Promise((resolve) => {
    const onSignal = () => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        process.stdout.write('\n');
        controller.abort();
        resolve(undefined);
      } else if (Date.now() - firstAt > secondSignalAfterMs) {
        process.stdout.write('  ✗ killed before it was drained; what was answered 202 is safe\n');
        for (const child of children) child.kill('SIGKILL');
        process.exit(130);
      }
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal);
  });
  return { signal: controller.signal, asked };
}
