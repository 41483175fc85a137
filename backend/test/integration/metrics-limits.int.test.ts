import { createTestLimits, type TestLimits } from '../../src/testkit/no-limits.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

const range = { from: '2026-06-15T00:00:00Z', to: '2026-06-16T00:00:00Z' };
const total = { metric: 'events', range, total: true } as const;
const body = JSON.stringify(total);

let limits: TestLimits;
let world: MetricsWorld;

beforeAll(async () => {
  limits = createTestLimits();
  world = await openMetricsWorld({ limits, metrics: { concurrentQueriesMax: 4, cacheBytesMax: 1_000_000 } });
  const of = (tenantId: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      anEvent({ tenantId, id: `${tenantId}-${index}`, occurredAt: Date.parse('2026-06-15T10:00:00Z') }),
    );
  await world.store([...of('acme', 500), ...of('globex', 20)]);
});
beforeEach(() => {
  limits.set.clear();
  limits.limited.length = 0;
});
afterAll(() => world.close());

const usedBy = (tenantId: string): number => limits.meter.usedToday(tenantId).rowsRead;

describe('usage and limits', () => {
  const usageOf = async (tenant: string): Promise<unknown> => {
    const response = await fetch(`${world.url}/v1/usage?tenant=globex`, {
      headers: { authorization: `Bearer ${tenant}` },
    });
    return response.json();
  };

  it('are told to the tenant whose key it is, and asking uses nothing', async () => {
    await world.ask(total);
    limits.set.set('acme', { rowsReadPerDay: 1, eventsPerDay: 7 });
    const used = { day: '2026-06-15', events: 0, rowsRead: usedBy('acme'), reportMinutes: 0 };
    for (let time = 0; time < 2; time += 1)
      expect(await usageOf('acme')).toMatchObject({
        tenant: 'acme',
        days: [used],
        stored: null,
        limits: { rowsReadPerDay: 1, eventsPerDay: 7, queriesInFlight: null },
      });
    expect(await usageOf('initech')).toMatchObject({
      tenant: 'initech',
      days: [],
      limits: { eventsPerDay: null },
    });
  });
});

describe('rows that questions read', () => {
  it('are counted for who asks, and only where the engine was asked', async () => {
    await world.ask(total);
    const once = usedBy('acme');
    expect(once).toBeGreaterThan(0);
    expect(usedBy('globex')).toBe(0);
    await world.ask(total);
    expect(usedBy('acme')).toBe(once);
    await world.postTo('/v1/events/search', { range, limit: 10 });
    expect(usedBy('acme')).toBeGreaterThan(once);
  });

  it('refuse further questions when they are used up, with the time until the next day', async () => {
    await world.ask(total);
    limits.set.set('acme', { rowsReadPerDay: usedBy('acme') });
    const refused = await world.postTo('/v1/query', { ...total, groupBy: ['team'] });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(refused.body).toMatchObject({ error: { code: 'quota_exceeded', limit: usedBy('acme') } });
    for (const path of ['/v1/events/search']) {
      const answer = await world.postTo(path, { range, limit: 10 });
      expect(answer.status).toBe(429);
    }
    expect(limits.limited).toEqual(['acme rowsReadPerDay', 'acme rowsReadPerDay']);
    // What is kept costs nothing.
    expect((await world.post(body)).status).toBe(200);
    expect((await world.post(body, { authorization: 'Bearer globex' })).status).toBe(200);
  });
});
