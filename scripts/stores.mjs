// npm run stores: the embedded ClickHouse and TimescaleDB for several processes, on loopback, until Ctrl-C.
// Only the two addresses go to stdout.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { createSteps, main } from './lib/steps.mjs';

requireNode();

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'stores.log'), out: process.stderr });
  await ensureInstalled(steps);
  await ensureBuilt(steps, ['backend']);
  const child = spawn(process.execPath, [path.join(root, 'backend/dist/stores.js')], {
    stdio: 'inherit',
    cwd: root,
    // Statements of the engine block threads: with the default of four, a kill would wait for what it is to kill.
    env: { UV_THREADPOOL_SIZE: '16', ...process.env },
  });
  // The terminal sends Ctrl-C to the child too; it ends on its own terms and we report its code.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? code : 1));
  });
});
