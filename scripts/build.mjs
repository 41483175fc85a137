// npm run build [-- TARGET...] [--force]: builds what has changed. Targets: backend, plugins, workbench, workbench-12, all.
import path from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { cacheDir } from './lib/paths.mjs';
import { createSteps, main } from './lib/steps.mjs';

requireNode();

await main(async () => {
  const args = process.argv.slice(2);
  const names = args.filter((arg) => !arg.startsWith('--'));
  const steps = createSteps({ logFile: path.join(cacheDir, 'build.log') });
  await ensureInstalled(steps);
  const built = await ensureBuilt(steps, names.length > 0 ? names : ['default'], {
    force: args.includes('--force'),
  });
  process.stdout.write(built.length === 0 ? 'Everything is up to date.\n' : `Built: ${built.join(', ')}\n`);
});
