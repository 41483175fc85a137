import type { AnswerCell, EventEnvelope } from '@coditect/contracts';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { anEvent } from '../../src/testkit/an-event.js';
import { analyse, refuseAnalysis } from './analyses-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// Many questions on a real engine.
jest.setTimeout(180_000);

const hour = 3_600_000;
const day = 24 * hour;
// The clocks change on 8 March (New York), 29 March (London) and 5 April (Lord Howe, by half an hour).
const firstMs = Date.UTC(2026, 2, 4);
const nowMs = Date.UTC(2026, 3, 12, 9, 30);
const zones = ['UTC', 'Europe/London', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'] as const;
const intervals = ['1d', '1w', '1M'] as const;
const unitOf = { '1d': 'day', '1w': 'week', '1M': 'month' } as const;
const priced = 'priced';

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
      seatPrices: tenantId.startsWith(priced) ? seatPrices : [],
    }),
  });
});
afterAll(async () => {
  await world.close();
});

type Action = 'purchased' | 'assigned' | 'released';
interface Change {
  readonly action: Action;
  readonly seat: string;
  readonly user: string;
  readonly team: string;
  readonly quantity: number;
  readonly atMs: number;
}
interface Sign {
  readonly user: string;
  readonly atMs: number;
}

const times = fc
  .tuple(
    fc.integer({ min: 0, max: 38 }),
    fc.constantFrom(0, 1, 23.5 * hour, 23 * hour, 4.25 * hour, 13.5 * hour),
  )
  .map(([days, offset]) => firstMs + days * day + offset);
const users = ['ada', 'bob', 'cy'] as const;
const anyChanges = fc
  .array(
    fc.record({
      action: fc.constantFrom<Action>('purchased', 'assigned', 'assigned', 'released'),
      seat: fc.constantFrom('s1', 's2', 's3'),
      user: fc.constantFrom(...users),
      team: fc.constantFrom('red', 'blue'),
      quantity: fc.constantFrom(1, 1, 5),
      atMs: times,
    }),
    { maxLength: 25, size: 'max' },
  )
  // Who gets a seat at one and the same instant twice is anybody's guess.
  .map((changes) => [
    ...new Map(changes.map((change) => [`${change.seat}/${change.action}/${change.atMs}`, change])).values(),
  ]);
const anySigns = fc.array(fc.record({ user: fc.constantFrom(...users), atMs: times }), {
  maxLength: 30,
  size: 'max',
});

function toEvents(tenantId: string, changes: readonly Change[], signs: readonly Sign[]): EventEnvelope[] {
  return [
    ...changes.map(({ action, seat, user, team, quantity, atMs }) =>
      anEvent({
        tenantId,
        type: `ai.coditect.licence.seat.${action}.v1`,
        subject: seat,
        occurredAt: atMs,
        ...(action === 'purchased'
          ? { attributes: { quantity: String(quantity) } }
          : { team, attributes: { 'assignee.userId': user } }),
      }),
    ),
    ...signs.map(({ user, atMs }) => anEvent({ tenantId, userId: user, occurredAt: atMs })),
  ];
}

/** Who has each seat just before an instant, and since when. */
function holdersAt(changes: readonly Change[], atMs: number): (Change & { action: 'assigned' })[] {
  const rank = ({ action }: Change): number => (action === 'assigned' ? 1 : 0);
  const before = changes
    .filter((change) => change.action !== 'purchased' && change.atMs < atMs)
    .sort((one, other) => one.atMs - other.atMs || rank(one) - rank(other));
  const last = new Map(before.map((change) => [change.seat, change]));
  return [...last.values()].flatMap((change) =>
    change.action === 'assigned' ? [{ ...change, action: 'assigned' as const }] : [],
  );
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

let run = 0;
async function store(prefix: string, changes: readonly Change[], signs: readonly Sign[]): Promise<string> {
  run += 1;
  const tenant = `${prefix}-${run}`;
  const events = toEvents(tenant, changes, signs);
  const half = Math.floor(events.length / 2);
  const others = toEvents(`other-${run}`, changes, []);
  await world.store([...events.slice(half), ...others]);
  await world.store(events.slice(0, half));
  return tenant;
}

interface Facts {
  readonly changes: readonly Change[];
  readonly signs: readonly Sign[];
  readonly activeDays: number;
  readonly team: string | undefined;
}

function expectedSeats(
  { changes, signs, activeDays, team }: Facts,
  atMs: number,
  lastDay: DateTime,
): AnswerCell[] {
  const sinceMs = lastDay
    .minus({ days: activeDays - 1 })
    .startOf('day')
    .toMillis();
  const untilMs = lastDay.plus({ days: 1 }).startOf('day').toMillis();
  const held = holdersAt(changes, atMs).filter((holder) => team === undefined || holder.team === team);
  const isActive = ({ user }: Change) => wasActive(signs, user, sinceMs, untilMs);
  const active = held.filter(isActive).length;
  const idle = held.filter((holder) => !isActive(holder) && holder.atMs < sinceMs).length;
  const utilisation = held.length === 0 ? null : active / held.length;
  const price = priceOn(lastDay);
  if (team !== undefined) return [null, held.length, active, idle, null, utilisation, idle * price];
  const bought = changes
    .filter((change) => change.action === 'purchased' && change.atMs < atMs)
    .reduce((sum, { quantity }) => sum + quantity, 0);
  const unassigned = Math.max(0, bought - held.length);
  return [bought, held.length, active, idle, unassigned, utilisation, (idle + unassigned) * price];
}

function wasActive(signs: readonly Sign[], user: string, fromMs: number, toMs: number): boolean {
  return signs.some((sign) => sign.user === user && sign.atMs >= fromMs && sign.atMs < toMs);
}

function priceOn(local: DateTime): number {
  return (local.toISODate() ?? '') >= '2026-04-01' ? 40 : 30;
}

describe('seats', () => {
  it('equals a look at each seat and each user', async () => {
    const question = fc.record({
      changes: anyChanges,
      signs: anySigns,
      interval: fc.constantFrom(...intervals),
      timeZone: fc.constantFrom(...zones),
      ends: fc.tuple(times, times),
      activeDays: fc.constantFrom(1, 3, 28),
      team: fc.constantFrom(undefined, undefined, 'red'),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ changes, signs, interval, timeZone, ends, activeDays, team }) => {
        const tenant = await store(priced, changes, signs);
        const fromMs = Math.min(...ends);
        const toMs = Math.max(...ends, fromMs + hour);
        const unit = unitOf[interval];
        const local = (atMs: number) => DateTime.fromMillis(atMs, { zone: timeZone });
        const facts = { changes, signs, activeDays, team };
        const expected: AnswerCell[][] = [];
        for (let start = local(fromMs).startOf(unit); start.toMillis() < Math.min(toMs, nowMs);) {
          const next = start.plus({ [unit]: 1 }).startOf(unit);
          const atMs = Math.min(next.toMillis(), nowMs);
          expected.push([
            iso(start.toMillis()),
            ...expectedSeats(facts, atMs, local(atMs - 1).startOf('day')),
          ]);
          start = next;
        }
        const answer = await analyse(
          world,
          'seats',
          {
            range: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
            interval,
            timeZone,
            activeDays,
            ...(team !== undefined && { filters: [{ dimension: 'team', operator: '=', value: team }] }),
          },
          tenant,
        );
        expect(answer.rows).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('knows no cost without a price, and nobody else’s seats', async () => {
    const changes: Change[] = [
      { action: 'purchased', seat: 's1', user: 'ada', team: 'red', quantity: 3, atMs: firstMs },
      { action: 'assigned', seat: 's1', user: 'ada', team: 'red', quantity: 1, atMs: firstMs },
    ];
    const tenant = await store('free', changes, []);
    const query = { range: { from: iso(firstMs), to: iso(firstMs + day) }, timeZone: 'UTC' };
    const answer = await analyse(world, 'seats', query, tenant);
    expect(answer.rows).toEqual([[iso(firstMs), 3, 1, 0, 0, 2, 0, null]]);
    expect(answer.meta.notices.map(({ code }) => code)).toEqual(['seat_price_missing']);
    expect((await analyse(world, 'seats', query, 'stranger')).rows).toEqual([
      [iso(firstMs), 0, 0, 0, 0, 0, null, null],
    ]);
  });

  it('takes the person for the seat where none is named', async () => {
    const type = (action: Action) => `ai.coditect.licence.seat.${action}.v1`;
    const tenant = `nameless-${Date.now()}`;
    await world.store([
      anEvent({ tenantId: tenant, type: type('assigned'), occurredAt: firstMs, userId: 'ada' }),
      anEvent({
        tenantId: tenant,
        type: type('assigned'),
        occurredAt: firstMs + 1,
        attributes: { 'assignee.userId': 'bob' },
      }),
      anEvent({ tenantId: tenant, type: type('released'), occurredAt: firstMs + 2, userId: 'ada' }),
    ]);
    const query = { range: { from: iso(firstMs), to: iso(firstMs + day) }, timeZone: 'UTC' };
    expect((await analyse(world, 'seats', query, tenant)).rows[0]?.[2]).toBe(1);
  });

  it('counts an event that comes twice once', async () => {
    const bought = anEvent({
      tenantId: 'twice',
      type: 'ai.coditect.licence.seat.purchased.v1',
      occurredAt: firstMs,
      attributes: { quantity: '2' },
    });
    await world.store([bought]);
    await world.clickHouse.command('INSERT INTO seat_changes_v1 SELECT * FROM seat_changes_v1');
    const query = { range: { from: iso(firstMs), to: iso(firstMs + day) }, timeZone: 'UTC' };
    expect((await analyse(world, 'seats', query, 'twice')).rows[0]?.[1]).toBe(2);
  });

  it('refuses what seats do not know, with its place', async () => {
    const body = JSON.stringify({
      range: { from: iso(firstMs), to: iso(nowMs) },
      filters: [{ dimension: 'agent', operator: '=', value: 'x' }],
    });
    expect(await refuseAnalysis(world, 'seats', body)).toMatchObject({
      status: 422,
      error: { code: 'dimension_not_allowed', pointer: '/filters/0/dimension' },
    });
  });
});

function transitionOf({ had, has, past, now }: Record<'had' | 'has' | 'past' | 'now', boolean>): string {
  if (!has) return 'reclaimed';
  if (!had) return 'newlyAssigned';
  if (past) return now ? 'retained' : 'lapsed';
  return now ? 'reactivated' : 'stillAtRisk';
}

describe('seat transitions', () => {
  it('equals a look at each seat and its user in both periods', async () => {
    const question = fc.record({
      changes: anyChanges,
      signs: anySigns,
      timeZone: fc.constantFrom(...zones),
      ends: fc.tuple(times, times),
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(question, async ({ changes, signs, timeZone, ends }) => {
        const tenant = await store(priced, changes, signs);
        const [fromMs, toMs] = [Math.min(...ends), Math.max(...ends, Math.min(...ends) + hour)];
        const startOf = (atMs: number) => DateTime.fromMillis(atMs, { zone: timeZone }).startOf('day');
        const [first, last] = [startOf(fromMs), startOf(Math.min(toMs, nowMs) - 1)];
        const days = Math.round(last.diff(first, 'days').days) + 1;
        const [before, end] = [first.minus({ days }), last.plus({ days: 1 })];
        const untilMs = Math.min(end.toMillis(), nowMs);
        const keyOf = ({ seat, user }: Change) => `${seat}/${user}`;
        const [had, has] = [first.toMillis(), untilMs].map(
          (atMs) => new Set(holdersAt(changes, atMs).map(keyOf)),
        );
        const expected = new Map<string, number>();
        for (const key of new Set([...(had ?? []), ...(has ?? [])])) {
          const [, user = ''] = key.split('/');
          const transition = transitionOf({
            had: had?.has(key) ?? false,
            has: has?.has(key) ?? false,
            past: wasActive(signs, user, before.toMillis(), first.toMillis()),
            now: wasActive(signs, user, first.toMillis(), end.toMillis()),
          });
          expected.set(transition, (expected.get(transition) ?? 0) + 1);
          seen.add(transition);
        }
        const price = priceOn(DateTime.fromMillis(untilMs - 1, { zone: timeZone }));
        const answer = await analyse(
          world,
          'seat-transitions',
          { range: { from: iso(fromMs), to: iso(toMs) }, timeZone },
          tenant,
        );
        expect(answer.rows).toEqual(
          ['retained', 'reactivated', 'lapsed', 'reclaimed', 'newlyAssigned', 'stillAtRisk'].map((name) => [
            name,
            expected.get(name) ?? 0,
            (expected.get(name) ?? 0) * price,
          ]),
        );
      }),
      { numRuns: 40 },
    );
    expect(seen.size).toBe(6);
  });

  it('says nothing of days to come', async () => {
    const tenant = await store(
      priced,
      [{ action: 'assigned', seat: 's1', user: 'ada', team: 'red', quantity: 1, atMs: firstMs }],
      [],
    );
    const range = { from: iso(nowMs + 2 * day), to: iso(nowMs + 3 * day) };
    const answer = await analyse(world, 'seat-transitions', { range, timeZone: 'UTC' }, tenant);
    expect(answer.rows.map((row) => row[1])).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
