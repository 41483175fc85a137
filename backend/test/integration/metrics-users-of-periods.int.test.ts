import type { Interval, MetricAnswer } from '@coditect/contracts';
import fc from 'fast-check';
import { countUsersInPlainSql } from './metrics-plain-sql.js';
import { instant, makeEvents, zones } from './metrics-random-events.js';
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

/** What is divided by users, and the KPI of what is divided. */
const numerators: Readonly<Record<string, string | undefined>> = {
  active_users: undefined,
  cost_per_active_user: 'cost',
  throughput_per_active_user: 'merged_changes',
};

const question = fc
  .record({
    metric: fc.constantFrom(...Object.keys(numerators)),
    ends: fc.tuple(instant, instant),
    interval: fc.constantFrom<Interval | undefined>(undefined, '1d', '1w', '1M'),
    timeZone: fc.constantFrom(...zones),
    team: fc.constantFrom(undefined, 'red'),
    // Ends within one quarter hour, or on both sides of a midnight.
    isShort: fc.boolean(),
  })
  .map(({ ends: [one, two], interval, isShort, ...rest }) => ({
    ...rest,
    interval: rest.metric.startsWith('throughput') && interval === '1d' ? '1w' : interval,
    fromMs: isShort ? one : Math.min(one, two),
    toMs: isShort ? one + 1 + (Math.abs(two) % 1_200_000) : Math.max(one, two) + 1,
  }));
type Question = typeof question extends fc.Arbitrary<infer Q> ? Q : never;

function ask({ fromMs, interval, team, timeZone, toMs }: Question, metric: string): Promise<MetricAnswer> {
  return world.ask({
    metric,
    range: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    ...(interval === undefined ? { total: true } : { interval }),
    filters: team === undefined ? [] : [{ dimension: 'team', operator: '=', value: team }],
    timeZone,
  });
}

/** Of each bucket, cut by the range. */
async function countPlain({ fromMs, toMs, ...asked }: Question, answer: MetricAnswer, index: number) {
  const isTotal = asked.interval === undefined;
  const startOf = (at: number): number => Date.parse(String(answer.rows[at]?.[0]));
  const isLast = index === answer.rows.length - 1;
  return countUsersInPlainSql(world.clickHouse, 'acme', {
    fromMs: isTotal ? fromMs : Math.max(fromMs, startOf(index)),
    toMs: isTotal || isLast ? toMs : startOf(index + 1),
    timeZone: asked.timeZone,
    ...(asked.team !== undefined && { team: asked.team }),
  });
}

describe('users of periods', () => {
  it('are all who were there in a day, week, month or range, from its first to its last millisecond', async () => {
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const answer = await ask(asked, asked.metric);
        const divided = numerators[asked.metric];
        const sums = divided === undefined ? undefined : await ask(asked, divided);
        for (const [index, row] of answer.rows.entries()) {
          if (index > 2 && index < answer.rows.length - 1) continue;
          const users = await countPlain(asked, answer, index);
          const sum = Number(sums?.rows[index]?.at(-1));
          const expected = sums === undefined ? [users] : [sum, users, users === 0 ? null : sum / users];
          expect(row.slice(-expected.length)).toEqual(expected);
        }
      }),
      { numRuns: 80, seed: 20_260_312 },
    );
  });

  it('are counted by groups, and groups are ranked by the whole range', async () => {
    const range = { from: '2026-03-06T05:07:00Z', to: '2026-04-02T11:03:00Z' };
    for (const metric of ['active_users', 'cost_per_active_user']) {
      const total = await world.ask({ metric, range, total: true, groupBy: ['team'] });
      for (const row of total.rows) {
        const users = await countUsersInPlainSql(world.clickHouse, 'acme', {
          fromMs: Date.parse(range.from),
          toMs: Date.parse(range.to),
          timeZone: 'UTC',
          team: String(row[0]),
        });
        expect(row.at(metric === 'active_users' ? 1 : 2)).toBe(users);
      }
      expect(total.rows).toHaveLength(4);
      const series = await world.ask({ metric, range, interval: '1w', groupBy: ['team'], limit: 2 });
      const greatest = total.rows.slice(0, 2).map(([team]) => team);
      expect([...new Set(series.rows.map((row) => row[1]))].sort()).toEqual(greatest.sort());
      expect(series.meta.notices).toContainEqual(expect.objectContaining({ code: 'groups_truncated' }));
    }
  });

  it('of agents are a share of all', async () => {
    const range = { from: '2026-03-06T05:07:00Z', to: '2026-04-02T11:03:00Z' };
    const { rows } = await world.ask({ metric: 'agent_adoption', range, total: true, groupBy: ['team'] });
    for (const [team, ofAgents, users, value] of rows) {
      const asked = {
        days: { lastIso: '2026-04-02', window: 28 },
        toMs: Date.parse(range.to),
        timeZone: 'UTC',
        team: String(team),
      };
      const all = await countUsersInPlainSql(world.clickHouse, 'acme', asked);
      const some = await countUsersInPlainSql(world.clickHouse, 'acme', { ...asked, domain: 'agent' });
      expect([ofAgents, users, value]).toEqual([some, all, some / all]);
    }
    expect(rows).toHaveLength(4);
  });
});
