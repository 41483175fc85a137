// npm run cli -- ARGS: the product's command line. Only the command's own output goes to stdout.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { backendFlags } from './lib/node-flags.mjs';
import { requireNode } from './lib/node-version.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { createSteps, main } from './lib/steps.mjs';

requireNode();

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'cli.log'), out: process.stderr });
  await ensureInstalled(steps);
  await ensureBuilt(steps, ['backend']);
  const child = spawn(
    process.execPath,
    [...backendFlags, path.join(root, 'backend/dist/cli.js'), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      cwd: root,
      // A file is named from where the person stands, which npm keeps in INIT_CWD.
      env: { UV_THREADPOOL_SIZE: '16', INIT_CWD: process.cwd(), ...process.env },
    },
  );
  // The terminal sends Ctrl-C to the command too; it ends on its own terms and we report its code.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? code : 1));
  });
});
