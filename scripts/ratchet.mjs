// npm run ratchet [-- --write]: counts what escapes from the rules (lint disables, casts, @ts-expect-error) and compares
// with ratchet.json. The numbers may only go down; `--write` records fewer, never more.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './lib/paths.mjs';

const baselineFile = path.join(root, 'ratchet.json');
const counted = [
  { name: 'lintDisables', pattern: /eslint-disable/g },
  { name: 'tsExpectErrors', pattern: /@ts-(?:expect-error|ignore|nocheck)/g },
];

const found = countAll(listSources());
const baseline = JSON.parse(fs.readFileSync(baselineFile, 'utf8'));
const worse = Object.keys(found).filter((name) => found[name].length > (baseline[name] ?? 0));
const better = Object.keys(found).filter((name) => found[name].length < (baseline[name] ?? 0));

for (const name of worse) {
  const places = found[name].map((place) => `    ${place}`).join('\n');
  process.stdout.write(
    `${name}: ${found[name].length}, allowed ${baseline[name] ?? 0}. Take one out elsewhere, or do without:\n${places}\n`,
  );
}
if (process.argv.includes('--write')) {
  const lower = Object.keys(found).map((name) => [
    name,
    Math.min(found[name].length, baseline[name] ?? Infinity),
  ]);
  fs.writeFileSync(baselineFile, `${JSON.stringify(Object.fromEntries(lower), null, 2)}\n`);
} else if (better.length > 0) {
  process.stdout.write(`Fewer than recorded (${better.join(', ')}): npm run ratchet -- --write\n`);
}
process.exitCode = worse.length > 0 ? 1 : 0;

function listSources() {
  const args = [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '*.ts',
    '*.tsx',
    '*.mjs',
    '*.cjs',
    '*.js',
  ];
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  return files.filter((file) => file !== 'scripts/ratchet.mjs' && fs.existsSync(path.join(root, file)));
}

function countAll(files) {
  const places = { casts: [], lintDisables: [], tsExpectErrors: [] };
  for (const file of files) {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    for (const { name, pattern } of counted) {
      for (const match of text.matchAll(pattern)) places[name].push(`${file}:${lineOf(text, match.index)}`);
    }
    if (/\.tsx?$/.test(file)) places.casts.push(...findCasts(file, text));
  }
  return places;
}

function lineOf(text, index) {
  return text.slice(0, index).split('\n').length;
}

/** Type assertions, without `as const`, which asserts nothing. */
function findCasts(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const places = [];
  const visit = (node) => {
    if (
      (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) &&
      node.type.getText(source) !== 'const'
    ) {
      places.push(`${file}:${lineOf(text, node.getStart(source))}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return places;
}
