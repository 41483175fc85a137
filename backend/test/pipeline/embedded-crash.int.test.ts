import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { findFreePort } from '../../src/testkit/free-port.js';

const dist = join(__dirname, '../../dist');
const run = promisify(execFile);
jest.setTimeout(180_000);

const kills = 5;
const eventsPerBatch = 200;

/** A small generator with a seed (mulberry32), so that a failing run can be run again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let dataDir: string;
let env: Record<string, string | undefined>;
let collectorUrl: string;
let metricsUrl: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-crash-'));
  const [collector, metrics, admin] = [await findFreePort(), await findFreePort(), await findFreePort()];
  collectorUrl = `http://127.0.0.1:${collector}`;
  metricsUrl = `http://127.0.0.1:${metrics}`;
  env = {
    ...process.env,
    DATA_DIR: dataDir,
    SIMULATOR: 'off',
    LOG_LEVEL: 'error',
    COLLECTOR_PORT: String(collector),
    METRICS_PORT: String(metrics),
    ADMIN_PORT: String(admin),
    // A small filter, which soon knows no id as new: ids are looked up in the store.
    DEDUP_FILTER_BYTES_MAX: '1024',
    INSERT_INTERVAL_MS: '0',
  };
});

afterAll(async () => {
  await stop('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  child = spawn(process.execPath, [join(dist, 'main.js')], { env, stdio: 'ignore' });
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the instance ended with ${child.exitCode}`);
    const [collector, metrics] = await Promise.all(
      [collectorUrl, metricsUrl].map((url) => fetch(`${url}/readyz`).catch(() => undefined)),
    );
    if (collector?.ok === true && metrics?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the instance did not become ready');
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function cli(...args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [join(dist, 'cli.js'), ...args, '--json'], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

function anEvent(index: number): object {
  const isRun = index % 2 === 0;
  return {
    specversion: '1.0',
    id: `event-${index}`,
    source: '/crash-test',
    type: isRun ? 'ai.coditect.agent.run.finished.v1' : 'ai.coditect.api.request.completed.v1',
    time: new Date(Date.UTC(2026, index % 3, 1 + (index % 27), index % 24)).toISOString(),
    data: isRun
      ? {
          userId: `user-${index % 50}`,
          team: `team-${index % 5}`,
          agent: 'reviewer',
          status: 'succeeded',
          costUsd: index / 1_000,
        }
      : {
          userId: `user-${index % 50}`,
          method: 'GET',
          route: `/r/${index % 9}`,
          statusCode: 200,
          durationMs: index % 300,
        },
  };
}

/** One try. Answers whether the collector said 202; a process that was killed says nothing. */
async function send(key: string, from: number, to: number): Promise<boolean> {
  const events = Array.from({ length: to - from }, (_, offset) => anEvent(from + offset));
  const response = await fetch(`${collectorUrl}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  }).catch(() => undefined);
  return response?.status === 202;
}

/** As clients do: the first try may still go out on a connection of the process that was killed. */
async function sendUntilAccepted(key: string, from: number, to: number): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await send(key, from, to)) return;
  }
  throw new Error(`events ${from} to ${to} were never accepted`);
}

/** `verify` exits 1, which rejects here, when raw events and an aggregate disagree. */
const verifySchema = z.object({ raw: z.number(), differences: z.array(z.string()) });

describe('the embedded product, killed while it stores', () => {
  it('counts every acknowledged event once in raw and in every aggregate, however retries are cut', async () => {
    const random = createRandom(20_260_301);
    await start();
    await cli('tenants', 'create', 'crash');
    const { key } = z
      .object({ key: z.string() })
      .parse(await cli('keys', 'create', '--tenant', 'crash', '--scope', 'ingest'));
    let next = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const unsure: [number, number][] = [];
      const killed = new Promise<void>((resolve) => {
        setTimeout(
          () => {
            void stop('SIGKILL').then(resolve);
          },
          100 + random() * 700,
        );
      });
      while (child?.signalCode === null) {
        const from = next;
        next += eventsPerBatch;
        if (!(await send(key, from, next))) unsure.push([from, next]);
      }
      await killed;
      await start();
      // The client does not know what arrived: it sends all of that again, in other cuts, and some it is sure of.
      for (const [from, to] of unsure) {
        const start = Math.max(0, from - Math.floor(random() * 2 * eventsPerBatch));
        const middle = from + Math.floor(random() * (to - from)) + 1;
        await sendUntilAccepted(key, start, middle);
        await sendUntilAccepted(key, middle - 1, to);
      }
    }
    const { raw, differences } = verifySchema.parse(await cli('verify', '--tenant', 'crash'));
    expect(differences).toEqual([]);
    expect(raw).toBe(next);
    expect(next).toBeGreaterThan(kills * eventsPerBatch);
  });
});
