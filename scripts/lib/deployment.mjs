import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { root } from './paths.mjs';

/** `docker-compose.yml` as compose reads it: anchors merged, and `${NAME:-default}` replaced from `variables`. */
export function readCompose(variables = {}, file = path.join(root, 'docker-compose.yml')) {
  return interpolate(parse(fs.readFileSync(file, 'utf8'), { merge: true }), variables);
}

/** Each `${NAME}` of a compose file, with what stands behind it. */
export function listVariables(text) {
  return [...text.matchAll(/(?<!\$)\$\{(\w+)(?::?([-?])([^}]*))?\}/gu)].map(([, name, operator, rest]) => ({
    name,
    fallback: operator === '-' ? rest : undefined,
    isRequired: operator === '?',
  }));
}

function interpolate(value, variables) {
  if (Array.isArray(value)) return value.map((item) => interpolate(item, variables));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, interpolate(item, variables)]),
    );
  if (typeof value !== 'string') return value;
  return value
    .replace(
      /(?<!\$)\$\{(\w+)(?::-([^}]*))?\}/gu,
      (_all, name, fallback) => variables[name] || fallback || '',
    )
    .replaceAll('$$', '$');
}

/** The stages of a Dockerfile in order, each with `from`, `name` and its instructions as `{ keyword, args }`. */
export function readDockerfile(file = path.join(root, 'deploy/Dockerfile')) {
  const lines = fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(#|$)/u.test(line))
    .join('\n')
    .replace(/\\\n\s*/gu, '')
    .split('\n');
  const stages = [];
  for (const line of lines) {
    const [, keyword, args] = /^(\w+)\s+(.*)$/u.exec(line);
    if (keyword === 'FROM') {
      const [, from, name] = /^(\S+)(?:\s+AS\s+(\S+))?$/u.exec(args);
      stages.push({ from, name, instructions: [] });
    } else stages.at(-1).instructions.push({ keyword, args });
  }
  return stages;
}

/** What `ENV` of a stage sets. */
export function environmentOf(stage) {
  const pairs = stage.instructions
    .filter(({ keyword }) => keyword === 'ENV')
    .flatMap(({ args }) => [...args.matchAll(/(\w+)=(\S+)/gu)]);
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
}

/** The sources and the target of a `COPY`, with the stage that it takes them from. */
export function readCopy(args) {
  const words = args.split(/\s+/u);
  const from = words[0].startsWith('--from=') ? words.shift().slice('--from='.length) : undefined;
  return { from, sources: words.slice(0, -1), target: words.at(-1) };
}

/** The form of a command that no shell reads: a list in JSON. */
export function readExec(stage, keyword) {
  const found = stage.instructions.findLast((instruction) => instruction.keyword === keyword);
  return found === undefined ? undefined : JSON.parse(found.args.slice(found.args.indexOf('[')));
}
