import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createRandom, type Random } from '../../src/testkit/faults/random.js';
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

/**
 * As clients do: the first try may still go out on a connection of the process that was killed. Answers how many events
 * that were.
 */
async function sendUntilAccepted(key: string, from: number, to: number): Promise<number> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await send(key, from, to)) return to - from;
  }
  throw new Error(`events ${from} to ${to} were never accepted`);
}

async function createKey(scope: string): Promise<string> {
  const created = await cli('keys', 'create', '--tenant', 'crash', '--scope', scope);
  return z.object({ key: z.string() }).parse(created).key;
}

/** `verify` exits 1, which rejects here, when raw events and an aggregate disagree. */
const verifySchema = z.object({ raw: z.number(), differences: z.array(z.string()) });

const totalSchema = z.object({ rows: z.array(z.array(z.number())) });

/** As the store says now. */
async function count(metric: 'events' | 'duplicate_events', key: string): Promise<number> {
  const response = await fetch(`${instance.metricsUrl}/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'cache-control': 'no-cache' },
    body: JSON.stringify({
      metric,
      total: true,
      range: { from: '2026-01-01T00:00:00Z', to: '2026-04-01T00:00:00Z' },
    }),
  });
  const { rows } = totalSchema.parse(await response.json());
  return rows[0]?.at(-1) ?? NaN;
}

interface Sent {
  /** Events that were begun, from 0. */
  next: number;
  /** Begun for the first time, without an answer. */
  readonly unsure: [number, number][];
  /** Sent again, with and without an answer; all of them are stored. */
  again: { accepted: number; unsure: number };
}

/** Sends new batches, and now and then one that was accepted, until the process is gone. */
async function sendWhileAlive(key: string, next: number, random: Random): Promise<Sent> {
  const sent: Sent = { next, unsure: [], again: { accepted: 0, unsure: 0 } };
  while (instance.child().signalCode === null) {
    if (next > 0 && random.chance(0.4)) {
      const from = random.between(0, next - eventsPerBatch);
      const isAccepted = await send(key, from, from + eventsPerBatch);
      sent.again[isAccepted ? 'accepted' : 'unsure'] += eventsPerBatch;
      continue;
    }
    const from = sent.next;
    sent.next += eventsPerBatch;
    if (!(await send(key, from, sent.next))) sent.unsure.push([from, sent.next]);
  }
  return sent;
}

function lengthOf(ranges: readonly (readonly [number, number])[]): number {
  return ranges.reduce((total, [from, to]) => total + to - from, 0);
}

describe('the embedded product, killed while it stores', () => {
  it('counts every acknowledged event once in raw and in every aggregate, however retries are cut', async () => {
    const random = createRandom(20_260_301);
    await instance.start();
    await cli('tenants', 'create', 'crash');
    const [key, readKey] = [await createKey('ingest'), await createKey('read')];
    let next = 0;
    let duplicates = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const killed = new Promise<void>((resolve) => {
        setTimeout(
          () => {
            void instance.end('SIGKILL').then(resolve);
          },
          100 + random.next() * 700,
        );
      });
      const { again, unsure, ...sent } = await sendWhileAlive(key, next, random);
      next = sent.next;
      await killed;
      await instance.start();
      // What came again counts when it was answered; without an answer it may have been taken in, or not.
      const found = await count('duplicate_events', readKey);
      expect(found).toBeGreaterThanOrEqual(duplicates + again.accepted);
      expect(found).toBeLessThanOrEqual(duplicates + again.accepted + again.unsure);
      const lost = next - (await count('events', readKey));
      duplicates = found - lost;
      // The client does not know what arrived: it sends all of that again, in other cuts, and some it is sure of.
      for (const [from, to] of unsure) {
        const start = Math.max(0, from - Math.floor(random.next() * 2 * eventsPerBatch));
        const middle = from + Math.floor(random.next() * (to - from)) + 1;
        duplicates += await sendUntilAccepted(key, start, middle);
        duplicates += await sendUntilAccepted(key, middle - 1, to);
      }
      expect(lost).toBeLessThanOrEqual(lengthOf(unsure));
      expect(await count('duplicate_events', readKey)).toBe(duplicates);
    }
    const { raw, differences } = verifySchema.parse(await cli('verify', '--tenant', 'crash'));
    expect(differences).toEqual([]);
    expect(raw).toBe(next);
    expect(next).toBeGreaterThan(kills * eventsPerBatch);
    expect(duplicates).toBeGreaterThan(kills * eventsPerBatch);
  });
});
