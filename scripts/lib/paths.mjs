import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What scripts remember between runs: stamps and logs. Safe to delete at any time. */
export const cacheDir = path.join(root, '.cache');

/** Where a running instance keeps its data. */
export function dataDir() {
  return path.resolve(root, process.env.DATA_DIR ?? '.data');
}

/** A path as a person at the repository's root would write it. */
export function relative(file) {
  const short = path.relative(root, file);
  return short === '' || short.startsWith('..') ? file : short;
}
