import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, cp, chown, readdir, readFile, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findFreePort } from './free-port.js';

/** A PostgreSQL 17 with TimescaleDB in its Apache edition. */
export interface TestTimescaleServer {
  /** Of the empty database `postgres`. */
  readonly url: string;
  readonly pid: number;
  /** Makes an empty database. Returns its address. */
  createDatabase(): Promise<string>;
  /** Stops it in its tracks: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends it at once, as a crash would. What was committed is still there. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, at the same address. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const bootTimeoutMs = 60_000;

function findRoot(): string {
  return process.env['TEST_TIMESCALE_ROOT'] ?? join(homedir(), '.cache/coditect-analytics/timescaledb-17');
}

/** Set by `npm test` where a server can't be had, which it says; elsewhere a missing server is a failure. */
export const hasTimescaleServer = process.env['TEST_TIMESCALE_SERVER'] !== 'none';

/**
 * A server on loopback with a data folder of its own. With `isDurable` it waits for the disk as one in production does.
 * It ends with the process that started it.
 */
export async function startTimescaleServer(
  options: { isDurable?: boolean } = {},
): Promise<TestTimescaleServer> {
  const root = findRoot();
  if (!existsSync(join(root, 'srv/template/PG_VERSION')))
    throw new Error(
      'The TimescaleDB server is missing: node scripts/timescale-server.mjs, or `npm test`, as root.',
    );
  await removeLeftovers(root);
  const port = await findFreePort();
  const name = `run-${process.pid}-${randomUUID().slice(0, 8)}`;
  const folder = join(root, 'srv', name);
  await copyTemplate(root, folder);
  await appendFile(join(folder, 'postgresql.conf'), settings(port, options.isDurable === true).join('\n'));
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server = await boot(root, name, url);

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGCONT');
    server.kill(signal);
    await gone;
  }

  return {
    url,
    get pid() {
      return server.pid ?? -1;
    },
    async createDatabase() {
      const database = `t_${randomUUID().replaceAll('-', '')}`;
      await runOnServer(url, `CREATE DATABASE ${database}`);
      return url.replace(/postgres$/, database);
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    kill: () => end('SIGQUIT'),
    async restart() {
      await end('SIGQUIT');
      server = await boot(root, name, url);
    },
    async close() {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function settings(port: number, isDurable: boolean): readonly string[] {
  return [
    '',
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "shared_preload_libraries = 'timescaledb'",
    // The chroot has no /dev/shm.
    'dynamic_shared_memory_type = mmap',
    'timescaledb.telemetry_level = off',
    'max_wal_size = 512MB',
    "timezone = 'UTC'",
    ...(isDurable ? ['shared_buffers = 256MB'] : ['fsync = off', 'shared_buffers = 64MB']),
    '',
  ];
}

/** With the owner that the packages gave their user: there is no such user out here. */
async function copyTemplate(root: string, folder: string): Promise<void> {
  const template = join(root, 'srv/template');
  const { gid, uid } = await stat(template);
  await cp(template, folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  await Promise.all(entries.map((entry) => chown(join(entry.parentPath, entry.name), uid, gid)));
  await chown(folder, uid, gid);
}

/** Of processes that were killed before they could tidy up. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(join(root, 'srv'))) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      await rm(join(root, 'srv', name), { recursive: true, force: true });
  }
}

async function boot(root: string, name: string, url: string): Promise<ChildProcess> {
  const server = spawn(
    'chroot',
    [
      ...[root, 'setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--pdeathsig=QUIT'],
      ...['sh', '-c', `exec /usr/lib/postgresql/17/bin/postgres -D /srv/${name} >>/srv/${name}/log 2>&1`],
    ],
    { stdio: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' } },
  );
  const deadline = Date.now() + bootTimeoutMs;
  while (!(await isAnswering(url))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      server.kill('SIGQUIT');
      const log = await readFile(join(root, 'srv', name, 'log'), 'utf8').catch(() => '');
      throw new Error(`TimescaleDB did not start.\n${log.slice(-4_000)}`);
    }
    await sleep(50);
  }
  return server;
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    await runOnServer(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

async function runOnServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  // A server that ends while it is asked says so twice.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
