import type { Interval, MetricAnswer } from '@coditect/contracts';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { findKpi } from '../../src/kpis/catalogue.js';
import { askInPlainSql, countUsersInPlainSql, plainKpis, type PlainCell } from './metrics-plain-sql.js';
import { instant, makeEvents, types, zones } from './metrics-random-events.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// Many questions on a real engine.
jest.setTimeout(180_000);

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld();
  await world.store(makeEvents('acme', 6_000, 1));
  await world.store(makeEvents('other', 2_000, 2));
});
afterAll(async () => {
  await world.close();
});

const values: Readonly<Record<string, readonly string[]>> = {
  team: ['red', 'blue', ''],
  agent: ['writer', 'nobody'],
  model: ['small'],
  status: ['succeeded', 'failed'],
  route: ["/v1/it's", '/v1/\\b'],
  method: ['GET'],
  statusCode: ['500', '404'],
  type: [types[0] ?? '', 'com.example.unknown'],
};

const question = fc
  .constantFrom(...Object.keys(plainKpis))
  .chain((metric) => {
    const dimensions = (findKpi(metric)?.dimensions ?? []).filter((name) => name in values);
    const filter = fc.constantFrom(...dimensions).chain((dimension) => {
      const known = values[dimension] ?? [];
      return fc.oneof(
        fc.record({
          dimension: fc.constant(dimension),
          operator: fc.constantFrom('=', '!='),
          value: fc.constantFrom(...known),
        }),
        fc.record({
          dimension: fc.constant(dimension),
          operator: fc.constantFrom('in', 'not in'),
          value: fc.subarray([...known], { minLength: 1 }),
        }),
        fc.record({
          dimension: fc.constant(dimension),
          operator: fc.constantFrom('=~', '!~'),
          value: fc.constantFrom('^[a-s]', '5', '', '/v1/.'),
        }),
      );
    });
    return fc.record({
      metric: fc.constant(metric),
      ends: fc.tuple(instant, instant),
      interval: fc.constantFrom<Interval | undefined>(
        undefined,
        undefined,
        '5m',
        '15m',
        '1h',
        '1d',
        '1w',
        '1M',
      ),
      groupBy: fc.subarray([...dimensions], { maxLength: Math.min(2, dimensions.length) }),
      filters: fc.array(filter, { maxLength: 2 }),
      timeZone: fc.constantFrom(...zones),
    });
  })
  .map(({ ends: [one, two], ...rest }) => {
    const fromMs = Math.min(one, two);
    // Five-minute series are kept within the most points that a series has.
    const longest = rest.interval === '5m' ? 30 * 86_400_000 : Infinity;
    return {
      ...rest,
      filters: rest.filters,
      fromMs,
      toMs: Math.min(Math.max(one, two) + 1, fromMs + longest),
    };
  });

function isNear(left: number, right: number, tolerance: number): boolean {
  return Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right)) + 1e-12;
}

/** What plain SQL found, as the last columns of an answer. */
function valuesOf(metric: string, cell: PlainCell): readonly (number | null)[] {
  const [first = 0, second] = cell.terms;
  if (Array.isArray(first)) {
    const durations = first as readonly number[];
    return [durations[Math.ceil((plainKpis[metric]?.level ?? 0) * durations.length - 1e-9) - 1] ?? null];
  }
  if (second === undefined) return [Number(first)];
  return [Number(first), Number(second), second === 0 ? null : Number(first) / Number(second)];
}

function isNothing(values: readonly (number | null)[]): boolean {
  return values.every((value) => value === null || value === 0);
}

/** Rows that say something, by bucket and group. */
function indexAnswer(
  answer: MetricAnswer,
  groupBy: number,
  isSeries: boolean,
): Map<string, readonly (number | null)[]> {
  const keys = groupBy + (isSeries ? 1 : 0);
  const rows = answer.rows.map(
    (row) =>
      [
        JSON.stringify(row.slice(0, keys)),
        row.slice(keys).map((cell) => (cell === null ? null : Number(cell))),
      ] as const,
  );
  expect(new Set(rows.map(([key]) => key)).size).toBe(rows.length);
  return new Map(rows.filter(([, numbers]) => !isNothing(numbers)));
}

describe('answers from aggregates', () => {
  it('equal the same questions in plain SQL over raw events', async () => {
    const sources = new Set<string>();
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const { metric, fromMs, toMs, interval, groupBy, filters, timeZone } = asked;
        // The engine's own toStartOfHour does not know the half hour of Lord Howe; buckets.test.ts has that case.
        fc.pre(!(interval === '1h' && timeZone === 'Australia/Lord_Howe'));
        const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
        const answer = await world.ask({
          metric,
          range,
          ...(interval === undefined ? { total: true } : { interval }),
          groupBy,
          filters,
          timeZone,
        });
        for (const source of answer.meta.source) sources.add(source);
        const found = indexAnswer(answer, groupBy.length, interval !== undefined);
        const plain = await askInPlainSql(world.clickHouse, 'acme', asked);
        const expected = new Map(
          plain
            .map(
              (cell) =>
                [
                  JSON.stringify([...(cell.time === null ? [] : [cell.time]), ...cell.group]),
                  valuesOf(metric, cell),
                ] as const,
            )
            .filter(([, numbers]) => !isNothing(numbers)),
        );
        expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
        const tolerance = plainKpis[metric]?.level === undefined ? 1e-12 : 0.005;
        for (const [key, numbers] of expected) {
          const got = found.get(key) ?? [];
          numbers.forEach((number, index) => {
            if (!isNear(got[index] ?? 0, number ?? 0, tolerance))
              throw new Error(`${key}: ${got.join()} instead of ${numbers.join()}`);
          });
        }
      }),
      { numRuns: 150, seed: 20_260_329 },
    );
    // A property that only ever read one table would prove little.
    expect([...sources].sort()).toEqual([
      'activity_per_quarter_v1',
      'agent_durations_per_quarter_v1',
      'api_requests_per_minute_v1',
      'api_requests_per_quarter_v1',
      'events_per_minute_v1',
      'events_raw_v1',
    ]);
  });

  it.each(['active_users_daily', 'active_users_weekly', 'active_users_monthly'])(
    'count %s the same in a year, which takes several statements, as in its months',
    async (metric) => {
      const ask = async (from: string, to: string): Promise<readonly (readonly unknown[])[]> => {
        const range = { from, to };
        const zone = { timeZone: 'Europe/London' };
        return (await world.ask({ metric, range, interval: '1d', groupBy: ['team'], ...zone })).rows;
      };
      const spring = await ask('2026-02-20T00:00:00Z', '2026-05-01T00:00:00Z');
      expect(spring.some(([, , users]) => Number(users) > 0)).toBe(true);
      // The events are of spring: the first statement ends long before, within or after them.
      for (const [start, end] of [
        ['2025-05-10', '2026-05-01'],
        ['2025-07-10', '2026-05-01'],
        ['2025-07-25', '2026-05-01'],
        ['2025-12-20', '2026-12-20'],
      ]) {
        const year = await ask(`${start}T00:00:00Z`, `${end}T00:00:00Z`);
        if (end === '2026-12-20') expect(year.at(-1)?.at(-1)).toBe(0);
        const told = new Map(year.map(([time, team, users]) => [`${String(time)} ${String(team)}`, users]));
        for (const [time, team, users] of spring)
          expect([time, team, told.get(`${String(time)} ${String(team)}`)]).toEqual([time, team, users]);
      }
    },
  );

  it('count the same users as plain SQL, for every window, day, zone and end', async () => {
    const asked = fc.record({
      ends: fc.tuple(instant, instant),
      interval: fc.constantFrom<Interval | undefined>(undefined, '1d', '1w', '1M'),
      kpi: fc.constantFrom(
        { metric: 'active_users_daily', window: 1 },
        { metric: 'active_users_weekly', window: 7 },
        { metric: 'active_users_monthly', window: 28 },
      ),
      timeZone: fc.constantFrom(...zones),
      team: fc.constantFrom(undefined, 'red'),
    });
    await fc.assert(
      fc.asyncProperty(
        asked,
        async ({ ends: [one, two], interval, kpi: { metric, window }, timeZone, team }) => {
          const fromMs = Math.min(one, two);
          const toMs = Math.max(one, two) + 1;
          const answer = await world.ask({
            metric,
            range: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
            ...(interval === undefined ? { total: true } : { interval }),
            filters: team === undefined ? [] : [{ dimension: 'team', operator: '=', value: team }],
            timeZone,
          });
          const rows =
            interval === undefined || answer.rows.length < 4
              ? answer.rows
              : [answer.rows[0], answer.rows[2], answer.rows.at(-1)];
          for (const row of rows) {
            const start = interval === undefined ? undefined : String(row?.[0]);
            const lastIso = lastDayOf(start, interval, toMs, timeZone).toISODate() ?? '';
            const users = await countUsersInPlainSql(world.clickHouse, 'acme', {
              days: { lastIso, window },
              toMs,
              timeZone,
              ...(team !== undefined && { team }),
            });
            expect({ lastIso, users: row?.at(-1) }).toEqual({ lastIso, users });
          }
        },
      ),
      { numRuns: 60, seed: 20_260_308 },
    );
  });

  it('divide daily by monthly users for stickiness, and split both by team', async () => {
    const range = { from: '2026-03-20T00:00:00Z', to: '2026-03-27T00:00:00Z' };
    const ask = (metric: string) =>
      world.ask({ metric, range, interval: '1d', groupBy: ['team'], timeZone: 'Asia/Kolkata' });
    const [daily, monthly, stickiness] = await Promise.all(
      ['active_users_daily', 'active_users_monthly', 'stickiness'].map(ask),
    );
    expect(stickiness?.rows).toHaveLength(8 * 4);
    const split = stickiness?.rows.map((row) => row.slice(0, 4));
    expect(split).toEqual(
      daily?.rows.map((row, index) => [row[0], row[1], row[2], monthly?.rows[index]?.[2]]),
    );
  });
});

/** The last local day of a bucket that a range reaches. */
function lastDayOf(
  start: string | undefined,
  interval: Interval | undefined,
  toMs: number,
  zone: string,
): DateTime {
  const end = DateTime.fromMillis(toMs - 1, { zone }).startOf('day');
  if (start === undefined) return end;
  const from = DateTime.fromISO(start, { zone });
  const last = lastOfPeriod(from, interval);
  return last < end ? last : end;
}

function lastOfPeriod(from: DateTime, interval: Interval | undefined): DateTime {
  if (interval === '1w') return from.plus({ days: 6 });
  return interval === '1M' ? from.plus({ months: 1 }).minus({ days: 1 }) : from;
}
