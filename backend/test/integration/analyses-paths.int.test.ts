import type { AnswerCell } from '@coditect/contracts';
import fc from 'fast-check';
import {
  analyse,
  anyFilters,
  byUser,
  deedsAt,
  matches,
  merged,
  opened,
  ran,
  storeApart,
  toEvents,
  valueAt,
  type Deed,
} from './analyses-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// Many questions on a real engine.
jest.setTimeout(180_000);

const startMs = Date.UTC(2026, 2, 10);
const minute = 60_000;

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs: Date.UTC(2026, 2, 20) });
});
afterAll(async () => {
  await world.close();
});

interface Asked {
  readonly by: 'type' | 'team' | 'status';
  readonly startsWith: string | undefined;
  readonly stepsMax: number;
  readonly gapMs: number;
  readonly limit: number;
}

interface Visit {
  readonly user: string;
  readonly path: readonly string[];
  readonly lastedMs: number;
}

/** Event after event, as somebody would read a log. */
function walk(user: string, deeds: readonly Deed[], { by, startsWith, stepsMax, gapMs }: Asked): Visit[] {
  const events = deeds
    .filter((deed) => deed[by] !== '')
    .sort((left, right) => left.atMs - right.atMs || (left[by] < right[by] ? -1 : 1));
  const visits: Deed[][] = [];
  for (const event of events) {
    const visit = visits.at(-1);
    const last = visit?.at(-1);
    if (visit === undefined || last === undefined || event.atMs - last.atMs >= gapMs) visits.push([event]);
    else visit.push(event);
  }
  return visits.flatMap((visit) => {
    const from = startsWith === undefined ? 0 : visit.findIndex((event) => event[by] === startsWith);
    if (from < 0) return [];
    const path: string[] = [];
    let lastMs = 0;
    for (const event of visit.slice(from)) {
      if (path.at(-1) !== event[by]) {
        if (path.length === stepsMax) break;
        path.push(event[by]);
      }
      lastMs = event.atMs;
    }
    return [{ user, path, lastedMs: lastMs - (visit[from]?.atMs ?? 0) }];
  });
}

function expectedRows(deeds: readonly Deed[], asked: Asked): AnswerCell[][] {
  const visits = [...byUser(deeds)].flatMap(([user, ofUser]) => walk(user, ofUser, asked));
  const paths = new Map<string, Visit[]>();
  for (const visit of visits) {
    const key = JSON.stringify(visit.path);
    paths.set(key, [...(paths.get(key) ?? []), visit]);
  }
  return [...paths.values()]
    .map((same) => ({ same, path: same[0]?.path ?? [] }))
    .sort((left, right) => right.same.length - left.same.length || compare(left.path, right.path))
    .slice(0, asked.limit)
    .map(({ same, path }) => [
      path.join(' > '),
      path.length,
      new Set(same.map(({ user }) => user)).size,
      same.length,
      same.length / visits.length,
      valueAt(
        0.5,
        same.map(({ lastedMs }) => lastedMs),
      ),
    ]);
}

function compare(left: readonly string[], right: readonly string[]): number {
  for (const [index, step] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (step !== other) return step < other ? -1 : 1;
  }
  return left.length - right.length;
}

describe('paths', () => {
  it("equals a reading of each user's log", async () => {
    const times = fc.oneof(
      fc.integer({ min: 0, max: 20 }).map((slot) => startMs + slot * minute),
      fc.integer({ min: 0, max: 20 * minute }).map((offset) => startMs + offset),
    );
    const question = fc.record({
      deeds: deedsAt(times, 120),
      filters: anyFilters,
      ends: fc.oneof(fc.tuple(times, times), fc.constant([startMs, startMs + 20 * minute] as const)),
      by: fc.constantFrom<Asked['by']>('type', 'team', 'status'),
      startsWith: fc.constantFrom(undefined, undefined, opened, ran, 'red', 'failed'),
      stepsMax: fc.integer({ min: 2, max: 5 }),
      gapMs: fc.constantFrom(minute, 2 * minute, 5 * minute, 10 * minute),
      limit: fc.constantFrom(3, 20),
    });
    let run = 0;
    let longest = 0;
    await fc.assert(
      fc.asyncProperty(question, async ({ deeds, filters, ends: [one, two], startsWith, ...rest }) => {
        run += 1;
        const tenant = await storeApart(world, run, deeds);
        const fromMs = Math.min(one, two);
        const toMs = Math.max(one, two) + 1;
        const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
        const answer = await analyse(
          world,
          'paths',
          { range, filters, ...rest, ...(startsWith !== undefined && { startsWith }) },
          tenant,
        );
        const looked = deeds.filter(
          (deed) => deed.atMs >= fromMs && deed.atMs < toMs && matches(deed, { filters }),
        );
        expect(answer.rows).toEqual(expectedRows(looked, { ...rest, startsWith }));
        for (const row of answer.rows) longest = Math.max(longest, Number(row[1]));
      }),
      { numRuns: 60, seed: 20_260_310 },
    );
    expect(longest).toBeGreaterThan(3);
  });

  it('counts a worked example: repeats are one step, a pause ends a path', async () => {
    const at = (user: string, type: string, minutes: number): Deed => ({
      user,
      type,
      atMs: startMs + minutes * minute,
      team: 'red',
      status: '',
    });
    await world.store(
      toEvents('worked', [
        at('ada', opened, 0),
        at('ada', ran, 1),
        at('ada', ran, 2),
        at('ada', merged, 5),
        // Half an hour of nothing.
        at('ada', opened, 35),
        at('bob', opened, 0),
        at('bob', ran, 10),
        at('bob', merged, 12),
      ]),
    );
    const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
    const answer = await analyse(world, 'paths', { range }, 'worked');
    expect(answer.columns).toEqual([
      { name: 'path', type: 'string' },
      { name: 'steps', type: 'number', unit: 'count' },
      { name: 'users', type: 'number', unit: 'users' },
      { name: 'times', type: 'number', unit: 'count' },
      { name: 'share', type: 'number', unit: 'ratio' },
      { name: 'medianMs', type: 'number', unit: 'milliseconds' },
    ]);
    expect(answer.rows).toEqual([
      [`${opened} > ${ran} > ${merged}`, 3, 2, 2, 2 / 3, 5 * minute],
      [opened, 1, 1, 1, 1 / 3, 0],
    ]);
    const one = await analyse(world, 'paths', { range, limit: 1, stepsMax: 2 }, 'worked');
    expect(one.rows).toEqual([[`${opened} > ${ran}`, 2, 2, 2, 2 / 3, 2 * minute]]);
    expect(one.meta).toMatchObject({
      definition:
        "The first 2 different values in a row of type of each user's events, up to a pause of 30 minutes; repeats count as one.",
      notices: [{ code: 'groups_truncated', text: '1 of 2 paths are shown, 1 are left out.' }],
    });
  });
});
