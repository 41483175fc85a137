import fc from 'fast-check';
import { DateTime } from 'luxon';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';
import { askRows, iso, nowMs, question, rangeOf, storeDeeds, type Deed } from './people-deeds.js';
import { day, firstMs, times } from './people-events.js';

// Many questions on a real engine.
jest.setTimeout(300_000);

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs });
});
afterAll(async () => {
  await world.close();
});

const depths = ['none', 'light', 'moderate', 'heavy'] as const;

/** Shares by depth, from the users' local days. */
function depthsOf(
  deeds: readonly Deed[],
  beforeMs: number,
  fromMs: number,
  toMs: number,
  zone: string,
): readonly (readonly (number | null)[])[] {
  const dayOf = (atMs: number) => DateTime.fromMillis(atMs, { zone }).startOf('day');
  const lengthDays = Math.round(dayOf(toMs).diff(dayOf(fromMs), 'days').days);
  const counts = depths.map(() => 0);
  for (const user of new Set(deeds.map((deed) => deed.user))) {
    const own = deeds.filter((deed) => deed.user === user).map(({ atMs }) => atMs);
    const days = new Set(own.filter((at) => at >= fromMs && at < toMs).map((at) => dayOf(at).toMillis()))
      .size;
    const aWeek = (days * 7) / lengthDays;
    const wasThere = own.some((at) => at >= beforeMs && at < fromMs);
    if (days === 0 && !wasThere) continue;
    const depth = days === 0 ? 0 : 1 + [1, 3].filter((least) => aWeek >= least).length;
    counts[depth] = (counts[depth] ?? 0) + 1;
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => [count, all, all === 0 ? null : count / all]);
}

describe('the depth of use', () => {
  // Three users who come often, so that there is every depth.
  const regulars = fc.array(
    fc.record({
      user: fc.constantFrom('ada', 'bob'),
      team: fc.constantFrom('red', ''),
      project: fc.constant(''),
      atMs: times,
      what: fc.constant<Deed['what']>('other'),
    }),
    { maxLength: 60, size: 'max' },
  );

  it('equals a look at the days of each user, in a total of any length', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(question, regulars, async ({ deeds, timeZone, ends, team }, more) => {
        const all = [...deeds, ...more];
        const tenant = await storeDeeds(world, all);
        const range = rangeOf(ends);
        const first = DateTime.fromISO(range.from, { zone: timeZone }).startOf('day');
        const end = DateTime.fromMillis(Math.min(Date.parse(range.to), nowMs) - 1, { zone: timeZone })
          .startOf('day')
          .plus({ days: 1 });
        const before = first.minus({ days: Math.round(end.diff(first, 'days').days) });
        const of = all.filter((deed) => team === undefined || deed.team === team);
        const expected = depthsOf(of, before.toMillis(), first.toMillis(), end.toMillis(), timeZone);
        const filters =
          team === undefined ? [] : [{ dimension: 'team', operator: '=', value: team } as const];
        for (const [index, depth] of depths.entries()) {
          const rows = await askRows(
            world,
            tenant,
            { range, total: true, timeZone, filters },
            `usage_depth_${depth}`,
          );
          expect([depth, rows]).toEqual([depth, [expected[index]]]);
          if (expected[index]?.[0] !== 0) seen.add(depth);
        }
      }),
      { numRuns: 20 },
    );
    expect([...seen].sort()).toEqual([...depths].sort());
  });

  it('equals it in months that have ended, and tells nothing of the one that runs', async () => {
    await fc.assert(
      fc.asyncProperty(question, regulars, async ({ deeds, timeZone }, more) => {
        const all = [...deeds, ...more];
        const tenant = await storeDeeds(world, all);
        const at = (text: string) => DateTime.fromISO(text, { zone: timeZone }).toMillis();
        const [before, february, march, april] = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'].map(
          at,
        );
        const range = { from: iso(february ?? 0), to: iso(at('2026-05-01')) };
        const shares = (from = 0, to = 0, since = 0) => depthsOf(all, since, from, to, timeZone);
        for (const [index, depth] of depths.entries()) {
          const rows = await askRows(
            world,
            tenant,
            { range, interval: '1M', timeZone },
            `usage_depth_${depth}`,
          );
          expect([depth, rows.map((row) => row.slice(1))]).toEqual([
            depth,
            [
              shares(february, march, before)[index],
              shares(march, april, february)[index],
              [null, null, null],
            ],
          ]);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('is nothing of others, of what has not begun, and of weeks', async () => {
    await storeDeeds(world, [{ user: 'ada', team: '', project: '', atMs: firstMs, what: 'succeeded' }]);
    const range = { from: iso(nowMs + day), to: iso(nowMs + 2 * day) };
    for (const metric of ['usage_depth_heavy', 'activation_rate', 'time_to_first_value']) {
      expect(await world.askTotal({ metric, range, total: true }, 'stranger')).toBeNull();
    }
    const past = { from: iso(firstMs), to: iso(firstMs + day) };
    const asked = { metric: 'usage_depth_heavy', range: past } as const;
    expect((await world.ask({ ...asked, total: true }, 'stranger')).rows).toEqual([[0, 0, null]]);
    const { status, body } = await world.post(JSON.stringify({ ...asked, interval: '1w' }));
    expect([status, body.error.code, body.error.pointer]).toEqual([422, 'grain_not_available', '/interval']);
  });
});
