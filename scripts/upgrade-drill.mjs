// npm run upgrade:drill -- --from COMMIT [--pause-processors] [--events N] [--seed N]: builds that commit beside this one, runs both on
// one broker and one set of stores under traffic, upgrades, goes back, upgrades again, and compares every number. Ends with 1 when
// one differs; its last line is JSON.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { ensurePrograms } from './lib/packages.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { createSteps, main, StepError } from './lib/steps.mjs';

requireNode();

await main(async () => {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      'pause-processors': { type: 'boolean', default: false },
      events: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.from === undefined) throw new StepError('Which version is upgraded? --from COMMIT');
  const steps = createSteps({ logFile: path.join(cacheDir, 'upgrade-drill.log') });
  await ensureInstalled(steps);
  await ensurePrograms(steps, new Set(['integration']));
  await ensureBuilt(steps, ['backend']);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coditect-from-'));
  try {
    await steps.step(`Build ${values.from}`, async () => buildOther(values.from, folder));
    return await runDrill(folder, values);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

/**
 * A clone with the packages that are installed here: those that only the other version wants would be missing, and its compiler
 * says so.
 */
function buildOther(commit, folder) {
  command('git', ['clone', '-q', '--shared', '--no-checkout', root, folder], root);
  command('git', ['checkout', '-q', '--detach', commit], folder);
  linkPackages(root, folder, (name) => name !== '@coditect');
  const scope = path.join(folder, 'node_modules/@coditect');
  fs.mkdirSync(scope);
  for (const name of fs.readdirSync(path.join(root, 'node_modules/@coditect'))) {
    const workspace = fs.readlinkSync(path.join(root, 'node_modules/@coditect', name));
    // Links of workspaces are relative, so that these lead to the clone's own.
    if (fs.existsSync(path.resolve(scope, workspace))) fs.symlinkSync(workspace, path.join(scope, name));
  }
  linkPackages(path.join(root, 'backend'), path.join(folder, 'backend'), () => true);
  command(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-b', 'backend'], folder);
  command(process.execPath, ['backend/scripts/copy-assets.mjs'], folder);
}

function linkPackages(from, to, isWanted) {
  const packages = path.join(from, 'node_modules');
  if (!fs.existsSync(packages)) return;
  fs.mkdirSync(path.join(to, 'node_modules'));
  for (const name of fs.readdirSync(packages).filter(isWanted))
    fs.symlinkSync(path.join(packages, name), path.join(to, 'node_modules', name));
}

function command(program, args, cwd) {
  const { status, stderr, stdout } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new StepError(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
}

function runDrill(folder, values) {
  const script = path.join(root, 'backend/dist/testkit/upgrade/main.js');
  const dists = ['--old', path.join(folder, 'backend/dist'), '--new', path.join(root, 'backend/dist')];
  const pause = values['pause-processors'] ? ['--pause-processors'] : [];
  const args = [script, ...dists, ...pause, '--events', values.events, '--seed', values.seed];
  const child = spawn(process.execPath, args, { stdio: 'inherit', cwd: root });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
