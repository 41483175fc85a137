import { metricQuerySchema, type MetricQueryInput } from '@coditect/contracts';
import { kpiCatalogue } from '../kpis/catalogue.js';
import { shippedKpis } from '../kpis/kpi-registry.js';
import { fixedLimits } from '../metric-queries/limits.js';
import { planQuery } from '../metric-queries/plan-query.js';
import type { QueryPlan } from '../metric-queries/query-plan.js';
import { planReads } from './clickhouse-engine.js';
import { fixedRawLimits } from './raw-limits.js';

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

const rawLimits = { ...fixedRawLimits, retentionDays: 400 };

function sourceOf(query: Partial<MetricQueryInput>, timeZone?: string): string {
  const planned = plan(query, timeZone);
  return planned.kind === 'measures'
    ? planReads(planned, rawLimits, nowMs).source.table
    : (planReads(planned, rawLimits, nowMs).reads.tables[0] ?? '');
}

function refusalOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the source of an answer', () => {
  const cases: readonly (readonly [string, Partial<MetricQueryInput>, string])[] = [
    ['events by type, by the minute', { interval: '1m', groupBy: ['type'] }, 'events_per_minute_v1'],
    ['events by team', { groupBy: ['team'] }, 'activity_per_quarter_v1'],
    [
      'events filtered by team',
      { filters: [{ dimension: 'team', operator: '=', value: 'red' }] },
      'activity_per_quarter_v1',
    ],
    ['requests by the minute', { metric: 'api_requests', interval: '1m' }, 'events_per_minute_v1'],
    [
      'requests by route',
      { metric: 'api_requests', groupBy: ['route', 'method'] },
      'api_requests_per_quarter_v1',
    ],
    ['errors of requests', { metric: 'api_error_rate', interval: '1m' }, 'api_requests_per_minute_v1'],
    ['latency of a day', { metric: 'api_latency_p95', groupBy: ['route'] }, 'events_raw_v1'],
    [
      'latency of a quarter by route',
      { metric: 'api_latency_p95', groupBy: ['route'], range: { ...day, from: '2026-01-01T00:00:00Z' } },
      'api_requests_per_quarter_v1',
    ],
    [
      'latency of a quarter by team',
      { metric: 'api_latency_p95', groupBy: ['team'], range: { ...day, from: '2026-01-01T00:00:00Z' } },
      'events_raw_v1',
    ],
    [
      'latency of a day whose events may be gone',
      { metric: 'api_latency_p95', range: { from: '2025-01-01T00:00:00Z', to: '2025-01-02T00:00:00Z' } },
      'api_requests_per_quarter_v1',
    ],
    [
      'latency beside that of such a day',
      {
        metric: 'api_latency_p95',
        compareTo: 'lastYear',
        range: { from: '2025-06-01T00:00:00Z', to: '2025-06-02T00:00:00Z' },
      },
      'api_requests_per_quarter_v1',
    ],
    ['requests by route and team', { metric: 'api_requests', groupBy: ['route', 'team'] }, 'events_raw_v1'],
    [
      'runs, by the quarter hour',
      { metric: 'agent_runs', interval: '15m', groupBy: ['agent'] },
      'activity_per_quarter_v1',
    ],
    [
      'runs by agent, by the minute',
      { metric: 'agent_runs', interval: '1m', groupBy: ['agent'] },
      'events_raw_v1',
    ],
    [
      'cost, by the day of Kathmandu',
      { metric: 'cost', interval: '1d', timeZone: 'Asia/Kathmandu' },
      'activity_per_quarter_v1',
    ],
    ['active users', { metric: 'active_users_weekly', interval: '1d' }, 'user_presence_v1'],
    [
      'active users by team',
      { metric: 'active_users_weekly', interval: '1d', groupBy: ['team'] },
      'user_days_v1',
    ],
  ];
  it.each(cases)('of %s is the smallest table that can tell', (_case, query, table) => {
    expect(sourceOf(query)).toBe(table);
  });

  it('is found for every KPI with each of its dimensions', () => {
    for (const kpi of kpiCatalogue) {
      for (const name of kpi.dimensions)
        expect(sourceOf({ metric: kpi.id, groupBy: [name] })).toMatch(/_v1$/);
    }
  });

  it('is not raw events for longer than they are kept by default', () => {
    const range = { from: '2024-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' };
    expect(
      refusalOf(() => sourceOf({ metric: 'api_requests', groupBy: ['route', 'team'], range })),
    ).toMatchObject({ code: 'grain_not_available', pointer: '/range', limit: 400 });
    const short = { from: '2026-01-01T00:00:00Z', to: '2026-01-08T00:00:00Z' };
    expect(sourceOf({ metric: 'agent_runs', interval: '5m', range: short })).toBe('events_per_minute_v1');
  });
});
