// A fresh embedded instance in a folder of its own, as a process of its own, with one tenant and one key.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { backendFlags } from '../../scripts/lib/node-flags.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

/** A compiled module of the backend. */
export function backend(name) {
  return require(path.join(root, 'backend/dist', name));
}

export function makeFolder(name) {
  return fs.mkdtempSync(path.join(os.tmpdir(), `coditect-bench-${name}-`));
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Makes the tenant and its key in the control data of a folder that no instance has open. */
export function createTenant(dataDir, timeZone = 'UTC', name = 'bench') {
  return createTenantIn({ DATA_DIR: dataDir }, timeZone, name);
}

/** The same in the control data that an environment names. */
export async function createTenantIn(env, timeZone = 'UTC', name = 'bench') {
  const { parseConfig } = backend('platform/config.js');
  const { openControlStore } = backend('storage/control/open-control-store.js');
  const { createLogger } = backend('platform/logger.js');
  const logger = createLogger({ level: 'silent', pretty: false, service: 'bench' });
  const control = await openControlStore(parseConfig(env), logger);
  await control.migrate();
  const tenant = await control.createTenant(name, { timeZone });
  const { key } = await control.createKey(tenant.id, ['ingest', 'read', 'report']);
  await control.close();
  return { tenant, key };
}

/** Starts the product on the folder, or some roles of it. `stop` ends it in order and resolves with its peak memory in MiB. */
export async function startInstance(dataDir, env = {}, roles = []) {
  const [collector, metrics, admin] = [await freePort(), await freePort(), await freePort()];
  const reporting = await freePort();
  const log = path.join(dataDir, 'bench.log');
  const out = fs.openSync(log, 'a');
  const child = spawn(
    process.execPath,
    [...backendFlags, path.join(root, 'backend/dist/main.js'), ...roles],
    {
      env: {
        ...process.env,
        DATA_DIR: dataDir,
        SIMULATOR: 'off',
        UV_THREADPOOL_SIZE: '16',
        LOG_LEVEL: 'warn',
        // One tenant sends all there is.
        LIMIT_EVENTS_PER_SECOND: '0',
        COLLECTOR_PORT: String(collector),
        METRICS_PORT: String(metrics),
        ADMIN_PORT: String(admin),
        REPORTING_PORT: String(reporting),
        ...env,
      },
      stdio: ['ignore', out, out],
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const metricsUrl = `http://127.0.0.1:${metrics}`;
  await untilReady(metricsUrl, child, log);
  let peakMiB = 0;
  const watch = setInterval(() => (peakMiB = Math.max(peakMiB, residentMiB(child.pid))), 250);
  return {
    collectorUrl: `http://127.0.0.1:${collector}`,
    metricsUrl,
    reportingUrl: `http://127.0.0.1:${reporting}`,
    async stop() {
      clearInterval(watch);
      child.kill('SIGTERM');
      await ended;
      return { peakMiB };
    },
  };
}

async function untilReady(url, child, log) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the instance ended:\n${fs.readFileSync(log, 'utf8')}`);
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the instance did not become ready within 60 s');
}

/** Memory of a process now, 0 when it is gone. */
export function residentMiB(pid) {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
