import fc from 'fast-check';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { applyRetention } from '../../src/storage/clickhouse/retention.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import { readMigrations } from '../../src/storage/clickhouse/migrate.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';
import { askRows, iso, nowMs, question, rangeOf, storeDeeds, type Deed } from './people-deeds.js';
import { day, firstMs, hour } from './people-events.js';

// Many questions on a real engine.
jest.setTimeout(300_000);

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs });
});
afterAll(async () => {
  await world.close();
});

const middle = (numbers: readonly number[]): number | null =>
  [...numbers].sort((one, other) => one - other)[Math.ceil(numbers.length / 2) - 1] ?? null;

interface First {
  readonly seenMs: number;
  readonly tookMs: number | undefined;
}

/** Looked at one by one. */
function firstsOf(deeds: readonly Deed[]): readonly First[] {
  return [...new Set(deeds.map(({ user }) => user))].map((user) => {
    const own = deeds.filter((deed) => deed.user === user);
    const seenMs = Math.min(...own.map(({ atMs }) => atMs));
    const runs = own.filter(({ what }) => what === 'succeeded').map(({ atMs }) => atMs);
    return { seenMs, tookMs: runs.length === 0 ? undefined : Math.min(...runs) - seenMs };
  });
}

interface Told {
  readonly activation: readonly (number | null)[];
  readonly medianMs: number | null;
}
const nothing: Told = { activation: [null, null, null], medianMs: null };

function tell(firsts: readonly First[], fromMs: number, toMs: number): Told {
  const cohort = firsts.filter(({ seenMs }) => seenMs >= fromMs && seenMs < toMs);
  const took = cohort.flatMap(({ tookMs }) => (tookMs === undefined ? [] : [tookMs]));
  const inTime = took.filter((ms) => ms <= 7 * day).length;
  const share = cohort.length === 0 ? null : inTime / cohort.length;
  return { activation: [inTime, cohort.length, share], medianMs: middle(took) };
}

const unitOf = { '1d': 'day', '1w': 'week', '1M': 'month' } as const;
type Width = keyof typeof unitOf;

/** Starts of the local days, weeks or months that a range touches, and where the last one ends. */
function startsOf(range: { from: string; to: string }, interval: Width, zone: string): readonly number[] {
  const unit = unitOf[interval];
  const starts = [DateTime.fromISO(range.from, { zone }).startOf(unit)];
  const untilMs = Date.parse(range.to);
  for (;;) {
    const next = (starts.at(-1) ?? DateTime.now()).plus({ [unit]: 1 }).startOf(unit);
    starts.push(next);
    if (next.toMillis() >= untilMs) return starts.map((start) => start.toMillis());
  }
}

describe('activation and the time to first value', () => {
  it('equal a look at each user, in days, weeks and months of any zone', async () => {
    const seen = new Set<number | null>();
    await fc.assert(
      fc.asyncProperty(
        question,
        fc.constantFrom<Width>('1d', '1w', '1M'),
        async ({ deeds, timeZone, ends, team }, interval) => {
          const tenant = await storeDeeds(world, deeds);
          const range = rangeOf(ends);
          const firsts = firstsOf(deeds.filter((deed) => team === undefined || deed.team === team));
          const filters =
            team === undefined ? [] : [{ dimension: 'team', operator: '=', value: team } as const];
          const asked = { range, interval, timeZone, filters } as const;
          const starts = startsOf(range, interval, timeZone);
          const told = starts.slice(0, -1).map((startMs, index) => {
            const endMs = starts[index + 1] ?? startMs;
            return endMs + 7 * day > nowMs ? nothing : tell(firsts, startMs, endMs);
          });
          for (const { medianMs } of told) seen.add(medianMs);
          const times = starts.slice(0, -1).map(iso);
          expect(await askRows(world, tenant, asked, 'activation_rate')).toEqual(
            told.map(({ activation }, index) => [times[index], ...activation]),
          );
          expect(await askRows(world, tenant, asked, 'time_to_first_value')).toEqual(
            told.map(({ medianMs }, index) => [times[index], medianMs]),
          );
          expect(findDifferences(await countEverywhere(world.clickHouse, tenant))).toEqual([]);
        },
      ),
      { numRuns: 20 },
    );
    expect(seen.size).toBeGreaterThan(5);
  });

  it('leave those out of a total who have not had their seven days', async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ deeds, timeZone, ends }) => {
        const tenant = await storeDeeds(world, deeds);
        const range = rangeOf(ends);
        const toldMs = Math.min(Date.parse(range.to), nowMs - 7 * day);
        const fromMs = Date.parse(range.from);
        const told = fromMs < toldMs ? tell(firstsOf(deeds), fromMs, toldMs) : nothing;
        const asked = { range, total: true, timeZone } as const;
        expect(await askRows(world, tenant, asked, 'activation_rate')).toEqual([told.activation]);
        expect(await askRows(world, tenant, asked, 'time_to_first_value')).toEqual([[told.medianMs]]);
      }),
      { numRuns: 20 },
    );
  });

  it('have a group for each team and project, as a filter by them has it', async () => {
    await fc.assert(
      fc.asyncProperty(
        question,
        fc.constantFrom('activation_rate', 'time_to_first_value'),
        async (asking, metric) => {
          const { deeds, timeZone, ends } = asking;
          const tenant = await storeDeeds(world, deeds);
          const asked = { metric, range: rangeOf(ends), interval: '1w', timeZone } as const;
          const grouped = await world.ask({ ...asked, groupBy: ['team', 'project'] }, tenant);
          for (const team of ['red', 'blue', '']) {
            for (const project of ['atlas', '']) {
              const rows = grouped.rows.filter((row) => row[1] === team && row[2] === project);
              if (rows.length === 0) continue;
              const filters = [
                { dimension: 'team', operator: '=', value: team },
                { dimension: 'project', operator: '=', value: project },
              ] as const;
              const filtered = await world.ask({ ...asked, filters: [...filters] }, tenant);
              expect(rows.map(([time, , , ...cells]) => [time, ...cells])).toEqual(filtered.rows);
            }
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('are complete up to the first bucket whose users still have time, and say so', async () => {
    const tenant = await storeDeeds(world, [
      { user: 'ada', team: '', project: '', atMs: firstMs, what: 'succeeded' },
    ]);
    const range = { from: '2026-03-23T00:00:00Z', to: '2026-04-12T00:00:00Z' };
    const asked = { metric: 'activation_rate', range, timeZone: 'UTC' } as const;
    const weeks = await world.ask({ ...asked, interval: '1w' }, tenant);
    expect(weeks.meta.completeUntil).toBe('2026-03-30T00:00:00.000Z');
    expect(weeks.meta.source).toEqual(['user_firsts_v1']);
    expect(weeks.meta.notices).toEqual([
      {
        severity: 'info',
        code: 'period_incomplete',
        text: 'The range is not complete yet: users who were first seen since 2026-03-30T00:00:00.000Z have not had 7 days yet, and are left out.',
      },
    ]);
    expect(weeks.rows.map((row) => row.slice(1))).toEqual([
      [0, 0, null],
      [null, null, null],
      [null, null, null],
    ]);
    const total = await world.ask({ ...asked, total: true }, tenant);
    expect(total.meta.completeUntil).toBe('2026-04-05T09:30:00.000Z');
    expect([weeks.meta.storedUntil, total.meta.storedUntil]).toEqual([
      '2026-04-12T00:00:00.000Z',
      '2026-04-12T00:00:00.000Z',
    ]);
    const before = await world.ask(
      { ...asked, total: true, range: { ...range, to: '2026-03-30T00:00:00Z' } },
      tenant,
    );
    expect([before.meta.completeUntil, before.meta.notices]).toEqual(['2026-03-30T00:00:00.000Z', []]);
  });

  it('are of the teams with the greatest median, when only so many are wanted', async () => {
    const deedsOf = (team: string, hours: number): Deed[] => [
      { user: team, team, project: '', atMs: firstMs, what: 'other' },
      { user: team, team, project: '', atMs: firstMs + hours * hour, what: 'succeeded' },
    ];
    const tenant = await storeDeeds(world, [...deedsOf('red', 5), ...deedsOf('blue', 7), ...deedsOf('', 1)]);
    const range = { from: iso(firstMs - day), to: iso(firstMs + 3 * day) };
    const asked = { metric: 'time_to_first_value', range, groupBy: ['team'], limit: 1, timeZone: 'UTC' };
    const { meta, rows } = await world.ask({ ...asked, interval: '1M' }, tenant);
    expect(rows.map((row) => row.slice(1))).toEqual([['blue', 7 * hour]]);
    expect(meta.notices.map(({ code }) => code)).toContain('groups_truncated');
  });

  it('are the same when the table is filled anew, from events or from what outlived them', async () => {
    const deeds: Deed[] = [
      { user: 'ada', team: 'red', project: '', atMs: firstMs + 1, what: 'other' },
      { user: 'ada', team: 'red', project: '', atMs: firstMs + 2 * hour, what: 'succeeded' },
      { user: 'bob', team: '', project: '', atMs: firstMs + 13.5 * hour, what: 'failed' },
    ];
    const tenant = await storeDeeds(world, deeds);
    const fill = readMigrations()
      .filter(({ name }) => name.includes('user_firsts'))
      .flatMap(({ statements }) => statements.filter((statement) => statement.startsWith('INSERT')));
    expect(fill).toHaveLength(2);
    await world.clickHouse.command('TRUNCATE TABLE user_firsts_v1');
    // A migration that was cut off is run again.
    for (const statement of [...fill, ...fill]) await world.clickHouse.command(statement);
    expect(findDifferences(await countEverywhere(world.clickHouse, tenant))).toEqual([]);

    await world.clickHouse.command('TRUNCATE TABLE user_firsts_v1');
    await world.clickHouse.command(String(fill[1]));
    const [firsts] = await world.clickHouse.query({
      name: 'seen',
      sql: `SELECT groupArray(toUnixTimestamp64Milli(at)) AS seen FROM (
        SELECT min(first_at) AS at FROM user_firsts_v1 WHERE tenant_id = {tenant:String} GROUP BY user_key ORDER BY at)`,
      params: { tenant },
      row: z.unknown(),
    });
    const quarter = hour / 4;
    expect(firsts).toEqual({ seen: [firstMs + quarter - 1, firstMs + 13.5 * hour + quarter - 1] });
  });

  it('are kept as long as aggregates', async () => {
    expect(await applyRetention(world.clickHouse, { rawDays: 4_000, aggregateDays: 4_000 })).toContain(
      'user_firsts_v1',
    );
  });
});
