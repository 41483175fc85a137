import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../src/testkit/faults/eventually.js';
import { createInstance, distScript, type EmbeddedInstance } from './embedded-instance.js';

jest.setTimeout(120_000);

let dataDir: string;
let instance: EmbeddedInstance;

async function start(closeDelayMs: number): Promise<ChildProcess> {
  instance = await createInstance({
    dataDir,
    command: ['cli.js', 'run', 'collector', 'stream-processor', 'batch-processor'],
    hasMetrics: false,
    env: { CLOSE_DELAY_MS: String(closeDelayMs) },
  });
  await instance.start();
  return instance.child();
}

async function readiness(): Promise<number | undefined> {
  return (await fetch(`${instance.collectorUrl}/readyz`).catch(() => undefined))?.status;
}

async function untilReadinessIs(status: number): Promise<void> {
  await eventually(
    `readiness is ${status}`,
    async () => ((await readiness()) === status ? true : undefined),
    {
      withinMs: 30_000,
      everyMs: 20,
    },
  );
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-lifecycle-'));
});

afterEach(async () => {
  await instance.end('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

describe('a process that is told to stop', () => {
  it('turns readiness red while it still answers, and ends with 0', async () => {
    const child = await start(1_000);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await untilReadinessIs(503);
    const alive = await fetch(`${instance.collectorUrl}/healthz`);
    expect(alive.status).toBe(200);
    expect(await ended).toEqual([0, null]);
  });

  it('ends at once when it is told twice', async () => {
    const child = await start(60_000);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await untilReadinessIs(503);
    child.kill('SIGTERM');
    expect(await ended).toEqual([130, null]);
  });

  it('refuses to run roles that could not meet', async () => {
    await start(0);
    const other = spawn(process.execPath, [distScript('cli.js'), 'run', 'collector'], {
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
