// npm test [-- --only unit,plugins,integration,e2e]: from a fresh clone, installs what tests need, builds, runs all
// tests and ends with one line, `N passed, N failed`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { ensurePrograms } from './lib/packages.mjs';
import { cacheDir, relative, root } from './lib/paths.mjs';
import { createSteps, main, StepError } from './lib/steps.mjs';
import { createTally, readJestReport, readPlaywrightReport } from './lib/tally.mjs';
import { ensureTimescaleRoot, timescaleRoot } from './lib/timescale-root.mjs';

requireNode();

const kinds = ['unit', 'plugins', 'integration', 'e2e'];
const reports = path.join(cacheDir, 'reports');
const e2eFolder = path.join(root, 'grafana-plugins/e2e');

await main(async () => {
  const only = new Set(parseOnly(process.argv.slice(2)));
  const steps = createSteps({ logFile: path.join(cacheDir, 'test.log') });
  await ensureInstalled(steps);
  await ensurePrograms(steps, only);
  const noServer = only.has('integration') ? await ensureTimescaleRoot(steps) : undefined;
  const targets = ['backend', ...(only.has('e2e') ? ['plugins', 'workbench', 'workbench-12'] : [])];
  if (only.has('e2e') || only.has('integration')) await ensureBuilt(steps, targets);

  const tally = createTally();
  // Tests without engines share a run; those with engines get few workers, since each engine takes a core.
  const quick = ['unit', 'plugins'].filter((kind) => only.has(kind));
  if (quick.length > 0) tally.add(await runJest(quick, []));
  if (only.has('integration')) {
    tally.add(await runJest(['integration'], ['--maxWorkers=2'], timescaleServer(noServer)));
  }
  if (only.has('e2e')) tally.add(await runEndToEnd());
  if (noServer !== undefined) process.stdout.write(`\n${withoutServer(noServer)}\n`);
  process.stdout.write(`\n${tally.line()}\n`);
  return tally.total.failed === 0 && tally.total.passed > 0 ? 0 : 1;
});

function parseOnly(args) {
  const at = args.indexOf('--only');
  if (at === -1) return kinds;
  const chosen = (args[at + 1] ?? '').split(',').filter((kind) => kind !== '');
  const unknown = chosen.filter((kind) => !kinds.includes(kind));
  if (chosen.length === 0 || unknown.length > 0)
    throw new StepError(`--only takes some of: ${kinds.join(', ')}`);
  return chosen;
}

/** Where tests find the TimescaleDB server, or that there is none. */
function timescaleServer(noServer) {
  if (noServer === undefined) return { TEST_TIMESCALE_ROOT: timescaleRoot };
  process.stdout.write(`\n${withoutServer(noServer)}\n`);
  return { TEST_TIMESCALE_SERVER: 'none' };
}

function withoutServer(reason) {
  return `SKIPPED: the tests on a real TimescaleDB server; ${reason}. Those on the embedded engine did run.`;
}

async function runJest(projects, extra, env = {}) {
  const report = freshReport(`${projects.join('-')}.json`);
  const args = [
    path.join(root, 'node_modules/jest/bin/jest.js'),
    ...['--selectProjects', ...projects],
    ...['--json', `--outputFile=${report}`],
    ...['--passWithNoTests'],
    ...extra,
  ];
  heading(projects.join(', '));
  const code = await runHere(args, root, { UV_THREADPOOL_SIZE: '16', ...env });
  return judge(readJestReport(report), code);
}

async function runEndToEnd() {
  const report = freshReport('e2e.json');
  heading('e2e on both workbench hosts');
  const args = [path.join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--reporter=list,json'];
  const code = await runHere(args, e2eFolder, { PLAYWRIGHT_JSON_OUTPUT_NAME: report });
  return judge(readPlaywrightReport(report), code);
}

/** A runner that fails without a failed test (a crash, a leak, no report) must not pass. */
function judge(part, code) {
  return code !== 0 && part.failed === 0 ? { ...part, failed: 1 } : part;
}

function freshReport(name) {
  const file = path.join(reports, name);
  fs.mkdirSync(reports, { recursive: true });
  fs.rmSync(file, { force: true });
  return file;
}

function heading(name) {
  process.stdout.write(`\n== ${name} (report: ${relative(reports)})\n`);
}

/** Runs a test runner in front of the person, whose words go where ours go. */
function runHere(args, cwd, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
