import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** The most that the first load of each plugin may be, in bytes of gzip. What opens later is in chunks of its own. */
const budgets = [
  { pattern: /-datasource$/u, bytes: 36_000 },
  { pattern: /-app$/u, bytes: 24_000 },
  { pattern: /-panel$/u, bytes: 20_000 },
];

export function budgetOf(id) {
  return budgets.find(({ pattern }) => pattern.test(id))?.bytes ?? 0;
}

/** The plugins that have been built: their ids, versions and the files of `dist/`, in the order of names. */
export function readBuiltPlugins() {
  const panels = fs.readdirSync(path.join(root, 'grafana-plugins/panels')).sort();
  return ['datasource', 'app', ...panels.map((name) => `panels/${name}`)]
    .map((name) => path.join(root, 'grafana-plugins', name))
    .filter((folder) => fs.existsSync(path.join(folder, 'dist/plugin.json')))
    .map((folder) => ({
      id: JSON.parse(fs.readFileSync(path.join(folder, 'dist/plugin.json'), 'utf8')).id,
      version: JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).version,
      files: readFiles(path.join(folder, 'dist')),
    }));
}

function readFiles(folder) {
  const names = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  return new Map(names.map((name) => [name, fs.readFileSync(path.join(folder, name))]));
}
