import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';
import { cacheDir, root } from './paths.mjs';
import { npm } from './steps.mjs';

const workbench = 'grafana-plugins/workbench';
const host12 = `${workbench}/hosts/grafana-12`;

/** What can be built, in the order of need. Inputs are files and folders; output is a file that proves the build. */
function targets() {
  return {
    backend: {
      title: 'Build contracts and backend',
      inputs: [
        'contracts',
        'backend/src',
        'backend/package.json',
        'backend/tsconfig.json',
        'tsconfig.base.json',
        'tsconfig.json',
      ],
      output: 'backend/dist/main.js',
      build: buildBackend,
    },
    ...Object.fromEntries(pluginFolders().map((folder) => [folder, pluginTarget(folder)])),
    workbench: {
      title: 'Build the workbench (Grafana 13 packages)',
      inputs: [workbench, 'contracts/src', 'grafana-plugins/shared', 'tsconfig.base.json'],
      output: `${workbench}/dist/grafana-13/index.html`,
      build: (steps) => npmRun(steps, ['run', 'build', '-w', '@coditect/workbench']),
    },
    'workbench-12': {
      title: 'Build the workbench (Grafana 12 packages)',
      inputs: [workbench, 'contracts/src', 'grafana-plugins/shared', 'tsconfig.base.json'],
      output: `${workbench}/dist/grafana-12/index.html`,
      before: (steps) =>
        ensureInstalled(steps, path.join(root, host12), 'Install the Grafana 12 packages (npm ci)'),
      build: (steps) => npmRun(steps, ['run', 'bundle:12', '-w', '@coditect/workbench']),
    },
  };
}

function pluginFolders() {
  const panels = fs
    .readdirSync(path.join(root, 'grafana-plugins/panels'))
    .map((name) => `grafana-plugins/panels/${name}`);
  return ['grafana-plugins/datasource', 'grafana-plugins/app', ...panels].filter((folder) =>
    fs.existsSync(path.join(root, folder, 'package.json')),
  );
}

function pluginTarget(folder) {
  return {
    title: `Build ${folder.replace('grafana-plugins/', '')} plugin`,
    inputs: [folder, 'grafana-plugins/shared', 'contracts/src'],
    output: `${folder}/dist/module.js`,
    build: (steps) => npmRun(steps, ['run', 'build', '-w', folder]),
  };
}

/** Names for callers: `plugins` stands for every plugin. */
function expandTargets(names) {
  const all = Object.keys(targets());
  const known = { plugins: pluginFolders(), all, default: all.filter((name) => name !== 'workbench-12') };
  return [...new Set(names.flatMap((name) => known[name] ?? [name]))];
}

/** Builds what has changed since its last build. Returns the names that were built. */
export async function ensureBuilt(steps, names, { force = false } = {}) {
  const built = [];
  for (const name of expandTargets(names)) {
    const target = targets()[name];
    if (target === undefined)
      throw new Error(`There is no build target "${name}"; there are: ${Object.keys(targets()).join(', ')}`);
    if (target.before !== undefined) await target.before(steps);
    const hash = hashOf(target.inputs);
    if (!force && isFresh(name, hash, target.output)) continue;
    await steps.step(
      target.title,
      () => target.build(steps),
      'Fix what the compiler names above, then run the command again.',
    );
    writeStamp(name, hash);
    built.push(name);
  }
  return built;
}

async function buildBackend(steps) {
  for (const folder of ['contracts', 'backend']) {
    // The compiler trusts its build info even when somebody has deleted what it describes.
    if (
      !fs.existsSync(path.join(root, folder, 'dist/index.js')) &&
      !fs.existsSync(path.join(root, folder, 'dist/main.js'))
    ) {
      fs.rmSync(path.join(root, folder, 'tsconfig.tsbuildinfo'), { force: true });
    }
  }
  await steps.run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-b']);
  mirrorAssets(path.join(root, 'backend/src'), path.join(root, 'backend/dist'));
  dropStale(path.join(root, 'backend/src'), path.join(root, 'backend/dist'));
  dropStale(path.join(root, 'contracts/src'), path.join(root, 'contracts/dist'));
}

const compiled = /(\.d\.ts|\.d\.ts\.map|\.js|\.js\.map)$/;

/** Copies what the compiler doesn't: SQL, proto and JSON files. */
function mirrorAssets(source, output) {
  for (const file of listFiles(source).filter(
    (name) => !/\.tsx?$/.test(name) && path.basename(name) !== 'README.md',
  )) {
    fs.mkdirSync(path.dirname(path.join(output, file)), { recursive: true });
    fs.copyFileSync(path.join(source, file), path.join(output, file));
  }
}

/** Removes outputs whose source is gone: a migration or a module that was deleted must not live on. */
function dropStale(source, output) {
  for (const file of listFiles(output)) {
    const origin = compiled.test(file) ? file.replace(compiled, '.ts') : file;
    if (!fs.existsSync(path.join(source, origin))) fs.rmSync(path.join(output, file));
  }
}

function npmRun(steps, args) {
  const [command, full] = npm(args);
  return steps.run(command, full);
}

function stampFile(name) {
  return path.join(cacheDir, 'build', `${name.replaceAll('/', '_')}.json`);
}

function isFresh(name, hash, output) {
  if (!fs.existsSync(path.join(root, output))) return false;
  try {
    return JSON.parse(fs.readFileSync(stampFile(name), 'utf8')).hash === hash;
  } catch {
    return false;
  }
}

function writeStamp(name, hash) {
  fs.mkdirSync(path.dirname(stampFile(name)), { recursive: true });
  fs.writeFileSync(stampFile(name), `${JSON.stringify({ hash })}\n`);
}

/** One hash over names and contents of all inputs and the lockfile. */
function hashOf(inputs) {
  const hash = createHash('sha256').update(process.version);
  for (const input of ['package-lock.json', ...inputs]) {
    const full = path.join(root, input);
    const files = fs.statSync(full).isDirectory()
      ? listFiles(full).map((file) => path.join(full, file))
      : [full];
    for (const file of files) {
      hash.update(`\0${path.relative(root, file)}\0`).update(fs.readFileSync(file));
    }
  }
  return hash.digest('hex');
}

const generated = new Set(['node_modules', 'dist', 'test-results', 'playwright-report', '.cache']);

/** Relative names of all files below a folder, sorted, without what is generated. Missing folders are empty. */
function listFiles(folder, prefix = '') {
  const entries = fs.existsSync(path.join(folder, prefix))
    ? fs.readdirSync(path.join(folder, prefix), { withFileTypes: true })
    : [];
  return entries
    .filter((entry) => !generated.has(entry.name) && !entry.name.endsWith('.tsbuildinfo'))
    .flatMap((entry) => {
      const name = path.join(prefix, entry.name);
      return entry.isDirectory() ? listFiles(folder, name) : [name];
    })
    .sort();
}
