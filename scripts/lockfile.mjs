// node scripts/lockfile.mjs [--check]: completes package-lock.json. `npm install` leaves out optional packages for other
// platforms that a registry doesn't serve, and `npm ci` then refuses the whole lockfile. Their names and versions are
// known from the packages that ask for them, so they are put in; npm never fetches what is for another platform.
import fs from 'node:fs';
import path from 'node:path';
import { relative, root } from './lib/paths.mjs';

const platforms =
  /(?:^|[/-])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)(?=-|$)/;
const processors = /(?:^|-)(arm64|arm|ia32|loong64|mips64el|ppc64|ppc|riscv64|s390x|x64)(?=-|$)/;
const lockfiles = ['package-lock.json', 'grafana-plugins/workbench/hosts/grafana-12/package-lock.json'];

let incomplete = false;
for (const file of lockfiles.map((name) => path.join(root, name)).filter((name) => fs.existsSync(name))) {
  const lock = JSON.parse(fs.readFileSync(file, 'utf8'));
  const missing = findMissing(lock.packages);
  if (missing.length === 0) continue;
  if (process.argv.includes('--check')) {
    incomplete = true;
    process.stdout.write(
      `${relative(file)} lacks ${missing.length} packages of other platforms, so npm ci would refuse it.\n`,
    );
  } else {
    for (const { place, entry } of missing) lock.packages[place] = entry;
    lock.packages = Object.fromEntries(
      Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
    );
    fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
    process.stdout.write(`${relative(file)}: ${missing.length} added\n`);
  }
}
if (incomplete) process.stdout.write('Run: node scripts/lockfile.mjs\n');
process.exitCode = incomplete ? 1 : 0;

/** Optional packages with a platform in their name that nothing in the lockfile satisfies. */
function findMissing(packages) {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name, version]) => /^\d/.test(version) && platforms.test(name) && !isThere(packages, parent, name),
      )
      .map(([name, version]) => ({
        place: placeFor(packages, parent, name),
        entry: createEntry(name, version, dev),
      })),
  );
}

/** Looks where Node would: beside the package, then in every folder above. */
function isThere(packages, parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined)
      return true;
    if (folder === '') return false;
  }
}

function placeFor(packages, parent, name) {
  const cut = parent.lastIndexOf('node_modules/');
  const beside = `${parent.slice(0, cut)}node_modules/${name}`;
  return packages[beside] === undefined ? beside : `${parent}/node_modules/${name}`;
}

function createEntry(name, version, dev) {
  const [, os] = platforms.exec(name);
  const cpu = processors.exec(name)?.[1];
  return {
    version,
    ...(cpu !== undefined && { cpu: [cpu] }),
    ...(dev && { dev }),
    optional: true,
    os: [os],
  };
}
