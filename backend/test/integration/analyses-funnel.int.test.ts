import type { AnswerCell } from '@coditect/contracts';
import fc from 'fast-check';
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
  valueAt,
  type Deed,
  type DeedMatch,
} from './analyses-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

// Many questions on a real engine.
jest.setTimeout(180_000);

const startMs = Date.UTC(2026, 2, 10);
const nowMs = Date.UTC(2026, 2, 20);
const minute = 60_000;

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs });
});
afterAll(async () => {
  await world.close();
});

interface Asked {
  readonly steps: readonly DeedMatch[];
  readonly filters: NonNullable<DeedMatch['filters']>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly windowMs: number;
  readonly breakdown: 'team' | undefined;
}

interface Attempt {
  /** When each step was taken, as far as it came. */
  readonly times: readonly number[];
  readonly value: string;
}

/** Every attempt of a user is walked, and the furthest kept: slow, and plain to see. */
function findBest(deeds: readonly Deed[], asked: Asked): Attempt | undefined {
  const { steps, fromMs, toMs, windowMs } = asked;
  const events = deeds
    .map((deed) => {
      const can = steps.map(
        (step, index) => matches(deed, step) && (index > 0 || (deed.atMs >= fromMs && deed.atMs < toMs)),
      );
      const mask = can.reduce((sum, is, index) => sum + (is ? 2 ** index : 0), 0);
      return { deed, can, mask, first: can.indexOf(true) };
    })
    .filter(({ mask }) => mask > 0)
    .sort(
      (left, right) =>
        left.deed.atMs - right.deed.atMs ||
        left.first - right.first ||
        left.mask - right.mask ||
        (left.deed.team < right.deed.team ? -1 : 1),
    );
  let best: Attempt | undefined;
  for (const [index, event] of events.entries()) {
    if (event.can[0] !== true) continue;
    const times = [event.deed.atMs];
    let place = index;
    for (let step = 1; step < steps.length; step += 1) {
      place = events.findIndex((next, at) => at > place && next.can[step] === true);
      const found = events[place];
      if (found === undefined || found.deed.atMs - event.deed.atMs > windowMs) break;
      times.push(found.deed.atMs);
    }
    if (best === undefined || times.length > best.times.length) best = { times, value: event.deed.team };
  }
  return best;
}

function expectedRows(deeds: readonly Deed[], asked: Asked): AnswerCell[][] {
  const { steps, filters, breakdown } = asked;
  const groups = new Map<string, Attempt[]>(breakdown === undefined ? [['', []]] : []);
  for (const ofUser of byUser(deeds.filter((deed) => matches(deed, { filters }))).values()) {
    const best = findBest(ofUser, asked);
    if (best === undefined) continue;
    const value = breakdown === undefined ? '' : best.value;
    groups.set(value, [...(groups.get(value) ?? []), best]);
  }
  return [...groups]
    .sort(
      ([leftName, left], [rightName, right]) => right.length - left.length || (leftName < rightName ? -1 : 1),
    )
    .flatMap(([value, attempts]) =>
      steps.map((_step, index): AnswerCell[] => {
        const users = attempts.filter(({ times }) => times.length > index).length;
        const before = attempts.filter(({ times }) => times.length >= index).length;
        const took = attempts.flatMap(({ times }) =>
          times[index] === undefined || index === 0 ? [] : [times[index] - (times[index - 1] ?? 0)],
        );
        const entered = attempts.length;
        const ofBefore = index === 0 || before === 0 ? null : users / before;
        return [
          ...(breakdown === undefined ? [] : [value]),
          index + 1,
          users,
          entered === 0 ? null : users / entered,
          ofBefore,
          ofBefore === null ? null : (before - users) / before,
          index === 0 ? null : valueAt(0.5, took),
          index === 0 ? null : valueAt(0.9, took),
        ];
      }),
    );
}

describe('funnel', () => {
  it('equals a walk through every attempt of every user', async () => {
    const times = fc.oneof(
      fc.integer({ min: 0, max: 12 }).map((slot) => startMs + slot * minute),
      fc.integer({ min: 0, max: 12 * minute }).map((offset) => startMs + offset),
    );
    const question = fc.record({
      deeds: deedsAt(times, 150),
      steps: fc.array(anyMatch, { minLength: 2, maxLength: 4 }),
      filters: anyFilters,
      ends: fc.oneof(fc.tuple(times, times), fc.constant([startMs, startMs + 12 * minute] as const)),
      windowMs: fc.constantFrom(1_000, minute, 3 * minute, 8 * minute, 8 * minute),
      breakdown: fc.constantFrom(undefined, 'team' as const),
    });
    let run = 0;
    let completed = 0;
    await fc.assert(
      fc.asyncProperty(question, async ({ deeds, steps, filters, ends: [one, two], windowMs, breakdown }) => {
        run += 1;
        const tenant = await storeApart(world, run, deeds);
        const asked = {
          steps,
          filters,
          windowMs,
          breakdown,
          fromMs: Math.min(one, two),
          toMs: Math.max(one, two) + 1,
        };
        const answer = await analyse(
          world,
          'funnel',
          {
            steps,
            filters,
            windowMs,
            range: { from: new Date(asked.fromMs).toISOString(), to: new Date(asked.toMs).toISOString() },
            ...(breakdown !== undefined && { breakdown }),
          },
          tenant,
        );
        const label = answer.columns.findIndex(({ name }) => name === 'label');
        const rows = answer.rows.map((row) => row.filter((_cell, index) => index !== label));
        const expected = expectedRows(deeds, asked);
        expect(rows).toEqual(expected);
        if (Number(answer.rows.at(-1)?.[label + 1]) > 0) completed += 1;
      }),
      { numRuns: 60, seed: 20_260_310 },
    );
    // Funnels that nobody goes through would prove little.
    expect(completed).toBeGreaterThan(15);
  });

  it('counts a worked example: three enter, two go on, one arrives', async () => {
    const at = (user: string, type: string, minutes: number, team = 'red'): Deed => ({
      user,
      type,
      atMs: startMs + minutes * minute,
      team,
      status: 'succeeded',
    });
    await world.store(
      toEvents('worked', [
        // Ada needs two attempts: from the second one, she arrives 2 and 5 minutes later.
        at('ada', opened, 0),
        at('ada', opened, 60),
        at('ada', ran, 62),
        at('ada', merged, 65),
        // Bob goes on after 10 minutes, and is too late for the rest.
        at('bob', opened, 0, 'blue'),
        at('bob', ran, 10, 'blue'),
        at('bob', merged, 31, 'blue'),
        // Cy does things in the wrong order.
        at('cy', ran, 1),
        at('cy', opened, 2),
        // Dan never entered.
        at('dan', ran, 3),
      ]),
    );
    const answer = await analyse(
      world,
      'funnel',
      {
        range: { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' },
        windowMs: 30 * minute,
        steps: [{ type: opened, label: 'Opened' }, { type: ran }, { type: merged }],
      },
      'worked',
    );
    expect(answer.columns).toEqual([
      { name: 'step', type: 'number' },
      { name: 'label', type: 'string' },
      { name: 'users', type: 'number', unit: 'users' },
      { name: 'conversion', type: 'number', unit: 'ratio' },
      { name: 'stepConversion', type: 'number', unit: 'ratio' },
      { name: 'dropOff', type: 'number', unit: 'ratio' },
      { name: 'medianMs', type: 'number', unit: 'milliseconds' },
      { name: 'p90Ms', type: 'number', unit: 'milliseconds' },
    ]);
    expect(answer.rows).toEqual([
      [1, 'Opened', 3, 1, null, null, null, null],
      [2, ran, 2, 2 / 3, 2 / 3, 1 / 3, 2 * minute, 10 * minute],
      [3, merged, 1, 1 / 3, 1 / 2, 1 / 2, 3 * minute, 3 * minute],
    ]);
    expect(answer.meta).toEqual({
      analysis: 'funnel',
      title: 'Funnel',
      definition: `Users who did Opened, then ${ran}, then ${merged}, in this order and within 30 minutes of the first, which lies in the range; each user counts once, with the attempt that came furthest.`,
      asOf: '2026-03-20T00:00:00.000Z',
      completeUntil: '2026-03-11T00:00:00.000Z',
      source: ['events_raw_v1'],
      timeZone: 'UTC',
      notices: [],
    });
  });

  it('says which groups are left out, and who still has time', async () => {
    const deeds = ['a', 'b', 'b', 'c', 'c', 'c'].map((team, index) => ({
      user: `user-${index}`,
      type: opened,
      atMs: nowMs - 3_600_000,
      team,
      status: '',
    }));
    await world.store(toEvents('groups', deeds));
    const answer = await analyse(
      world,
      'funnel',
      {
        range: { from: '2026-03-19T00:00:00Z', to: '2026-03-20T00:00:00Z' },
        steps: [{ type: opened }, { type: ran }],
        breakdown: 'team',
        limit: 2,
      },
      'groups',
    );
    expect(answer.rows.map((row) => row.slice(0, 4))).toEqual([
      ['c', 1, opened, 3],
      ['c', 2, ran, 0],
      ['b', 1, opened, 2],
      ['b', 2, ran, 0],
    ]);
    expect(answer.meta.notices).toEqual([
      {
        severity: 'info',
        code: 'groups_truncated',
        text: '2 of 3 groups are shown, 1 are left out.',
      },
      {
        severity: 'info',
        code: 'window_open',
        text: 'Who entered since 2026-03-19T00:00:00.000Z still has time for the steps to come.',
      },
    ]);
  });
});
