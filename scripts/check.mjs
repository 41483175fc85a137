// npm run check [-- --skip-unit]: everything that needs no engine and no browser. Two at a time; all are run even
// when one fails, and the words of the failed ones are printed at the end.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { createSteps, main, npm } from './lib/steps.mjs';

requireNode();

const script = (name) => npm(['run', '--silent', name]);
const checks = [
  { name: 'lint', command: script('lint') },
  { name: 'format', command: script('format:check') },
  { name: 'types', command: script('types') },
  { name: 'boundaries', command: script('boundaries') },
  { name: 'dead code (knip)', command: script('dead') },
  { name: 'ratchet', command: script('ratchet') },
  {
    name: 'configuration page',
    command: [process.execPath, ['scripts/generate-config-docs.mjs', '--check']],
  },
  {
    name: 'telemetry page',
    command: [process.execPath, ['scripts/generate-metrics-docs.mjs', '--check']],
  },
  { name: 'plugins', command: [process.execPath, ['scripts/check-plugins.mjs']] },
  { name: 'lockfile', command: [process.execPath, ['scripts/lockfile.mjs', '--check']] },
  { name: 'deployment', command: [process.execPath, ['scripts/check-deploy.mjs']] },
  { name: 'manifests of Kubernetes', command: [process.execPath, ['scripts/check-kubernetes.mjs']] },
  {
    name: 'data map',
    command: [process.execPath, ['scripts/generate-data-map.mjs', '--check']],
  },
  { name: 'KPI page', command: [process.execPath, ['scripts/generate-kpi-docs.mjs', '--check']] },
  {
    name: 'unit and plugin tests',
    command: [process.execPath, ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', 'plugins']],
    isUnit: true,
  },
];

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'check.log') });
  await ensureInstalled(steps);
  // Boundaries and the configuration page read compiled output.
  await ensureBuilt(steps, ['backend']).catch((error) => process.stdout.write(`${error.message}\n`));
  const chosen = checks.filter((check) => !(check.isUnit && process.argv.includes('--skip-unit')));
  const results = await runTwoAtATime(chosen);
  const failed = results.filter((result) => result.code !== 0);
  for (const { name, output } of failed) process.stdout.write(`\n== ${name}\n${output}\n`);
  process.stdout.write(`\n${results.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
});

async function runTwoAtATime(list) {
  const queue = [...list];
  const results = [];
  const worker = async () => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift())
      results.push(await runCheck(check));
  };
  await Promise.all([worker(), worker()]);
  return results;
}

function runCheck({ name, command: [command, args] }) {
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, FORCE_COLOR: '0' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = ((Date.now() - started) / 1_000).toFixed(1).padStart(6);
      process.stdout.write(`  ${code === 0 ? '✓' : '✗'} ${name.padEnd(48)} ${seconds} s\n`);
      resolve({ name, code, output });
    });
  });
}
