// npm run deploy:smoke: lays out what deploy/Dockerfile puts into the image, and runs the migrations and every role as
// docker-compose.yml does, with their commands, environment, secrets and health checks, against a real broker and the
// embedded stores behind their protocols. Sends events, reads a KPI, makes a report, stops everything. What it can't
// show is in docs/unverified.md. Ends with `N passed, N failed`; --keep leaves the folder.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuilt } from './lib/build.mjs';
import { createComposeRunner } from './lib/compose-runner.mjs';
import { readCompose } from './lib/deployment.mjs';
import { layOutImage, listImage } from './lib/image-layout.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { ensurePrograms } from './lib/packages.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { createSteps, main } from './lib/steps.mjs';

requireNode();

const require = createRequire(import.meta.url);
const healthyWithinMs = 90_000;
const answeredWithinMs = 60_000;
const eventsSent = 60;
let passed = 0;
let failed = 0;

function check(name, mistake) {
  if (mistake === undefined) passed += 1;
  else failed += 1;
  process.stdout.write(`  ${mistake === undefined ? '✓' : '✗'} ${name}\n`);
  if (mistake !== undefined) process.stdout.write(`      ${mistake.replaceAll('\n', '\n      ')}\n`);
}

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'production-smoke.log') });
  await ensureInstalled(steps);
  await ensurePrograms(steps, new Set(['integration']));
  await ensureBuilt(steps, ['backend']);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coditect-production-'));
  // The image's user passes through on its way to its files.
  fs.chmodSync(folder, 0o755);
  const closers = [];
  try {
    await smoke(folder, closers);
  } catch (error) {
    check('ran to the end', `${error.stack}\n${lastWords(folder)}`);
  } finally {
    for (const close of closers.reverse()) await close();
  }
  if (process.argv.includes('--keep')) process.stdout.write(`The folder is ${folder}\n`);
  else fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
});

async function smoke(folder, closers) {
  const image = layOutImage(folder);
  checkLayout(image);
  const secretsFolder = path.join(folder, 'secrets');
  spawnSync(process.execPath, [path.join(root, 'scripts/make-secrets.mjs'), secretsFolder]);
  const ports = await choosePorts();
  const hosts = { ...(await startBroker(closers, secretsFolder)), ...(await startStores(folder, closers)) };
  const compose = readCompose({ CODITECT_TENANT: 'smoke', CODITECT_TIME_ZONE: 'UTC' });
  // The stand-in for ClickHouse has no users, and so none that could be held to row policies.
  const without = ['CLICKHOUSE_READ_URL_FILE'];
  const runner = createComposeRunner({ compose, folder, hosts, image, ports, secretsFolder, without });
  closers.push(() => runner.killAll());
  const before = listImage(image.folder);

  const help = runner.exec('migrate', image.command);
  check('the command of the image shows how it is used', mistakeOf(await help.ended, 0, help));
  for (const when of ['once', 'a second time']) {
    const migration = runner.start('migrate');
    check(`migrate ends well ${when}`, mistakeOf(await migration.ended, 0, migration));
  }
  const roles = await startRoles(compose, runner);
  const keyOf = (name) => fs.readFileSync(path.join(secretsFolder, name), 'utf8').trim();
  await useIt({ ports, sender: keyOf('ingest_key'), reader: keyOf('grafana_key') });
  await checkDemoTraffic(runner);
  for (const [name, child] of roles)
    check(`${name} ends with 0`, mistakeOf(await runner.stop(name, child), 0, child));
  const written = listImage(image.folder).filter((line) => !before.includes(line));
  check(
    'nothing was written into the image',
    written.length === 0 ? undefined : written.slice(0, 5).join('\n'),
  );
}

function checkLayout(image) {
  const has = (name) => fs.existsSync(path.join(image.folder, name));
  const tools = ['typescript', 'jest', 'eslint', 'webpack', '@grafana', '@chdb', '@types/jest'].filter(
    (name) => has(`node_modules/${name}`),
  );
  check('the image has no tools for development', tools.length === 0 ? undefined : tools.join(', '));
  check('the image has no tests', has('backend/dist/testkit') ? 'backend/dist/testkit' : undefined);
  const { components } = JSON.parse(fs.readFileSync(path.join(image.folder, 'sbom.cdx.json'), 'utf8'));
  const { dependencies } = JSON.parse(
    fs.readFileSync(path.join(image.folder, 'backend/package.json'), 'utf8'),
  );
  const listed = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
  const missing = Object.keys(dependencies).filter(
    (name) => name !== '@coditect/contracts' && !listed.includes(name),
  );
  check(
    `the SBOM lists ${components.length} packages`,
    missing.length === 0 ? undefined : `not ${missing.join(', ')}`,
  );
}

async function choosePorts() {
  const { findFreePort } = require(path.join(root, 'backend/dist/testkit/free-port.js'));
  const names = ['COLLECTOR', 'METRICS', 'REPORTING', 'STREAM_PROCESSOR', 'BATCH_PROCESSOR'];
  const found = new Set();
  while (found.size < names.length) found.add(await findFreePort());
  return Object.fromEntries(names.map((name, index) => [`${name}_PORT`, String([...found][index])]));
}

async function startBroker(closers, secretsFolder) {
  const { startBroker: start } = require(path.join(root, 'backend/dist/testkit/rabbitmq-broker.js'));
  const broker = await start();
  closers.push(() => broker.close());
  const { username, password } = new URL(
    fs.readFileSync(path.join(secretsFolder, 'rabbitmq_url'), 'utf8').trim(),
  );
  await broker.addUser(username, password);
  return { 'rabbitmq:5672': { host: `127.0.0.1:${broker.port}` } };
}

async function startStores(folder, closers) {
  const { findFreePort } = require(path.join(root, 'backend/dist/testkit/free-port.js'));
  const env = {
    ...process.env,
    DATA_DIR: path.join(folder, 'stores'),
    STORES_CLICKHOUSE_PORT: String(await findFreePort()),
    STORES_POSTGRES_PORT: String(await findFreePort()),
    UV_THREADPOOL_SIZE: '16',
    LOG_LEVEL: 'warn',
  };
  const log = fs.openSync(path.join(folder, 'stores.log'), 'a');
  const script = path.join(root, 'backend/dist/stores.js');
  const child = spawn(process.execPath, [script], { env, cwd: folder, stdio: ['ignore', log, log] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  closers.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const address = `http://127.0.0.1:${env.STORES_CLICKHOUSE_PORT}/ping`;
  await until('the stores are up', async () => (await fetch(address)).ok);
  return {
    // The stand-in has no users.
    'clickhouse:8123': { host: `127.0.0.1:${env.STORES_CLICKHOUSE_PORT}`, user: 'default' },
    'timescaledb:5432': { host: `127.0.0.1:${env.STORES_POSTGRES_PORT}` },
  };
}

/** Those that wait for the migrations, and have no profile: started at once, as compose does. */
async function startRoles(compose, runner) {
  const names = Object.keys(compose.services).filter((name) => compose.services[name].command?.[0] === 'run');
  const roles = names.map((name) => [name, runner.start(name)]);
  for (const [name, child] of roles) {
    const isHealthy = await runner.untilHealthy(name, child, { withinMs: healthyWithinMs });
    check(`${name} is healthy by its own check`, isHealthy ? undefined : wordsOf(child));
  }
  return roles;
}

async function useIt({ ports, reader, sender }) {
  const collector = `http://127.0.0.1:${ports.COLLECTOR_PORT}`;
  const now = Date.now();
  const events = Array.from({ length: eventsSent }, (_, index) => ({
    specversion: '1.0',
    id: `${index}`,
    source: '/smoke',
    type: 'ai.coditect.agent.run.finished.v1',
    time: new Date(now - index * 1_000).toISOString(),
    data: {
      userId: `user-${index % 7}`,
      team: 'smoke',
      agent: 'reviewer',
      status: 'succeeded',
      durationMs: 1_000,
      costUsd: 0.5,
    },
  }));
  const sent = await send(collector, sender, events);
  check('the collector takes events with the key of the secret', sent === 202 ? undefined : `${sent}`);
  check(
    'they count once when they are sent again',
    mistakeOfValue(await send(collector, sender, events), 202),
  );
  const refused = await send(collector, reader, events);
  check("Grafana's key may not send", mistakeOfValue(refused, 403));
  const range = {
    from: new Date(now - 3_600_000).toISOString(),
    to: new Date(now + 3_600_000).toISOString(),
  };
  const query = { metric: 'agent_runs', range, total: true };
  await checkAnswer(`http://127.0.0.1:${ports.METRICS_PORT}/v1/query`, reader, query);
  await checkReport(`http://127.0.0.1:${ports.REPORTING_PORT}/v1/reports`, reader, query);
}

async function send(collector, key, events) {
  const headers = { ...bearer(key), 'content-type': 'application/cloudevents-batch+json' };
  const response = await fetch(`${collector}/v1/events`, {
    method: 'POST',
    headers,
    body: JSON.stringify(events),
  });
  await response.text();
  return response.status;
}

function bearer(key) {
  return { authorization: `Bearer ${key}` };
}

async function post(url, key, body) {
  const headers = { ...bearer(key), 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(`${url}: ${response.status} ${JSON.stringify(answer)}`);
}

async function checkAnswer(url, key, query) {
  let value;
  await until('the KPI tells every event', async () => {
    value = (await post(url, key, query)).rows?.at(-1)?.at(-1);
    return value === eventsSent;
  }).catch(() => undefined);
  check(`the metrics service tells ${eventsSent} runs`, mistakeOfValue(value, eventsSent));
}

/** Told by the other store, as soon as the events have landed there. */
async function checkReport(url, key, query) {
  let file;
  await until('a report tells every event', async () => {
    const { id } = await post(url, key, { title: 'Smoke', format: 'csv', queries: [query] });
    const report = await until('the report is made', async () => {
      const found = await (await fetch(`${url}/${id}`, { headers: bearer(key) })).json();
      return ['done', 'failed'].includes(found.state) ? found : undefined;
    });
    const response = await fetch(`${url}/${id}/file`, { headers: bearer(key) });
    file = `${report.state} ${JSON.stringify(report.failure ?? '')} ${await response.text()}`;
    return new RegExp(`\\b${eventsSent}\\b`, 'u').test(file);
  }).catch(() => undefined);
  const isRight = new RegExp(`^done "" [^]*\\b${eventsSent}\\b`, 'u').test(file ?? '');
  check(`a report in CSV tells ${eventsSent} runs`, isRight ? undefined : file?.slice(0, 2_000));
}

async function checkDemoTraffic(runner) {
  const demo = runner.start('demo-traffic');
  await until('the demo tenants are there', async () => {
    const listing = runner.exec('migrate', ['tenants', 'list', '--json']);
    await listing.ended;
    return !demo.isRunning || fs.readFileSync(listing.logFile, 'utf8').includes('"globex"');
  }).catch(() => undefined);
  check('demo traffic runs', demo.isRunning ? undefined : wordsOf(demo));
  check('demo traffic ends with 0', mistakeOf(await runner.stop('demo-traffic', demo), 0, demo));
}

async function until(what, ask) {
  const deadline = Date.now() + answeredWithinMs;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${answeredWithinMs / 1_000} s`);
    await sleep(250);
  }
}

function mistakeOfValue(value, wanted) {
  return value === wanted ? undefined : `${JSON.stringify(value)}, expected ${JSON.stringify(wanted)}`;
}

function mistakeOf(code, wanted, child) {
  return code === wanted ? undefined : `ended with ${code}\n${wordsOf(child)}`;
}

function wordsOf({ logFile }) {
  return fs.readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-12).join('\n').slice(-4_000);
}

function lastWords(folder) {
  const logs = fs.readdirSync(folder).filter((name) => name.endsWith('.log') && !name.includes('.health'));
  return logs.map((name) => `== ${name}\n${wordsOf({ logFile: path.join(folder, name) })}`).join('\n');
}
