// npm run types: builds what is compiled, then checks what is not: tests, and every plugin with its own options.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './lib/paths.mjs';

const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
const plugins = path.join(root, 'grafana-plugins');
const panels = fs.readdirSync(path.join(plugins, 'panels')).map((name) => `panels/${name}`);
const projects = ['datasource', 'app', 'shared', 'workbench/server', ...panels]
  .map((name) => `grafana-plugins/${name}/tsconfig.json`)
  .filter((file) => fs.existsSync(path.join(root, file)));
const checked = ['tsconfig.test.json', 'tsconfig.plugins.json', ...projects];

let failed = false;
for (const args of [['-b'], ...checked.map((file) => ['-p', file, '--noEmit'])]) {
  const { status } = spawnSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
