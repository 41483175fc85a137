// npm run faults [-- --seed N] [--kills N] [--only TEXT]: starts a broker, the stores and every role as processes, sends
// events, kills and cuts, and compares what was acknowledged with every number in the stores. Ends with 1 when one
// differs; its last line is JSON. --only runs the scenarios in whose name the text stands.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { ensurePrograms } from './lib/packages.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { createSteps, main } from './lib/steps.mjs';

requireNode();

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'faults.log') });
  await ensureInstalled(steps);
  await ensurePrograms(steps, new Set(['integration']));
  await ensureBuilt(steps, ['backend']);
  const script = path.join(root, 'backend/dist/testkit/faults/main.js');
  const child = spawn(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });
  // The terminal sends Ctrl-C to the run too; it ends its own processes, and we report its code.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
});
