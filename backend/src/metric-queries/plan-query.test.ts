import { metricQuerySchema, type MetricQueryInput } from '@coditect/contracts';
import { shippedKpis } from '../kpis/kpi-registry.js';
import { fixedLimits } from './limits.js';
import { planQuery } from './plan-query.js';
import type { QueryPlan } from './query-plan.js';

const day = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
const nowMs = Date.parse('2026-03-10T18:20:00Z');

function plan(query: Partial<MetricQueryInput>, timeZone = 'UTC'): QueryPlan {
  const asked = metricQuerySchema.parse({
    metric: 'events',
    range: day,
    ...(query.interval === undefined && { total: true }),
    ...query,
  });
  return planQuery({ id: 'acme', timeZone }, asked, {
    kpis: shippedKpis,
    nowMs,
    limits: {
      ...fixedLimits,
      pointsMax: 11_000,
      groupsMax: 1_000,
      filterValuesMax: 1_000,
    },
  });
}

describe('a total of active users', () => {
  it('ends now when its range ends later', () => {
    const planned = plan({ metric: 'active_users_daily', range: { ...day, to: '2026-04-01T00:00:00Z' } });
    expect(planned.kind === 'activeUsers' && planned.current.endMs).toBe(nowMs);
  });

  it('looks back over its window only, however long the range is', () => {
    const planned = plan({
      metric: 'active_users_weekly',
      range: { from: '2024-01-01T00:00:00Z', to: day.to },
    });
    expect(planned.kind === 'activeUsers' && planned.current.days.localDays).toBe(7);
  });
});

describe('a zone', () => {
  it('is the tenant’s unless the question names one', () => {
    expect(plan({}, 'Asia/Kolkata').zone.name).toBe('Asia/Kolkata');
    expect(plan({ timeZone: 'Europe/Berlin' }, 'Asia/Kolkata').zone.name).toBe('Europe/Berlin');
  });
});
