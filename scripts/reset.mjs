// npm run reset: removes the data folder (DATA_DIR, by default .data), unless an instance is using it.
import fs from 'node:fs';
import { listForeign } from './lib/data-folder.mjs';
import { findRunningInstance } from './lib/instance.mjs';
import { requireNode } from './lib/node-version.mjs';
import { dataDir, relative } from './lib/paths.mjs';
import { main, StepError } from './lib/steps.mjs';

requireNode();

await main(() => {
  const folder = dataDir();
  if (!fs.existsSync(folder)) {
    process.stdout.write(`Nothing to remove: ${relative(folder)} does not exist.\n`);
    return 0;
  }
  refuseForeignFolder(folder);
  const running = findRunningInstance(folder);
  if (running !== undefined) {
    throw new StepError(
      `An instance is running (process ${running.pid}). Stop it first (Ctrl-C where it runs).`,
    );
  }
  const removed = fs.readdirSync(folder);
  fs.rmSync(folder, { recursive: true });
  process.stdout.write(`Removed ${relative(folder)}: ${removed.join(', ') || 'it was empty'}\n`);
  return 0;
});

/** DATA_DIR may point anywhere: a folder that holds more than our data is not ours to remove. */
function refuseForeignFolder(folder) {
  const foreign = listForeign(fs.readdirSync(folder));
  if (foreign.length === 0) return;
  const some = foreign.slice(0, 3).join(', ');
  const more = foreign.length > 3 ? ` and ${foreign.length - 3} more` : '';
  throw new StepError(
    `${folder} holds more than the data of CODITECT Analytics: ${some}${more}. Nothing was removed; check DATA_DIR.`,
  );
}
