import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { npm } from './steps.mjs';

/**
 * Is what the lockfile of `folder` asks for in its node_modules, version by version?
 * npm writes node_modules/.package-lock.json when an install is complete, so an interrupted one doesn't count.
 */
function isInstalled(folder = root) {
  const wanted = readPackages(path.join(folder, 'package-lock.json'));
  const present = readPackages(path.join(folder, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted)
    .filter(
      ([place, entry]) =>
        place.includes('node_modules/') && !entry.optional && !entry.devOptional && !entry.peer,
    )
    .every(([place, entry]) => entry.link || present[place]?.version === entry.version);
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Installs the dependencies when something is missing or the lockfile has changed. */
export async function ensureInstalled(steps, folder = root, name = 'Install dependencies (npm ci)') {
  if (isInstalled(folder)) return false;
  const [command, args] = npm(['ci', '--no-audit', '--no-fund', '--loglevel=warn']);
  await steps.step(
    name,
    () => steps.run(command, args, { cwd: folder }),
    'Is the package registry reachable (`npm ping`), and is there 2 GB of free disk? Then run the command again.',
  );
  return true;
}
