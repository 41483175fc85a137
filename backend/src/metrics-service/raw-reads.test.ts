import { metricQuerySchema, type MetricQueryInput, type Notice } from '@coditect/contracts';
import { shippedKpis } from '../kpis/kpi-registry.js';
import { fixedLimits } from '../metric-queries/limits.js';
import { planQuery } from '../metric-queries/plan-query.js';
import { planReads } from './clickhouse-engine.js';
import { fixedRawLimits } from './raw-limits.js';
import { noticesOfRetention } from './raw-reads.js';

const asOfMs = Date.parse('2026-03-10T12:00:00Z');
const retentionDays = 400;
const limits = { ...fixedLimits, pointsMax: 11_000, groupsMax: 1_000, filterValuesMax: 1_000 };

/** What comes with the answer to a question about runs by team, for which the quarter hours of activity are read. */
function metaOf(query: Partial<MetricQueryInput>): { source: readonly string[]; notices: readonly Notice[] } {
  const asked = metricQuerySchema.parse({
    metric: 'agent_runs',
    total: true,
    groupBy: ['team'],
    ...query,
  });
  const plan = planQuery({ id: 'acme', timeZone: 'UTC' }, asked, {
    kpis: shippedKpis,
    nowMs: asOfMs,
    limits,
  });
  const { reads } = planReads(plan, { ...fixedRawLimits, retentionDays }, asOfMs);
  return { source: reads.tables, notices: noticesOfRetention(reads, asOfMs, retentionDays) };
}

const whole = { from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' };
const retentionOf = (query: Partial<MetricQueryInput>): readonly (readonly [string, string])[] =>
  metaOf(query)
    .notices.filter(({ code }) => code === 'raw_retention')
    .map(({ severity, text }) => [severity, text]);

describe('the notice that single events may be deleted', () => {
  it('is not given when only whole grains are read, however old', () => {
    expect(retentionOf({ range: whole })).toEqual([]);
    expect(metaOf({ range: whole }).source).toEqual(['activity_per_quarter_v1']);
  });

  it('names the edges of an old range that are read from single events', () => {
    const range = { from: '2024-01-01T00:00:00.001Z', to: '2024-02-01T00:07:00Z' };
    const [notice] = retentionOf({ range });
    expect(notice?.[0]).toBe('info');
    expect(notice?.[1]).toContain('2024-01-01T00:00:00.001Z to 2024-01-01T00:15:00.000Z');
    expect(notice?.[1]).toContain('2024-02-01T00:00:00.000Z to 2024-02-01T00:07:00.000Z');
    expect(metaOf({ range }).source).toEqual(['activity_per_quarter_v1', 'events_raw_v1']);
  });

  it('names only the edges from before the line', () => {
    const range = { from: '2024-01-01T00:00:01Z', to: '2026-03-01T00:07:00Z' };
    const [notice] = retentionOf({ range });
    expect(notice?.[1]).toContain('2024-01-01T00:00:01.000Z');
    expect(notice?.[1]).not.toContain('2026-03-01');
    expect(retentionOf({ range: { ...range, from: '2024-01-01T00:00:00Z' } })).toEqual([]);
  });

  it('warns when all of an old range comes from single events', () => {
    const range = { from: '2024-01-01T00:01:00Z', to: '2024-01-01T00:20:00Z' };
    expect(retentionOf({ range })[0]?.[0]).toBe('warning');
    expect(metaOf({ range }).source).toEqual(['events_raw_v1']);
  });

  it('looks at the period that is compared, too', () => {
    const range = { from: '2025-03-10T00:07:00Z', to: '2025-03-11T00:00:00Z' };
    expect(retentionOf({ range })).toEqual([]);
    expect(retentionOf({ range, compareTo: 'lastYear' })[0]?.[1]).toContain('2024-03-10T00:07:00.000Z');
  });

  it('covers the last quarter hour of active users', () => {
    const users = { metric: 'active_users_weekly', groupBy: [] };
    expect(retentionOf({ ...users, range: whole })).toEqual([]);
    const [notice] = retentionOf({ ...users, range: { ...whole, to: '2024-02-01T10:05:00Z' } });
    expect(notice?.[1]).toContain('2024-02-01T10:00:00.000Z to 2024-02-01T10:05:00.000Z');
  });
});
