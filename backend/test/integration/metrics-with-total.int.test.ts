import type { Interval, MetricQueryInput } from '@coditect/contracts';
import { kpiCatalogue } from '../../src/kpis/catalogue.js';
import type { Kpi } from '../../src/kpis/kpi.js';
import { makeEvents } from './metrics-random-events.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(120_000);

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld();
  await world.store(makeEvents('acme', 3_000, 1));
});
afterAll(async () => {
  await world.close();
});

// Neither end is a whole hour, and the clocks change in between.
const range = { from: '2026-03-12T10:07:31.250Z', to: '2026-04-02T18:41:07.500Z' };

function intervalOf({ smallestInterval }: Kpi): Interval {
  return smallestInterval === '1w' || smallestInterval === '1M' ? smallestInterval : '1d';
}

function questionsOf(kpi: Kpi): MetricQueryInput[] {
  const plain = { metric: kpi.id, range, timeZone: 'Europe/Berlin', compareTo: 'previousPeriod' } as const;
  const [dimension] = kpi.dimensions;
  return [plain, ...(dimension === undefined ? [] : [{ ...plain, groupBy: [dimension], limit: 2 }])];
}

describe('a series with its total', () => {
  it.each(kpiCatalogue.map((kpi) => [kpi.id, kpi] as const))(
    'has for %s what the same question for the whole range has',
    async (_id, kpi) => {
      for (const question of questionsOf(kpi)) {
        const series = await world.ask({ ...question, interval: intervalOf(kpi), withTotal: true });
        const total = await world.ask({ ...question, total: true });
        expect(series.totals).toEqual(total.rows);
        expect(total.totals).toBeUndefined();
        if (question.groupBy !== undefined) continue;
        const { totals, ...without } = series;
        const apart = await world.ask({ ...question, interval: intervalOf(kpi) });
        expect(totals).toBeDefined();
        expect({ ...apart, meta: { ...apart.meta, asOf: '' } }).toEqual({
          ...without,
          meta: { ...without.meta, asOf: '' },
        });
      }
    },
  );

  it('is nothing for a total', async () => {
    const question = { metric: 'cost', range, total: true, withTotal: true } as const;
    await expect(world.ask(question)).rejects.toThrow(/400.*\/withTotal/);
  });
});
