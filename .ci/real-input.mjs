// node .ci/real-input.mjs FOLDER: imports the three files of real history into tenants of their own, twice, and holds
// counts and KPI answers against numbers that expected.mjs computes from the files alone.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startChild, stopChild } from '../scripts/lib/children.mjs';
import { root } from '../scripts/lib/paths.mjs';
import { changeQuestions, requestQuestions } from './expected.mjs';

const run = promisify(execFile);
const folder = path.resolve(process.argv[2] ?? '../shared/real-input');
const histories = [
  { tenant: 'nova', file: 'nova-api.cloudevents.ndjson', events: 928, questions: requestQuestions },
  {
    tenant: 'langfuse',
    file: 'langfuse-merges.cloudevents.ndjson',
    events: 2_642,
    questions: changeQuestions,
  },
  {
    tenant: 'rudder-server',
    file: 'rudder-merges.cloudevents.ndjson',
    events: 1_670,
    questions: changeQuestions,
  },
];

let passed = 0;
let failed = 0;

function check(name, mistakes) {
  if (mistakes.length === 0) passed += 1;
  else failed += 1;
  process.stdout.write(`  ${mistakes.length === 0 ? '✓' : '✗'} ${name}\n`);
  for (const mistake of mistakes.slice(0, 10)) process.stdout.write(`      ${mistake}\n`);
}

function equal(what, actual, expected) {
  return actual === expected
    ? []
    : [`${what}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`];
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function createWorld() {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'coditect-real-input-'));
  const logFile = path.join(dataDir, 'backend.log');
  const names = ['COLLECTOR_PORT', 'METRICS_PORT', 'ADMIN_PORT', 'REPORTING_PORT'];
  const ports = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, String(await freePort())])),
  );
  const env = {
    ...process.env,
    ...ports,
    LISTEN_HOST: '127.0.0.1',
    DATA_DIR: path.join(dataDir, 'data'),
    SIMULATOR: 'off',
    LOG_LEVEL: 'warn',
    UV_THREADPOOL_SIZE: '16',
  };
  return { dataDir, logFile, env, metricsUrl: `http://127.0.0.1:${ports.METRICS_PORT}` };
}

/** Runs a command of the product's CLI and reads the JSON of its last line. */
async function cli(world, ...args) {
  const script = path.join(root, 'backend/dist/cli.js');
  const { stdout } = await run(process.execPath, [script, ...args, '--json'], { cwd: root, env: world.env });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

async function untilReady(world, backend) {
  while (backend.isRunning) {
    const answer = await fetch(`${world.metricsUrl}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`The backend did not start:\n${fs.readFileSync(world.logFile, 'utf8').slice(-4_000)}`);
}

async function checkHistory(world, { tenant, file, events, questions }) {
  const source = path.join(folder, file);
  await cli(world, 'tenants', 'create', tenant);
  const first = await cli(world, 'import', source, '--tenant', tenant);
  check(`${tenant}: the first import takes all ${events} events`, [
    ...equal('read', first.read, events),
    ...equal('accepted', first.accepted, events),
    ...equal('duplicates', first.duplicates, 0),
    ...equal('rejected', first.rejected, 0),
  ]);
  await checkCounts(world, tenant, events, 'after the first import');
  const second = await cli(world, 'import', source, '--tenant', tenant);
  check(`${tenant}: the second import adds nothing`, [
    ...equal('read', second.read, events),
    ...equal('accepted', second.accepted, events),
    ...equal('duplicates', second.duplicates, events),
    ...equal('rejected', second.rejected, 0),
  ]);
  await checkCounts(world, tenant, events, 'after the second import');
  const { key } = await cli(world, 'keys', 'create', '--tenant', tenant, '--scope', 'read');
  const lines = fs.readFileSync(source, 'utf8').trim().split('\n');
  for (const { name, query, judge } of questions(lines.map((line) => JSON.parse(line)))) {
    check(`${tenant}: ${name}`, await ask(world, key, query, judge));
  }
}

async function checkCounts(world, tenant, events, when) {
  const counts = await cli(world, 'verify', '--tenant', tenant);
  const api = tenant === 'nova' ? events : 0;
  const expected = {
    raw: events,
    distinctIds: events,
    ids: events,
    perMinute: events,
    activity: events,
    apiRaw: api,
    apiPerMinute: api,
    apiPerQuarter: api,
  };
  check(`${tenant}: raw and every aggregate count each event once ${when}`, [
    ...Object.entries(expected).flatMap(([table, count]) => equal(table, counts[table], count)),
    ...counts.differences,
  ]);
}

async function ask(world, key, query, judge) {
  const response = await fetch(`${world.metricsUrl}/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(query),
  });
  const body = await response.json();
  if (!response.ok) return [`${response.status} ${JSON.stringify(body)}`];
  return judge(body);
}

const world = await createWorld();
fs.writeFileSync(world.logFile, '');
const backend = startChild('backend', 'backend/dist/main.js', { env: world.env, logFile: world.logFile });
try {
  await untilReady(world, backend);
  for (const history of histories) await checkHistory(world, history);
} catch (error) {
  check('ran to the end', [`${error.message}${error.stderr ? `\n${error.stderr}` : ''}`]);
} finally {
  await stopChild(backend, { graceMs: 60_000 });
}
check('the backend ended cleanly', equal('exit code', (await backend.ended).code, 0));
fs.rmSync(world.dataDir, { recursive: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
