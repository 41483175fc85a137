// Format and lint of what is staged, in a few seconds. Switched on by: git config core.hooksPath scripts/hooks
import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './lib/paths.mjs';

const args = ['diff', '--cached', '--name-only', '--diff-filter=ACMR', '-z'];
const staged = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
const code = staged.filter((file) => /\.([cm]?js|tsx?)$/.test(file));

let failed = false;
function run(tool, toolArgs, files) {
  if (files.length === 0) return;
  const script = path.join(root, 'node_modules', tool);
  const { status } = spawnSync(process.execPath, [script, ...toolArgs, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  failed ||= status !== 0;
}

run('prettier/bin/prettier.cjs', ['--check', '--ignore-unknown', '--log-level', 'warn'], staged);
run('eslint/bin/eslint.js', ['--max-warnings', '0', '--no-warn-ignored'], code);
process.exitCode = failed ? 1 : 0;
