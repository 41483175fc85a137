import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * A TimescaleDB server for tests: Debian's packages of PostgreSQL and TimescaleDB in a folder of their own, entered by
 * chroot, with an empty database to copy. Made once, kept outside of the repository.
 */
export const timescaleRoot = path.resolve(
  process.env.TEST_TIMESCALE_ROOT ?? path.join(os.homedir(), '.cache/coditect-analytics/timescaledb-17'),
);

const suite = 'trixie';
const packages = 'postgresql-17,postgresql-17-timescaledb';

/** The last thing that is made. */
const template = 'srv/template/PG_VERSION';

/**
 * Makes the server when it is missing. Resolves with the reason why it can't be had, or with nothing: only root may
 * enter a chroot, and the packages come from Debian's archive.
 */
export async function ensureTimescaleRoot(steps) {
  if (process.getuid?.() !== 0) return 'only root may start it in its chroot';
  if (fs.existsSync(path.join(timescaleRoot, template))) return undefined;
  if (!hasCommand('apt-get')) return 'its packages are Debian’s, and there is no apt-get here';
  try {
    await steps.step('Make a TimescaleDB server (mmdebstrap)', () => makeRoot(steps));
    return undefined;
  } catch (error) {
    return error.message.split('\n', 1)[0];
  }
}

async function makeRoot(steps) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if (!hasCommand('mmdebstrap')) {
    await steps.run('apt-get', ['update'], { env });
    await steps.run('apt-get', ['install', '-y', '--no-install-recommends', 'mmdebstrap'], { env });
  }
  const partial = `${timescaleRoot}.partial-${process.pid}`;
  fs.mkdirSync(path.dirname(timescaleRoot), { recursive: true });
  try {
    await steps.run('mmdebstrap', [
      ...['--variant=minbase', `--include=${packages}`, ...aptOptions()],
      ...[suite, partial, ...debianMirror()],
    ]);
    await makeTemplate(steps, partial);
    // Two may have made it at once: the first one stays.
    if (!fs.existsSync(timescaleRoot)) fs.renameSync(partial, timescaleRoot);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
}

/** Initialised once: a copy of it is ten times as quick. */
async function makeTemplate(steps, folder) {
  const postgres = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];
  await steps.run('chroot', [folder, 'install', '-d', '-o', 'postgres', '-g', 'postgres', '/srv/template']);
  await steps.run('chroot', [
    ...[folder, 'setpriv', ...postgres, '/usr/lib/postgresql/17/bin/initdb', '--pgdata=/srv/template'],
    ...['--username=postgres', '--no-locale', '--encoding=UTF8', '--auth=trust', '--no-sync'],
  ]);
}

/** Where this machine gets its own packages from, if that is Debian's archive; else the tool's own idea. */
function debianMirror() {
  const list = capture('apt-get', [
    'indextargets',
    '--format',
    '$(ORIGIN)|$(LABEL)|$(REPO_URI)',
    'Created-By: Packages',
  ]);
  const line = list.split('\n').find((text) => text.startsWith('Debian|Debian|http'));
  return line === undefined ? [] : [line.split('|')[2]];
}

/** What apt has been told of proxies and certificates here. */
function aptOptions() {
  return capture('apt-config', ['dump', '--format', '%f "%v";%n', 'Acquire'])
    .split('\n')
    .filter((line) => /^Acquire::(https?|Check-[A-Za-z-]+)(::| ")/.test(line) && !line.endsWith(' "";'))
    .map((line) => `--aptopt=${line}`);
}

function capture(command, args) {
  return execFileSync(command, args, { encoding: 'utf8' });
}

function hasCommand(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}
