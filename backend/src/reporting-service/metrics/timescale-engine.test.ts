import { metricQuerySchema } from '@coditect/contracts';
import { kpiCatalogue } from '../../kpis/catalogue.js';
import { isOnlyForPanels } from '../../kpis/kpi.js';
import { shippedKpis } from '../../kpis/kpi-registry.js';
import { fixedLimits } from '../../metric-queries/limits.js';
import { planQuery } from '../../metric-queries/plan-query.js';
import type { SqlDatabase } from '../../storage/postgres/sql-executor.js';
import { createTimescaleEngine } from './timescale-engine.js';

const unread = (): Promise<never> => Promise.reject(new Error('nothing is to be read'));
const database: SqlDatabase = { query: unread, runScript: unread, transaction: unread, close: unread };
const panelsOnly = kpiCatalogue.filter(({ measure }) => isOnlyForPanels(measure)).map(({ id }) => id);

describe('rollups', () => {
  it.each(panelsOnly)('refuse %s before anything is read', async (metric) => {
    const range = { from: '2026-03-02T00:00:00Z', to: '2026-03-09T00:00:00Z' };
    const query = metricQuerySchema.parse({ metric, range, total: true });
    const limits = { ...fixedLimits, pointsMax: 100, groupsMax: 100, filterValuesMax: 100 };
    const nowMs = Date.parse(range.to);
    const plan = planQuery({ id: 'acme', timeZone: 'UTC' }, query, { kpis: shippedKpis, nowMs, limits });
    const opening = createTimescaleEngine(database).open('acme', plan, nowMs, AbortSignal.timeout(60_000));
    await expect(opening).rejects.toMatchObject({
      code: 'grain_not_available',
      status: 422,
      pointer: '/metric',
    });
  });

  it('are asked for what they keep', () => {
    expect(panelsOnly.length).toBeGreaterThan(0);
    for (const kept of ['active_users', 'seats_active', 'new_users', 'week_4_retention'])
      expect(panelsOnly).not.toContain(kept);
  });
});
