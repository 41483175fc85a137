import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { eventually } from '../../src/testkit/faults/eventually.js';
import { createInstance, distScript, type EmbeddedInstance } from './embedded-instance.js';

const run = promisify(execFile);
jest.setTimeout(400_000);

const eventsPerBatch = 50;
const people = 20;
const tenant = 'drill';
const ada = 'person-3';
const bob = 'person-4';
const batchesAfter = 5;
/** So that what is sent again is not much. */
const betweenBatchesMs = 100;
/** Of these every twentieth event is Ada's, and as many are Bob's. */
const isOf = (index: number, person: number): boolean => index % people === person;

let world: string;

async function open(dataDir: string): Promise<EmbeddedInstance> {
  return createInstance({
    dataDir,
    command: ['main.js'],
    hasMetrics: true,
    env: {
      KEY_CACHE_SECONDS: '0',
      ERASURE_REGISTER_FILE: join(world, 'register.ndjson'),
      ROLLUP_INTERVAL_MS: '500',
      ROLLUP_DAYS_MAX: '366',
    },
  });
}

beforeAll(async () => {
  world = await mkdtemp(join(tmpdir(), 'coditect-disaster-'));
});

afterAll(async () => {
  await rm(world, { recursive: true, force: true });
});

async function cli(instance: EmbeddedInstance, ...args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [distScript('cli.js'), ...args, '--json'], {
    env: instance.env,
    maxBuffer: 16 * 1_048_576,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** The same again whenever it is asked for: what clients would send once more. */
function anEvent(index: number): object {
  return {
    specversion: '1.0',
    id: `event-${index}`,
    source: '/disaster-test',
    type: index % 2 === 0 ? 'ai.coditect.agent.run.finished.v1' : 'ai.coditect.ide.suggestion.shown.v1',
    time: new Date(Date.UTC(2026, index % 3, 1 + (index % 27), index % 24)).toISOString(),
    data: {
      userId: `person-${index % people}`,
      team: `team-${index % 3}`,
      agent: 'reviewer',
      status: 'succeeded',
      // Nobody knows that this names a person: it is kept as it was sent, and was so before the backup.
      reviewer: index < 4 * eventsPerBatch && isOf(index, 5) ? ada : 'nobody in particular',
    },
  };
}

const answerSchema = z.object({ accepted: z.int(), suppressed: z.int().optional() });

async function send(
  instance: EmbeddedInstance,
  key: string,
  batch: number,
): Promise<z.infer<typeof answerSchema>> {
  const events = Array.from({ length: eventsPerBatch }, (_, offset) =>
    anEvent(batch * eventsPerBatch + offset),
  );
  const response = await fetch(`${instance.collectorUrl}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  });
  expect(response.status).toBe(202);
  return answerSchema.parse(await response.json());
}

async function createKey(instance: EmbeddedInstance, scope: string): Promise<string> {
  const created = await cli(instance, 'keys', 'create', '--tenant', tenant, '--scope', scope);
  return z.object({ key: z.string() }).parse(created).key;
}

const totalSchema = z.object({ rows: z.array(z.array(z.number())) });

async function count(url: string, metric: string, key: string): Promise<number> {
  const response = await fetch(`${url}/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'cache-control': 'no-cache' },
    body: JSON.stringify({
      metric,
      total: true,
      range: { from: '2026-01-01T00:00:00Z', to: '2026-04-01T00:00:00Z' },
    }),
  });
  expect(response.status).toBe(200);
  return totalSchema.parse(await response.json()).rows[0]?.at(-1) ?? NaN;
}

const verifySchema = z.object({ raw: z.number(), differences: z.array(z.string()) });
const verify = async (instance: EmbeddedInstance): Promise<z.infer<typeof verifySchema>> =>
  verifySchema.parse(await cli(instance, 'verify', '--tenant', tenant));

async function countRecords(instance: EmbeddedInstance, user: string): Promise<number> {
  const out = join(world, `${user}-${Math.random()}.ndjson`);
  const args = ['subjects', 'export', '--tenant', tenant, '--user', user, '--out', out];
  return z.object({ records: z.int() }).parse(await cli(instance, ...args)).records;
}

const reportSchema = z.object({ takenAt: z.string(), heldMs: z.int(), files: z.int() });
const againSchema = z.object({
  tenants: z.array(
    z.object({ people: z.int(), jobs: z.array(z.object({ state: z.string(), failure: z.null() })) }),
  ),
});

interface Before {
  readonly ingestKey: string;
  readonly readKey: string;
  /** Batches that were acknowledged before the backup was asked for, and at all. */
  readonly certain: number;
  readonly sent: number;
}

/** Traffic all the time, a backup in the middle of it, more afterwards; Ada is erased, Bob opts out, and the machine goes. */
async function liveUntilTheDisaster(instance: EmbeddedInstance, backup: string): Promise<Before> {
  await instance.start();
  await cli(instance, 'tenants', 'create', tenant);
  const [ingestKey, readKey] = [
    await createKey(instance, 'ingest'),
    await createKey(instance, 'read,report'),
  ];
  let sent = 0;
  let isOver = false;
  const traffic = (async () => {
    while (!isOver) {
      await send(instance, ingestKey, sent);
      sent += 1;
      await sleep(betweenBatchesMs);
    }
  })();
  await eventually('there is something', () => Promise.resolve(sent >= 8 ? true : undefined), {
    withinMs: 60_000,
  });
  const certain = sent;
  const report = reportSchema.parse(await cli(instance, 'backup', backup));
  expect(report.files).toBeGreaterThan(100);
  const atEnd = sent;
  await eventually(
    'more comes after it',
    () => Promise.resolve(sent >= atEnd + batchesAfter ? true : undefined),
    {
      withinMs: 60_000,
    },
  );
  isOver = true;
  await traffic;
  await cli(instance, 'subjects', 'erase', '--tenant', tenant, '--user', ada, '--yes');
  await cli(instance, 'subjects', 'opt-out', '--tenant', tenant, '--user', bob);
  expect(await countRecords(instance, ada)).toBe(0);
  await instance.end('SIGKILL');
  return { ingestKey, readKey, certain, sent };
}

describe('a disaster', () => {
  it('costs nothing that was accepted before the backup, counts replays once, and brings nobody back who was erased', async () => {
    const [dataDir, elsewhere, backup] = [
      join(world, 'data'),
      join(world, 'elsewhere'),
      join(world, 'backup'),
    ];
    const before = await liveUntilTheDisaster(await open(dataDir), backup);
    await rm(dataDir, { recursive: true });

    const instance = await open(elsewhere);
    await cli(instance, 'restore', backup);
    expect(await countRecords(instance, ada)).toBeGreaterThan(0);
    const again = againSchema.parse(await cli(instance, 'subjects', 'erase-again', '--yes'));
    expect(again.tenants).toMatchObject([{ people: 1, jobs: [{ state: 'done' }] }]);
    expect(await countRecords(instance, ada)).toBe(0);
    expect(await readFile(join(world, 'register.ndjson'), 'utf8')).not.toContain('person-');

    await instance.start();
    try {
      const restored = await verify(instance);
      expect(restored.differences).toEqual([]);
      expect(restored.raw).toBeGreaterThanOrEqual(before.certain * eventsPerBatch);
      expect(restored.raw).toBeLessThan(before.sent * eventsPerBatch);
      // The keys of before, from the first moment on.
      expect(await count(instance.metricsUrl, 'events', before.readKey)).toBe(restored.raw);

      for (let batch = 0; batch < before.sent; batch += 1) {
        const { suppressed } = await send(instance, before.ingestKey, batch);
        expect(suppressed).toBeGreaterThan(0);
      }
      const all = Array.from({ length: before.sent * eventsPerBatch }, (_, index) => index);
      const lost = all.filter((index) => index >= restored.raw && (isOf(index, 3) || isOf(index, 4)));
      const { differences, raw } = await verify(instance);
      expect(differences).toEqual([]);
      // All that was ever sent, but for what two people sent after the backup, who are not taken in any more.
      expect(raw).toBe(all.length - lost.length);
      expect(await countRecords(instance, ada)).toBe(0);
      await expectSameInReports(instance, before.readKey, raw);
    } finally {
      await instance.end('SIGTERM');
    }
  });
});

/** Landing, and the rollups that are made of it. */
async function expectSameInReports(instance: EmbeddedInstance, key: string, raw: number): Promise<void> {
  const same = async (): Promise<true | undefined> =>
    (await count(instance.reportingUrl, 'events', key)) === raw ? true : undefined;
  await eventually('rollups have every event', same, { withinMs: 90_000 });
}
