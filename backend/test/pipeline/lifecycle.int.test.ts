import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../src/testkit/free-port.js';

const dist = join(__dirname, '../../dist');
jest.setTimeout(120_000);

let dataDir: string;
let child: ChildProcess;
let url: string;

async function start(closeDelayMs: number): Promise<void> {
  const [collector, metrics, admin] = [await findFreePort(), await findFreePort(), await findFreePort()];
  url = `http://127.0.0.1:${collector}`;
  child = spawn(process.execPath, [join(dist, 'cli.js'), 'run', 'collector', 'stream-processor'], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      SIMULATOR: 'off',
      LOG_LEVEL: 'error',
      COLLECTOR_PORT: String(collector),
      METRICS_PORT: String(metrics),
      ADMIN_PORT: String(admin),
      CLOSE_DELAY_MS: String(closeDelayMs),
    },
    stdio: 'ignore',
  });
  await until(async () => (await readiness()) === 200);
}

async function readiness(): Promise<number | undefined> {
  return (await fetch(`${url}/readyz`).catch(() => undefined))?.status;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    if (await condition()) return;
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the condition never came true');
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-lifecycle-'));
});

afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(dataDir, { recursive: true, force: true });
});

describe('a process that is told to stop', () => {
  it('turns readiness red while it still answers, and ends with 0', async () => {
    await start(1_000);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await until(async () => (await readiness()) === 503);
    const alive = await fetch(`${url}/healthz`);
    expect(alive.status).toBe(200);
    expect(await ended).toEqual([0, null]);
  });

  it('ends at once when it is told twice', async () => {
    await start(60_000);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await until(async () => (await readiness()) === 503);
    child.kill('SIGTERM');
    expect(await ended).toEqual([130, null]);
  });

  it('refuses to run roles that could not meet', async () => {
    await start(0);
    const other = spawn(process.execPath, [join(dist, 'cli.js'), 'run', 'collector'], {
      env: { ...process.env, DATA_DIR: join(dataDir, 'other') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    other.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await once(other, 'exit')).toEqual([1, null]);
    expect(said).toContain('RABBITMQ_URL');
  });
});
