import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createRandom } from '../../src/testkit/faults/random.js';
import { createInstance, distScript, type EmbeddedInstance } from './embedded-instance.js';

const run = promisify(execFile);
jest.setTimeout(180_000);

const kills = 5;
const eventsPerBatch = 200;

let dataDir: string;
let instance: EmbeddedInstance;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'coditect-crash-'));
  instance = await createInstance({
    dataDir,
    command: ['main.js'],
    hasMetrics: true,
    env: {
      // A small filter, which soon knows no id as new: ids are looked up in the store.
      DEDUP_FILTER_BYTES_MAX: '1024',
      INSERT_INTERVAL_MS: '0',
    },
  });
});

afterAll(async () => {
  await instance.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function cli(...args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [distScript('cli.js'), ...args, '--json'], {
    env: instance.env,
  });
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
  const response = await fetch(`${instance.collectorUrl}/v1/events`, {
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
    await instance.start();
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
            void instance.end('SIGKILL').then(resolve);
          },
          100 + random.next() * 700,
        );
      });
      while (instance.child().signalCode === null) {
        const from = next;
        next += eventsPerBatch;
        if (!(await send(key, from, next))) unsure.push([from, next]);
      }
      await killed;
      await instance.start();
      // The client does not know what arrived: it sends all of that again, in other cuts, and some it is sure of.
      for (const [from, to] of unsure) {
        const start = Math.max(0, from - Math.floor(random.next() * 2 * eventsPerBatch));
        const middle = from + Math.floor(random.next() * (to - from)) + 1;
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
