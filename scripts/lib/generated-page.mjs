import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * Writes a page of the documentation that a script makes; with `--check` on the command line, compares only, and sets
 * exit status 1 when the page is not `wanted`. `page` and `script` are paths from the root.
 */
export function writeOrCheckPage({ page, wanted, script }) {
  const target = path.join(root, page);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, wanted);
    return;
  }
  if (readOrEmpty(target) === wanted) return;
  process.stderr.write(`${page} is out of date: run node ${script}\n`);
  process.exitCode = 1;
}

function readOrEmpty(target) {
  try {
    return readFileSync(target, 'utf8');
  } catch {
    return '';
  }
}
