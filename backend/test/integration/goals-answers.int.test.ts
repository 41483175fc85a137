import {
  analysisAnswerSchema,
  annotationsSchema,
  errorBodySchema,
  goalsSchema,
  type AnalysisAnswer,
  type EventEnvelope,
  type GoalsInput,
} from '@coditect/contracts';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { anEvent } from '../../src/testkit/an-event.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// Many questions on a real engine.
jest.setTimeout(180_000);

const finished = 'ai.coditect.agent.run.finished.v1';
const modelCalled = 'ai.coditect.agent.model.called.v1';
const nowMs = Date.parse('2026-04-10T15:30:00Z');
const dayMs = 86_400_000;

function aCost(
  costUsd: number,
  occurredAt: string | number,
  more: Partial<EventEnvelope> = {},
): EventEnvelope {
  return anEvent({
    type: finished,
    occurredAt: typeof occurredAt === 'number' ? occurredAt : Date.parse(occurredAt),
    receivedAt: nowMs,
    status: 'succeeded',
    costUsd,
    ...more,
  });
}

/** From the middle of February to today, also at the same instants, around changes of the clock and of other types. */
function makeCosts(tenantId: string, count: number, seed: number): readonly EventEnvelope[] {
  const fromMs = Date.parse('2026-02-10T00:00:00Z');
  const edges = [
    '2026-03-08T06:59:59.999Z',
    '2026-03-08T07:00:00Z',
    '2026-03-28T23:00:00Z',
    '2026-03-31T22:00:00Z',
  ];
  const one = fc.record({
    at: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: fromMs, max: nowMs }) },
      { weight: 1, arbitrary: fc.constantFrom(...edges.map((edge) => Date.parse(edge))) },
    ),
    cents: fc.integer({ min: 0, max: 400 }),
    team: fc.constantFrom('red', 'blue', ''),
    type: fc.constantFrom(finished, finished, modelCalled, 'ai.coditect.ide.command.executed.v1'),
  });
  return fc
    .sample(one, { numRuns: count, seed })
    .map(({ at, cents, team, type }, index) =>
      aCost(cents / 100, at, { tenantId, team, type, id: `${tenantId}-${seed}-${index}` }),
    );
}

let world: MetricsWorld;
const costsOf = new Map<string, readonly EventEnvelope[]>();
const goals = new Map<string, GoalsInput>();
let areGoalsAway = false;

beforeAll(async () => {
  world = await openMetricsWorld({
    nowMs,
    goals: (tenantId) =>
      areGoalsAway
        ? Promise.reject(new Error('away'))
        : Promise.resolve(goalsSchema.parse(goals.get(tenantId) ?? {})),
  });
  for (const [index, tenant] of ['acme', 'globex'].entries()) {
    const events = makeCosts(tenant, 3_000, index + 1);
    costsOf.set(tenant, events);
    await world.store(events);
  }
});
afterEach(() => {
  goals.clear();
  areGoalsAway = false;
});
afterAll(async () => {
  await world.close();
});

/** What really happened, event by event. */
function spentBetween(tenant: string, fromMs: number, toMs: number, team?: string): number {
  return (costsOf.get(tenant) ?? [])
    .filter(({ type }) => type === finished || type === modelCalled)
    .filter((event) => team === undefined || event.team === team)
    .filter(({ occurredAt }) => occurredAt >= fromMs && occurredAt < toMs)
    .reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
}

async function askBudget(question: object, tenant = 'acme'): Promise<AnalysisAnswer> {
  const { body, status } = await world.postTo('/v1/analyses/budget', question, tenant);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return analysisAnswerSchema.parse(body);
}

async function refusal(path: string, question: object) {
  const { body, status } = await world.postTo(path, question);
  const { code, pointer } = errorBodySchema.parse(body).error;
  return { status, code, pointer };
}

const thisMonth = { from: '2026-04-01T00:00:00Z', to: '2026-04-30T00:00:00Z' };
const march = { from: '2026-03-01T00:00:00Z', to: '2026-03-31T12:00:00Z' };

describe('the target of an answer', () => {
  const query = { metric: 'cost', range: march, total: true as const };
  const ofTeam = (...teams: string[]) => ({
    ...query,
    filters: [{ dimension: 'team', operator: 'in' as const, value: teams }],
  });

  it('is the one of exactly what is asked for', async () => {
    goals.set('acme', {
      targets: [
        { name: 'all', metric: 'cost', value: 900, by: '2026-12-31' },
        { name: 'all-april', metric: 'cost', value: 800, from: '2026-04-01' },
        { name: 'red', metric: 'cost', value: 90, scope: { team: 'red' }, from: '2026-03-31' },
      ],
    });
    expect((await world.ask(query)).meta.target).toEqual({ name: 'all', value: 900, by: '2026-12-31' });
    expect((await world.ask({ ...query, range: thisMonth })).meta.target).toMatchObject({
      name: 'all-april',
    });
    expect((await world.ask(ofTeam('red'))).meta.target).toMatchObject({ name: 'red', from: '2026-03-31' });
    expect((await world.ask(ofTeam('blue'))).meta.target).toBeUndefined();
    expect((await world.ask(ofTeam('red', 'blue'))).meta.target).toBeUndefined();
    expect((await world.ask({ ...query, metric: 'tokens' })).meta.target).toBeUndefined();
    expect((await world.ask({ ...query, groupBy: ['team'] })).meta.target).toMatchObject({ name: 'all' });
    expect((await world.ask(query, 'globex')).meta.target).toBeUndefined();
  });

  it('begins with the tenant’s own day, in whatever zone the question is asked', async () => {
    const target = { name: 'april', metric: 'cost', value: 1, from: '2026-04-01' };
    goals.set('acme', { targets: [target] });
    const range = { from: march.from, to: '2026-04-01T03:00:00Z' };
    expect((await world.ask({ ...query, range })).meta.target).toMatchObject({ name: 'april' });
    const inNewYork = await world.ask({ ...query, range, timeZone: 'UTC' }, 'acme@America/New_York');
    expect(inNewYork.meta.target).toBeUndefined();
  });

  it('is missing with a notice while goals can’t be read', async () => {
    areGoalsAway = true;
    const { meta, rows } = await world.ask(query);
    expect(rows).toHaveLength(1);
    expect(meta.notices.map(({ code }) => code)).toContain('target_unknown');
  });
});

describe('a month against its budget', () => {
  it.each([
    ['acme', 'UTC', march],
    ['acme', 'America/New_York', march],
    ['acme', 'Europe/Berlin', thisMonth],
    ['globex', 'Europe/Berlin', march],
    ['globex', 'Asia/Kolkata', thisMonth],
  ])('is what was paid, day by day: %s in %s', async (tenant, zone, range) => {
    goals.set(tenant, { budgets: [{ name: 'all', monthlyUsd: 500 }] });
    const { columns, meta, rows } = await askBudget({ range }, `${tenant}@${zone}`);
    const first = DateTime.fromISO(range.to, { zone }).startOf('month');
    expect(columns.map(({ name }) => name)).toEqual([
      'time',
      'cost',
      'spent',
      'budget',
      'forecast',
      'forecastLow',
      'forecastHigh',
    ]);
    expect(meta.timeZone).toBe(zone);
    expect(rows).toHaveLength(first.daysInMonth ?? 0);
    for (const [index, [time, cost, spent, budget]] of rows.entries()) {
      const day = first.plus({ days: index });
      expect(time).toBe(day.toUTC().toISO());
      expect(budget).toBe(500);
      if (day.toMillis() > nowMs) expect([cost, spent]).toEqual([null, null]);
      else {
        const endMs = day.plus({ days: 1 }).toMillis();
        expect(cost).toBeCloseTo(spentBetween(tenant, day.toMillis(), endMs), 6);
        expect(spent).toBeCloseTo(spentBetween(tenant, first.toMillis(), endMs), 6);
      }
    }
  });

  it('is forecast by the mean of like weekdays of the 28 days before today', async () => {
    const zone = 'Europe/Berlin';
    const { rows } = await askBudget({ range: thisMonth }, `acme@${zone}`);
    const today = DateTime.fromMillis(nowMs, { zone }).startOf('day');
    const costOn = (day: DateTime): number =>
      spentBetween('acme', day.toMillis(), day.plus({ days: 1 }).toMillis());
    const meanOf = (day: DateTime): number => {
      const like = Array.from({ length: 28 }, (_unused, index) => today.minus({ days: index + 1 })).filter(
        (past) => past.weekday === day.weekday,
      );
      expect(like).toHaveLength(4);
      return like.reduce((sum, past) => sum + costOn(past), 0) / 4;
    };
    const left = (today.plus({ days: 1 }).toMillis() - nowMs) / dayMs;
    let expected = spentBetween('acme', today.startOf('month').toMillis(), nowMs + 1) + left * meanOf(today);
    expect(rows.slice(0, 9).map((row) => row[4])).toEqual(Array.from({ length: 9 }, () => null));
    expect(rows[9]?.[4]).toBeCloseTo(expected, 6);
    for (let index = 10; index < 30; index += 1) {
      expected += meanOf(today.plus({ days: index - 9 }));
      const [forecast, low, high] = (rows[index] ?? []).slice(4).map(Number);
      expect(forecast).toBeCloseTo(expected, 6);
      expect(low).toBeLessThan(expected);
      expect(high).toBeGreaterThan(expected);
    }
  });

  it('takes the budget whose scope the filters pin down, or the one that is named', async () => {
    goals.set('acme', {
      budgets: [
        { name: 'all', monthlyUsd: 500 },
        { name: 'red', monthlyUsd: 50, scope: { team: 'red' } },
        { name: 'later', monthlyUsd: 60, scope: { team: 'blue' }, from: '2026-05-01' },
      ],
    });
    const red = [{ dimension: 'team', operator: '=', value: 'red' }];
    const spentOfRed = spentBetween('acme', Date.parse('2026-03-01'), Date.parse('2026-04-01'), 'red');
    for (const question of [{ filters: red }, { budget: 'red' }, { budget: 'red', filters: red }]) {
      const last = (await askBudget({ range: march, ...question })).rows.at(-1);
      expect(last?.[3]).toBe(50);
      expect(last?.[2]).toBeCloseTo(spentOfRed, 6);
    }
    const later = await askBudget({ range: march, budget: 'later' });
    expect(later.rows.at(-1)?.[3]).toBeNull();
    expect(later.meta.notices.map(({ code }) => code)).toContain('no_budget');
    const noBlue = await askBudget({ range: march, filters: [{ ...red[0], value: 'blue' }] });
    expect([noBlue.rows.at(-1)?.[3], noBlue.meta.notices[0]?.code]).toEqual([null, 'no_budget']);
    expect(noBlue.meta.notices[0]?.text).toContain('There are budgets of: the whole tenant, team.');
    const none = await askBudget({ range: march }, 'globex');
    expect(none.rows.at(-1)?.[3]).toBeNull();
    expect(none.meta.notices[0]?.text).toContain('No budget is set.');
    expect(await refusal('/v1/analyses/budget', { range: march, budget: 'rde' })).toEqual({
      status: 422,
      code: 'budget_unknown',
      pointer: '/budget',
    });
    expect(await refusal('/v1/analyses/budget', { range: march, budget: 'all', filters: red })).toMatchObject(
      { code: 'budget_scope_differs', pointer: '/filters' },
    );
    expect(
      await refusal('/v1/analyses/budget', { range: march, filters: [{ ...red[0], dimension: 'route' }] }),
    ).toMatchObject({ code: 'dimension_not_allowed', pointer: '/filters/0/dimension' });
  });

  it('is of the tenant’s own months, and says so when another zone is asked for', async () => {
    const { meta, rows } = await askBudget({ range: march, timeZone: 'Asia/Tokyo' }, 'acme@Europe/Berlin');
    expect([meta.timeZone, rows[0]?.[0]]).toEqual(['Europe/Berlin', '2026-02-28T23:00:00.000Z']);
    expect(meta.notices.map(({ code }) => code)).toContain('tenant_time_zone');
  });
});

describe('budgets as annotations', () => {
  async function read(question: object, tenant = 'acme') {
    const { body, status } = await world.postTo('/v1/annotations', { kind: 'budgets', ...question }, tenant);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return annotationsSchema.parse(body);
  }
  /** The hour in which the sum of a month came to an amount, walked event by event. */
  function hourOf(
    tenant: string,
    zone: string,
    month: string,
    usd: number,
    team?: string,
  ): string | undefined {
    const first = DateTime.fromISO(`${month}-01`, { zone });
    const events = (costsOf.get(tenant) ?? [])
      .filter(({ type }) => type === finished || type === modelCalled)
      .filter((event) => team === undefined || event.team === team)
      .filter(
        ({ occurredAt }) =>
          occurredAt >= first.toMillis() && occurredAt < first.plus({ months: 1 }).toMillis(),
      )
      .toSorted((left, right) => left.occurredAt - right.occurredAt);
    let cents = 0;
    for (const { costUsd, occurredAt } of events) {
      cents += Math.round((costUsd ?? 0) * 100);
      if (cents >= Math.round(usd * 100))
        return DateTime.fromMillis(occurredAt, { zone }).startOf('hour').toUTC().toISO() ?? '';
    }
    return undefined;
  }

  it.each([
    ['acme', 'UTC'],
    ['acme', 'America/New_York'],
    ['globex', 'Asia/Kolkata'],
  ])('are of the hour in which a month came to a share of its budget: %s in %s', async (tenant, zone) => {
    goals.set(tenant, {
      budgets: [
        { name: 'all', monthlyUsd: 1_500, warnAt: [0.2, 0.5, 1, 9] },
        { name: 'less', monthlyUsd: 700, from: '2026-03-20' },
        { name: 'red', monthlyUsd: 400, scope: { team: 'red' }, warnAt: [0.9] },
      ],
    });
    const range = { from: '2026-02-01T00:00:00Z', to: '2026-04-10T15:30:00Z' };
    const { annotations } = await read({ range }, `${tenant}@${zone}`);
    const wanted = [
      ...[0.2, 0.5, 1, 9].map((share) => ({ name: 'all', month: '2026-02', share, usd: share * 1_500 })),
      ...['2026-03', '2026-04'].flatMap((month) =>
        [0.8, 1].map((share) => ({ name: 'less', month, share, usd: share * 700 })),
      ),
      ...['2026-02', '2026-03', '2026-04'].map((month) => ({
        name: 'red',
        month,
        share: 0.9,
        usd: 360,
      })),
    ].flatMap(({ month, name, share, usd }) => {
      const time = hourOf(tenant, zone, month, usd, name === 'red' ? name : undefined);
      return time === undefined ? [] : [`${time} Budget ${name}: ${Math.round(share * 100)} %`];
    });
    expect(wanted.length).toBeGreaterThan(4);
    expect(annotations.map(({ time, title }) => `${time} ${title}`).toSorted()).toEqual(wanted.toSorted());
    expect(annotations.map(({ time }) => time)).toEqual(annotations.map(({ time }) => time).toSorted());
  });

  it('count what was paid before the range, and are within it', async () => {
    goals.set('acme', { budgets: [{ name: 'all', monthlyUsd: 1_000, warnAt: [0.1, 0.5] }] });
    const half = hourOf('acme', 'UTC', '2026-03', 500) ?? '';
    const range = { from: half, to: '2026-04-01T00:00:00Z' };
    expect((await read({ range })).annotations.map(({ time, title }) => [time, title])).toEqual([
      [half, 'Budget all: 50 %'],
    ]);
    const before = { from: '2026-03-08T00:00:00Z', to: half };
    expect((await read({ range: before })).annotations).toEqual([]);
  });

  it('are at the beginning of a range that begins within their hour, and not in one that begins after it', async () => {
    goals.set('acme', { budgets: [{ name: 'all', monthlyUsd: 1_000, warnAt: [0.5] }] });
    const halfMs = Date.parse(hourOf('acme', 'UTC', '2026-03', 500) ?? '');
    const timesFrom = async (fromMs: number) => {
      const range = { from: new Date(fromMs).toISOString(), to: '2026-04-01T00:00:00Z' };
      return (await read({ range })).annotations.map(({ time }) => Date.parse(time));
    };
    for (const fromMs of [halfMs + 1, halfMs + 20 * 60_000, halfMs + 3_599_999])
      expect(await timesFrom(fromMs)).toEqual([fromMs]);
    expect(await timesFrom(halfMs + 3_600_000)).toEqual([]);
  });

  it('are chosen by scope, by words and by number, and are the tenant’s own', async () => {
    goals.set('acme', {
      budgets: [
        { name: 'all', monthlyUsd: 10, warnAt: [0.5, 1] },
        { name: 'red', monthlyUsd: 10, scope: { team: 'red' }, warnAt: [1] },
        { name: 'blue', monthlyUsd: 10, scope: { team: 'blue' }, warnAt: [1] },
      ],
    });
    const range = march;
    const titles = async (question: object) =>
      (await read({ range, ...question })).annotations.map(({ title }) => title).toSorted();
    const ofTeams = (...value: string[]) => ({ filters: [{ dimension: 'team', operator: 'in', value }] });
    expect(await titles({})).toHaveLength(4);
    expect(await titles(ofTeams('red'))).toEqual(['Budget red: 100 %']);
    expect(await titles(ofTeams('red', 'blue'))).toEqual(['Budget blue: 100 %', 'Budget red: 100 %']);
    expect(await titles({ search: 'BLUE' })).toEqual(['Budget blue: 100 %']);
    const one = await read({ range, limit: 1 });
    expect([one.annotations.length, one.meta.notices.map(({ code }) => code)]).toEqual([
      1,
      expect.arrayContaining(['annotations_truncated']),
    ]);
    expect((await read({ range }, 'globex')).annotations).toEqual([]);
    // The longest range that there is, from the middle of a month.
    const longest = { from: '2016-03-20T12:00:00Z', to: '2026-03-28T12:00:00Z' };
    expect((await read({ range: longest })).annotations).not.toEqual([]);
    const other = { filters: [{ dimension: 'team', operator: '!=', value: 'red' }] };
    expect(await refusal('/v1/annotations', { kind: 'budgets', range, ...other })).toEqual({
      status: 422,
      code: 'operator_not_allowed',
      pointer: '/filters/0/operator',
    });
  });
});
