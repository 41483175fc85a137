import type { AnswerCell, MetricQueryInput } from '@coditect/contracts';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { analyse } from './analyses-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';
import {
  anyChanges,
  anySigns,
  day,
  firstMs,
  hour,
  times,
  toEvents,
  type Change,
  type Sign,
} from './people-events.js';

// Many questions on a real engine.
jest.setTimeout(300_000);

const nowMs = Date.UTC(2026, 3, 12, 9, 30);
const zones = ['UTC', 'Europe/London', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'] as const;

let world: MetricsWorld;
beforeAll(async () => {
  const seatPrices = [
    { name: 'list', monthlyUsd: 30 },
    { name: 'april', monthlyUsd: 40, from: '2026-04-01' },
  ];
  world = await openMetricsWorld({
    nowMs,
    goals: async (tenantId) => ({
      targets: [],
      budgets: [],
      seatPrices: tenantId.startsWith('free') ? [] : seatPrices,
    }),
  });
});
afterAll(async () => {
  await world.close();
});

let run = 0;
/** A tenant of its own, with another one beside it whose seats and users bear the same names. */
async function store(changes: readonly Change[], signs: readonly Sign[]): Promise<string> {
  run += 1;
  const tenant = `acme-${run}`;
  const others = toEvents(
    `other-${run}`,
    changes,
    signs.map((sign) => ({ ...sign, atMs: sign.atMs - day })),
  );
  await world.store([...toEvents(tenant, changes, signs), ...others]);
  return tenant;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
const byTeam = (team: string) => [{ dimension: 'team', operator: '=', value: team } as const];

type Rows = readonly (readonly AnswerCell[])[];
/** The times and the values of an answer. */
const valuesOf = (rows: Rows): Rows => rows.map((row) => [row[0] ?? null, row.at(-1) ?? null]);

/** Columns of the analyses by the KPIs that say the same. */
const columnOf = {
  seats_purchased: ['seats', 'purchased'],
  seats_assigned: ['seats', 'assigned'],
  seats_active: ['seats', 'active'],
  seats_idle: ['seats', 'idle'],
  seat_utilisation: ['seats', 'utilisation'],
  idle_seat_cost: ['seats', 'idleCost'],
  new_users: ['lifecycle', 'new'],
  returning_users: ['lifecycle', 'returning'],
  resurrected_users: ['lifecycle', 'resurrected'],
  dormant_users: ['lifecycle', 'dormant'],
} as const;

const question = fc.record({
  changes: anyChanges,
  signs: anySigns,
  timeZone: fc.constantFrom(...zones),
  ends: fc.tuple(times, times),
  team: fc.constantFrom(undefined, undefined, 'red', ''),
});
const rangeOf = (ends: readonly [number, number]) => ({
  from: iso(Math.min(...ends)),
  to: iso(Math.max(...ends, Math.min(...ends) + hour)),
});

describe('a series of seats or of users', () => {
  it('has the numbers of the analysis, to the last digit', async () => {
    const intervals = fc.constantFrom('1d', '1w', '1M');
    await fc.assert(
      fc.asyncProperty(question, intervals, async (asking, interval) => {
        const { changes, signs, timeZone, ends, team } = asking;
        const tenant = await store(changes, signs);
        const asked = {
          range: rangeOf(ends),
          interval,
          timeZone,
          ...(team !== undefined && { filters: byTeam(team) }),
        } as const;
        const analyses = {
          seats: await analyse(world, 'seats', asked, tenant),
          lifecycle: await analyse(world, 'lifecycle', asked, tenant),
        };
        const metrics = Object.entries(columnOf).filter(
          ([metric]) => metric !== 'seats_purchased' || team === undefined,
        );
        for (const [metric, [kind, column]] of metrics) {
          const { columns, rows } = analyses[kind];
          const index = columns.findIndex(({ name }) => name === column);
          const expected = rows.map((row) => [row[0], row[index]]);
          const answer = await world.ask({ metric, ...asked }, tenant);
          const begun = answer.rows.filter(([time]) => Date.parse(String(time)) < nowMs);
          expect([metric, valuesOf(begun)]).toEqual([metric, expected]);
          for (const row of answer.rows.slice(begun.length)) expect(row.at(-1)).toBeNull();
        }
      }),
      { numRuns: 15 },
    );
  });

  it('has a group for each team, as a filter by that team has it', async () => {
    const anyMetric = fc.constantFrom(
      'seats_idle',
      'adoption_rate',
      'idle_seat_cost',
      'returning_users',
      'new_users',
      'week_4_retention',
    );
    await fc.assert(
      fc.asyncProperty(question, anyMetric, async ({ changes, signs, timeZone, ends }, metric) => {
        const tenant = await store(changes, signs);
        const asked: MetricQueryInput = { metric, range: rangeOf(ends), interval: '1w', timeZone };
        const grouped = await world.ask({ ...asked, groupBy: ['team'] }, tenant);
        const found = new Set(grouped.rows.map((row) => String(row[1])));
        for (const team of ['red', 'blue', '']) {
          const filtered = await world.ask({ ...asked, filters: byTeam(team) }, tenant);
          const rows = grouped.rows.filter((row) => row[1] === team);
          if (found.has(team)) expect(valuesOf(rows)).toEqual(valuesOf(filtered.rows));
          // A team that is not there has nothing to tell.
          else for (const row of filtered.rows) expect([0, null]).toContain(row.at(-1));
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** The start of the local day of an instant. */
const dayOf = (atMs: number, zone: string): DateTime => DateTime.fromMillis(atMs, { zone }).startOf('day');

describe('totals', () => {
  it('of seats are those at the end of the range, people counted once', async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ changes, signs, timeZone, ends }) => {
        const tenant = await store(changes, signs);
        const range = rangeOf(ends);
        const atMs = Math.min(Date.parse(range.to), nowMs);
        const rank = ({ action }: Change): number => (action === 'assigned' ? 1 : 0);
        const last = new Map(
          changes
            .filter((change) => change.action !== 'purchased' && change.atMs < atMs)
            .sort((one, other) => one.atMs - other.atMs || rank(one) - rank(other))
            .map((change) => [change.seat, change]),
        );
        const held = [...last.values()].filter(({ action }) => action === 'assigned');
        const sinceMs = dayOf(atMs - 1, timeZone)
          .minus({ days: 27 })
          .toMillis();
        const untilMs = dayOf(atMs - 1, timeZone)
          .plus({ days: 1 })
          .toMillis();
        const isActive = (user: string) =>
          signs.some((sign) => sign.user === user && sign.atMs >= sinceMs && sign.atMs < untilMs);
        const people = [...new Set(held.map(({ user }) => user))];
        const ask = async (metric: string) =>
          (await world.ask({ metric, range, total: true, timeZone }, tenant)).rows[0];
        const active = people.filter(isActive).length;
        expect(await ask('adoption_rate')).toEqual([
          active,
          people.length,
          people.length === 0 ? null : active / people.length,
        ]);
        expect(await ask('seats_assigned')).toEqual([held.length]);
      }),
      { numRuns: 25 },
    );
  });

  it('of users hold the local days of the range against as many before', async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ signs, timeZone, ends }) => {
        const tenant = await store([], signs);
        const range = rangeOf(ends);
        const first = dayOf(Date.parse(range.from), timeZone);
        const end = dayOf(Math.min(Date.parse(range.to), nowMs) - 1, timeZone).plus({ days: 1 });
        const before = first.minus({ days: Math.round(end.diff(first, 'days').days) });
        const stateOf = (user: string): string | undefined => {
          const has = (from: number, to: number) =>
            signs.some((sign) => sign.user === user && sign.atMs >= from && sign.atMs < to);
          const now = has(first.toMillis(), end.toMillis());
          if (has(before.toMillis(), first.toMillis())) return now ? 'returning' : 'dormant';
          if (!now) return undefined;
          return has(0, before.toMillis()) ? 'resurrected' : 'new';
        };
        for (const state of ['new', 'returning', 'resurrected', 'dormant']) {
          const metric = `${state}_users`;
          const expected = ['ada', 'bob', 'cy'].filter((user) => stateOf(user) === state).length;
          const answer = await world.ask({ metric, range, total: true, timeZone }, tenant);
          expect([metric, answer.rows]).toEqual([metric, [[expected]]]);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('week-4 retention', () => {
  it('equals a look at each user, week by week, in months and in all', async () => {
    const seen = new Set<number | null>();
    // Before the others, so that the fourth week after has ended for most.
    const early = anySigns.map((signs) => signs.map((sign) => ({ ...sign, atMs: sign.atMs - 5 * day })));
    await fc.assert(
      fc.asyncProperty(early, fc.constantFrom(...zones), async (signs, timeZone) => {
        const tenant = await store([], signs);
        const weekOf = (atMs: number) => DateTime.fromMillis(atMs, { zone: timeZone }).startOf('week');
        const firsts = new Map<string, DateTime>();
        for (const { user, atMs } of signs) {
          const week = weekOf(atMs);
          const known = firsts.get(user);
          if (known === undefined || week < known) firsts.set(user, week);
        }
        const cohortOf = (week: DateTime) => {
          const later = week.plus({ weeks: 4 }).toMillis();
          if (week.plus({ weeks: 5 }).toMillis() > nowMs) return undefined;
          const members = [...firsts].filter(([, first]) => first.toMillis() === week.toMillis());
          const returned = members.filter(([user]) =>
            signs.some((sign) => sign.user === user && weekOf(sign.atMs).toMillis() === later),
          );
          return [returned.length, members.length] as const;
        };
        const pool = (weeks: readonly DateTime[]): (number | null)[] => {
          const told = weeks.flatMap((week) => {
            const cohort = cohortOf(week);
            return cohort === undefined ? [] : [cohort];
          });
          if (told.length === 0) return [null, null, null];
          const returned = told.reduce((sum, [count]) => sum + count, 0);
          const size = told.reduce((sum, [, count]) => sum + count, 0);
          const value = size === 0 ? null : returned / size;
          seen.add(value);
          return [returned, size, value];
        };
        const from = DateTime.fromISO('2026-02-16', { zone: timeZone });
        const weeks = Array.from({ length: 9 }, (_unused, index) => from.plus({ weeks: index }));
        const range = { from: iso(from.toMillis()), to: iso(from.plus({ weeks: 9 }).toMillis()) };
        const asked = { metric: 'week_4_retention', range, timeZone } as const;
        const series = await world.ask({ ...asked, interval: '1w' }, tenant);
        expect(series.rows).toEqual(weeks.map((week) => [iso(week.toMillis()), ...pool([week])]));
        expect((await world.ask({ ...asked, total: true }, tenant)).rows).toEqual([pool(weeks)]);
        const months = await world.ask({ ...asked, interval: '1M' }, tenant);
        const march = months.rows.find(
          ([time]) =>
            Date.parse(String(time)) === DateTime.fromISO('2026-03-01', { zone: timeZone }).toMillis(),
        );
        expect(march?.slice(1)).toEqual(pool(weeks.filter(({ month }) => month === 3)));

        const { columns, rows } = await analyse(
          world,
          'retention',
          { range, interval: '1w', timeZone, periods: 4 },
          tenant,
        );
        expect(columns.map(({ name }) => name)).toEqual(['cohort', 'size', 'period', 'users', 'share']);
        const told = new Map(series.rows.map((row) => [row[0], row.at(-1)]));
        for (const row of rows.filter(([, , period]) => period === 4))
          expect(told.get(row[0] ?? '')).toBe(row[4]);
      }),
      { numRuns: 25 },
    );
    expect(seen.size).toBeGreaterThan(2);
  });

  it('is complete up to the first week that is still followed', async () => {
    const tenant = await store([], [{ user: 'ada', team: '', atMs: firstMs }]);
    const range = { from: '2026-03-02T00:00:00Z', to: '2026-03-23T00:00:00Z' };
    const asked = { metric: 'week_4_retention', range, interval: '1w', timeZone: 'UTC' } as const;
    const { meta, rows } = await world.ask(asked, tenant);
    expect(meta.completeUntil).toBe('2026-03-09T00:00:00.000Z');
    expect(meta.notices.map(({ code }) => code)).toEqual(['period_incomplete']);
    expect(rows.map((row) => row.slice(1))).toEqual([
      [0, 1, 0],
      [null, null, null],
      [null, null, null],
    ]);
  });
});

describe('what a question about seats is told', () => {
  const assigned: Change = { action: 'assigned', seat: 's1', user: 'ada', team: 'red', atMs: firstMs };
  const changes: Change[] = [{ ...assigned, action: 'purchased', team: '' }, assigned];
  const range = { from: iso(firstMs), to: iso(firstMs + day) };
  const asked = { metric: 'idle_seat_cost', range, total: true, timeZone: 'UTC' } as const;
  const codesOf = async (query: MetricQueryInput, tenant: string) =>
    (await world.ask(query, tenant)).meta.notices.map(({ code }) => code);

  it('is no cost where no price is set', async () => {
    await world.store(toEvents('free', changes, []));
    const { meta, rows } = await world.ask(asked, 'free');
    expect([rows, meta.notices.map(({ code }) => code)]).toEqual([[[null]], ['seat_price_missing']]);
    expect(meta.source).toEqual(['seat_changes_v1', 'user_presence_v1']);
  });

  it('is that seats are bought for all where only a part is asked for', async () => {
    const tenant = await store(changes, []);
    expect(await world.askTotal(asked, tenant)).toBe(30);
    expect(await codesOf(asked, tenant)).toEqual([]);
    expect(await world.askTotal({ ...asked, filters: byTeam('red') }, tenant)).toBe(0);
    expect(await codesOf({ ...asked, filters: byTeam('red') }, tenant)).toEqual(['purchases_unfiltered']);
    const { status, body } = await world.post(
      JSON.stringify({ ...asked, metric: 'seats_purchased', groupBy: ['team'] }),
    );
    expect([status, body.error.code, body.error.pointer]).toEqual([
      422,
      'dimension_not_allowed',
      '/groupBy/0',
    ]);
  });

  it('is nothing of others, and nothing of what has not begun', async () => {
    await store(changes, []);
    expect(await world.askTotal({ ...asked, metric: 'seats_assigned' }, 'stranger')).toBe(0);
    const later = { from: iso(nowMs + day), to: iso(nowMs + 2 * day) };
    expect(await world.askTotal({ ...asked, metric: 'seats_assigned', range: later })).toBeNull();
    expect(await world.askTotal({ ...asked, metric: 'new_users', range: later })).toBeNull();
  });

  it('is what it was in the period before', async () => {
    const tenant = await store(
      [...changes, { ...assigned, action: 'released', atMs: firstMs + 1.5 * day }],
      [],
    );
    const query = { ...asked, metric: 'seats_assigned', compareTo: 'previousPeriod' } as const;
    const second = { from: iso(firstMs + day), to: iso(firstMs + 2 * day) };
    expect((await world.ask({ ...query, range: second }, tenant)).rows).toEqual([[1, 0]]);
  });

  it.each(['seats_assigned', 'new_users', 'week_4_retention'])(
    'is nothing before 1970, and a refusal where local days began on no quarter hour: %s',
    async (metric) => {
      const early = { from: '1970-01-06T00:00:00Z', to: '1970-01-07T00:00:00Z' };
      const query = { ...asked, metric, range: early, compareTo: 'lastMonth' } as const;
      const { columns, rows } = await world.ask(query, 'stranger');
      expect(rows[0]?.[columns.findIndex(({ name }) => name === 'previous')]).toBeNull();
      const { status, body } = await world.post(JSON.stringify({ ...query, timeZone: 'Africa/Monrovia' }));
      expect([status, body.error.code, body.error.pointer]).toEqual([
        422,
        'grain_not_available',
        '/timeZone',
      ]);
    },
  );

  it('are the teams with the most, when only so many are wanted', async () => {
    const more = ['s2', 's3'].map((seat) => ({ ...assigned, seat, team: 'blue' }));
    const tenant = await store([...changes, ...more], []);
    const query = { ...asked, metric: 'seats_assigned', groupBy: ['team'], limit: 1 };
    const { meta, rows } = await world.ask(query, tenant);
    expect([rows, meta.notices.map(({ code }) => code)]).toEqual([[['blue', 2]], ['groups_truncated']]);
  });
});
