import type { AnswerCell } from '@coditect/contracts';
import fc from 'fast-check';
import { DateTime, type DateTimeUnit } from 'luxon';
import {
  analyse,
  anyFilters,
  anyMatch,
  byUser,
  deedsAt,
  matches,
  merged,
  opened,
  ran,
  storeApart,
  toEvents,
  type Deed,
  type DeedMatch,
} from './analyses-world.js';
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
type PeriodInterval = (typeof intervals)[number];
const unitOf: Record<PeriodInterval, DateTimeUnit & ('day' | 'week' | 'month')> = {
  '1d': 'day',
  '1w': 'week',
  '1M': 'month',
};

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs });
});
afterAll(async () => {
  await world.close();
});

/** Local periods by another library than the service's own. */
interface Calendar {
  startOf(atMs: number): number;
  after(startMs: number, count: number): number;
}

function calendarOf(interval: PeriodInterval, zone: string): Calendar {
  const unit = unitOf[interval];
  return {
    startOf: (atMs) => DateTime.fromMillis(atMs, { zone }).startOf(unit).toMillis(),
    after: (startMs, count) =>
      DateTime.fromMillis(startMs, { zone })
        .plus({ [unit]: count })
        .startOf(unit)
        .toMillis(),
  };
}

/** Periods of the range that have begun. */
function periodsOf({ startOf, after }: Calendar, fromMs: number, toMs: number): number[] {
  const starts: number[] = [];
  for (let start = startOf(fromMs); start < toMs && start <= nowMs; start = after(start, 1))
    starts.push(start);
  return starts;
}

// A few hours of many days, so that periods have several events and users pause.
const times = fc
  .tuple(
    fc.integer({ min: 0, max: 39 }),
    fc.constantFrom(0, 1, 23.5 * hour, 23 * hour, 4.25 * hour, 13.5 * hour),
  )
  .map(([days, offset]) => firstMs + days * day + offset);
const iso = (atMs: number): string => new Date(atMs).toISOString();
const asked = {
  deeds: deedsAt(times, 80),
  filters: anyFilters,
  ends: fc.tuple(times, times),
  timeZone: fc.constantFrom(...zones),
};

interface RetentionAsked {
  readonly start: DeedMatch;
  readonly returning: DeedMatch;
  readonly filters: NonNullable<DeedMatch['filters']>;
  readonly calendar: Calendar;
  readonly fromMs: number;
  readonly toMs: number;
  readonly periods: number;
  readonly mode: 'nDay' | 'unbounded';
  readonly cohort: 'firstEver' | 'firstInRange';
}

function expectedCohorts(deeds: readonly Deed[], question: RetentionAsked): AnswerCell[][] {
  const { start, returning, filters, calendar, periods, mode, cohort } = question;
  const cohorts = periodsOf(calendar, question.fromMs, question.toMs);
  const sinceMs = cohort === 'firstInRange' ? (cohorts[0] ?? 0) : 0;
  const users = [...byUser(deeds.filter((deed) => matches(deed, { filters }))).values()].flatMap((ofUser) => {
    const starts = ofUser
      .filter((deed) => matches(deed, start) && deed.atMs >= sinceMs)
      .map(({ atMs }) => atMs);
    if (starts.length === 0) return [];
    const startMs = Math.min(...starts);
    const returns = ofUser.filter((deed) => matches(deed, returning) && deed.atMs >= startMs);
    return [{ startMs, returnsMs: returns.map(({ atMs }) => atMs) }];
  });
  return cohorts.flatMap((cohortMs) => {
    const members = users.filter(({ startMs }) => calendar.startOf(startMs) === cohortMs);
    return Array.from({ length: periods + 1 }, (_unused, period): AnswerCell[][] => {
      const fromMs = calendar.after(cohortMs, period);
      if (fromMs > nowMs) return [];
      const toMs = calendar.after(cohortMs, period + 1);
      const untilMs = mode === 'nDay' ? toMs : calendar.after(cohortMs, periods + 1);
      const came = members.filter(({ returnsMs }) =>
        returnsMs.some((atMs) => atMs >= fromMs && atMs < untilMs),
      );
      const size = members.length;
      if (toMs > nowMs) return [[iso(cohortMs), size, period, null, null]];
      return [[iso(cohortMs), size, period, came.length, size === 0 ? null : came.length / size]];
    }).flat();
  });
}

describe('retention', () => {
  it('equals a look at each user and each period, from days and from events', async () => {
    const question = fc.record({
      ...asked,
      start: fc.oneof(fc.constant({}), anyMatch),
      returning: fc.oneof(fc.constant({}), anyMatch),
      interval: fc.constantFrom(...intervals),
      periods: fc.integer({ min: 1, max: 5 }),
      mode: fc.constantFrom('nDay', 'unbounded'),
      cohort: fc.constantFrom('firstEver', 'firstInRange'),
    });
    const sources = new Map<string, number>();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(question, async ({ deeds, ends: [one, two], interval, timeZone, ...rest }) => {
        run += 1;
        const tenant = await storeApart(world, run, deeds);
        const fromMs = Math.min(one, two);
        const toMs = Math.max(one, two) + 1;
        const range = { from: iso(fromMs), to: iso(toMs) };
        const answer = await analyse(world, 'retention', { range, interval, timeZone, ...rest }, tenant);
        const calendar = calendarOf(interval, timeZone);
        expect(answer.rows).toEqual(expectedCohorts(deeds, { ...rest, calendar, fromMs, toMs }));
        for (const source of answer.meta.source) sources.set(source, (sources.get(source) ?? 0) + 1);
      }),
      { numRuns: 70, seed: 20_260_329 },
    );
    expect(sources.get('user_presence_v1')).toBeGreaterThan(5);
    expect(sources.get('user_days_v1')).toBeGreaterThan(0);
    expect(sources.get('events_raw_v1')).toBeGreaterThan(10);
  });

  it('counts a worked example: of three who began in a week, two came in the next one', async () => {
    const at = (user: string, date: number, type = opened): Deed => ({
      user,
      type,
      atMs: Date.UTC(2026, 2, date, 12),
      team: 'red',
      status: '',
    });
    // Weeks from Monday, 9 and 16 March. Eve was there before; of dan only another type is known.
    await world.store(
      toEvents('cohorts', [
        at('ada', 9),
        at('ada', 17),
        at('ada', 24),
        at('bob', 10),
        at('bob', 25),
        at('cy', 15),
        at('cy', 16),
        at('dan', 18, merged),
        at('eve', 5),
        at('eve', 11),
      ]),
    );
    const query = {
      range: { from: '2026-03-11T00:00:00Z', to: '2026-03-12T00:00:00Z' },
      periods: 3,
      start: { type: opened },
    };
    const answer = await analyse(world, 'retention', query, 'cohorts');
    expect(answer.columns).toEqual([
      { name: 'cohort', type: 'time' },
      { name: 'size', type: 'number', unit: 'users' },
      { name: 'period', type: 'number' },
      { name: 'users', type: 'number', unit: 'users' },
      { name: 'share', type: 'number', unit: 'ratio' },
    ]);
    const week = '2026-03-09T00:00:00.000Z';
    expect(answer.rows).toEqual([
      [week, 3, 0, 3, 1],
      [week, 3, 1, 2, 2 / 3],
      [week, 3, 2, 2, 2 / 3],
      [week, 3, 3, 0, 0],
    ]);
    expect(answer.meta).toMatchObject({
      analysis: 'retention',
      title: 'Retention',
      definition: `Of the users who did ${opened} for the first time in a week, how many did any event that many weeks later.`,
      completeUntil: '2026-04-06T00:00:00.000Z',
      source: ['events_raw_v1'],
      notices: [],
    });
    const unbounded = await analyse(world, 'retention', { ...query, mode: 'unbounded' }, 'cohorts');
    expect(unbounded.rows.map((row) => row[3])).toEqual([3, 3, 2, 0]);
    const inRange = await analyse(world, 'retention', { ...query, cohort: 'firstInRange' }, 'cohorts');
    expect(inRange.rows.map((row) => row[1])).toEqual([4, 4, 4, 4]);
  });
});

function expectedPeriods(
  deeds: readonly Deed[],
  calendar: Calendar,
  fromMs: number,
  toMs: number,
): AnswerCell[][] {
  const users = [...byUser(deeds).values()].map(
    (ofUser) => new Set(ofUser.map(({ atMs }) => calendar.startOf(atMs))),
  );
  return periodsOf(calendar, fromMs, toMs).map((startMs) => {
    const beforeMs = calendar.after(startMs, -1);
    const count = (is: (active: ReadonlySet<number>) => boolean): number => users.filter(is).length;
    const cameBefore = (active: ReadonlySet<number>): boolean => [...active].some((each) => each < startMs);
    return [
      iso(startMs),
      count((active) => active.has(startMs) && !cameBefore(active)),
      count((active) => active.has(startMs) && active.has(beforeMs)),
      count((active) => active.has(startMs) && cameBefore(active) && !active.has(beforeMs)),
      calendar.after(startMs, 1) > nowMs
        ? null
        : count((active) => !active.has(startMs) && active.has(beforeMs)),
    ];
  });
}

describe('lifecycle', () => {
  it('equals a look at each user and each period, from days and from events', async () => {
    const question = fc.record({ ...asked, interval: fc.constantFrom(...intervals) });
    const sources = new Map<string, number>();
    let run = 1_000;
    await fc.assert(
      fc.asyncProperty(question, async ({ deeds, filters, ends: [one, two], interval, timeZone }) => {
        run += 1;
        const tenant = await storeApart(world, run, deeds);
        const fromMs = Math.min(one, two);
        const toMs = Math.max(one, two) + 1;
        const range = { from: iso(fromMs), to: iso(toMs) };
        const answer = await analyse(world, 'lifecycle', { range, interval, timeZone, filters }, tenant);
        const counted = deeds.filter((deed) => matches(deed, { filters }));
        expect(answer.rows).toEqual(expectedPeriods(counted, calendarOf(interval, timeZone), fromMs, toMs));
        for (const source of answer.meta.source) sources.set(source, (sources.get(source) ?? 0) + 1);
      }),
      { numRuns: 50, seed: 20_260_308 },
    );
    expect(sources.get('user_presence_v1')).toBeGreaterThan(5);
    expect(sources.get('user_days_v1')).toBeGreaterThan(0);
    expect(sources.get('events_raw_v1')).toBeGreaterThan(5);
  });

  it('leaves out who came after the last period, on the same day of UTC', async () => {
    // A day in Kathmandu ends at 18:15 UTC.
    const late = { type: ran, atMs: Date.parse('2026-04-09T23:30:00Z'), team: 'red', status: '' };
    await world.store(
      toEvents('late', [
        { ...late, user: 'ada' },
        { ...late, user: 'bob', atMs: Date.parse('2026-04-09T18:00:00Z') },
      ]),
    );
    const range = { from: '2026-04-08T20:00:00Z', to: '2026-04-09T18:15:00Z' };
    const asked = { range, interval: '1d', timeZone: 'Asia/Kathmandu' };
    const { rows } = await analyse(world, 'lifecycle', asked, 'late');
    expect(rows).toEqual([['2026-04-08T18:15:00.000Z', 1, 0, 0, 0]]);
    const cohorts = await analyse(world, 'retention', { ...asked, periods: 1 }, 'late');
    expect(cohorts.rows).toEqual([
      ['2026-04-08T18:15:00.000Z', 1, 0, 1, 1],
      ['2026-04-08T18:15:00.000Z', 1, 1, 0, 0],
    ]);
  });

  it('counts a worked example, the running week without its dormant ones', async () => {
    const at = (user: string, atIso: string, type = ran): Deed => ({
      user,
      type,
      atMs: Date.parse(atIso),
      team: 'red',
      status: '',
    });
    await world.store(
      toEvents('weeks', [
        at('ada', '2026-03-24T12:00:00Z'),
        at('ada', '2026-03-31T12:00:00Z'),
        at('ada', '2026-04-07T12:00:00Z'),
        at('bob', '2026-03-25T12:00:00Z'),
        at('bob', '2026-04-08T12:00:00Z'),
        at('cy', '2026-04-01T12:00:00Z'),
      ]),
    );
    const range = { from: '2026-03-31T00:00:00Z', to: '2026-04-12T00:00:00Z' };
    const answer = await analyse(world, 'lifecycle', { range }, 'weeks');
    expect(answer.columns.map(({ name }) => name)).toEqual([
      'time',
      'new',
      'returning',
      'resurrected',
      'dormant',
    ]);
    expect(answer.rows).toEqual([
      ['2026-03-30T00:00:00.000Z', 1, 1, 0, 1],
      ['2026-04-06T00:00:00.000Z', 0, 1, 1, null],
    ]);
    expect(answer.meta).toMatchObject({
      completeUntil: '2026-04-06T00:00:00.000Z',
      source: ['user_presence_v1', 'user_firsts_v1'],
      notices: [{ code: 'period_incomplete' }],
    });
  });
});
