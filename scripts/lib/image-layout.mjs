import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { environmentOf, readCopy, readDockerfile, readExec } from './deployment.mjs';
import { root } from './paths.mjs';

/**
 * Lays out on this machine what `deploy/Dockerfile` puts into the image of the backend, by its own lines. The stage
 * `build` is the working tree, which the caller has built. Of the commands only npm's and node's are run, and those of the
 * stage `dependencies` alone: others change a system that is not a container's.
 */
export function layOutImage(folder) {
  const stages = readDockerfile();
  const dependencies = stages.find(({ name }) => name === 'dependencies');
  const backend = stages.find(({ name }) => name === 'backend');
  const build = stages.find(({ name }) => name === 'build');
  const folders = {
    build: root,
    dependencies: path.join(folder, 'dependencies'),
    backend: path.join(folder, 'image'),
  };
  const left = build.instructions
    .flatMap(({ args }) => [...args.matchAll(/rm -rf (\S+)/gu)])
    .map(([, name]) => name);
  for (const { keyword, args } of dependencies.instructions) {
    if (keyword === 'COPY') copy(readCopy(args), { from: root, to: folders.dependencies, left: [] });
    if (keyword === 'RUN' && /^(npm|node) /u.test(args)) run(args, folders.dependencies);
  }
  for (const { args } of backend.instructions.filter(({ keyword }) => keyword === 'COPY')) {
    const parsed = readCopy(args);
    copy(parsed, { from: folders[parsed.from] ?? root, to: folders.backend, left });
  }
  return {
    folder: folders.backend,
    environment: environmentOf(backend),
    user: Number(backend.instructions.find(({ keyword }) => keyword === 'USER').args.split(':')[0]),
    entrypoint: readExec(backend, 'ENTRYPOINT'),
    command: readExec(backend, 'CMD'),
  };
}

function copy({ sources, target }, { from, to, left }) {
  const isFolder = target.endsWith('/');
  for (const source of sources) {
    const origin = path.join(from, source.replace(/^\/app\/?/u, ''));
    const isTree = fs.statSync(origin).isDirectory();
    const place = path.join(to, target, isFolder && !isTree ? path.basename(source) : '');
    const isLeft = (file) => left.some((name) => path.relative(from, file).startsWith(name));
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.cpSync(origin, place, { recursive: true, verbatimSymlinks: true, filter: (file) => !isLeft(file) });
  }
}

function run(command, cwd) {
  const env = { ...process.env, npm_config_prefer_offline: 'true' };
  const { status, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}\n${stderr.split('\n').slice(-20).join('\n')}`);
}

/** Every file with its size and time, to tell whether anything was written. */
export function listImage(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const { mtimeMs, size } = fs.lstatSync(file);
      return `${path.relative(folder, file)} ${size} ${mtimeMs}`;
    })
    .sort();
}
