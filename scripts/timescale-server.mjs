// node scripts/timescale-server.mjs: a real TimescaleDB server with an empty data folder on a free loopback port, until
// Ctrl-C. Makes it first when it is missing (root on Debian). Only its address goes to stdout.
import path from 'node:path';
import { createRequire } from 'node:module';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { createSteps, main, StepError } from './lib/steps.mjs';
import { ensureTimescaleRoot, timescaleRoot } from './lib/timescale-root.mjs';

requireNode();

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'timescale.log'), out: process.stderr });
  await ensureInstalled(steps);
  const reason = await ensureTimescaleRoot(steps);
  if (reason !== undefined) throw new StepError(`There is no TimescaleDB server: ${reason}.`);
  await ensureBuilt(steps, ['backend']);
  process.env.TEST_TIMESCALE_ROOT = timescaleRoot;
  const require = createRequire(import.meta.url);
  const { startTimescaleServer } = require(path.join(root, 'backend/dist/testkit/timescale-server.js'));
  const server = await startTimescaleServer({ isDurable: true });
  process.stdout.write(`TIMESCALE_URL=${server.url}\n`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
});
