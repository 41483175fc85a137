import { metricQuerySchema, type MetricQueryInput } from '@coditect/contracts';
import { shippedKpis } from '../kpis/kpi-registry.js';
import { fixedLimits } from './limits.js';
import { planQuery } from './plan-query.js';
import { createReadingsBuilder, type Readings } from './readings.js';
import { findTotalOf } from './total-of-series.js';

const range = { from: '2026-03-02T18:00:00Z', to: '2026-03-10T18:00:00Z' };
const limits = { ...fixedLimits, pointsMax: 11_000, groupsMax: 1_000, filterValuesMax: 1_000 };

function totalOf(query: Omit<MetricQueryInput, 'range'>, nowMs = Date.parse(range.to)) {
  const planOf = (more: Partial<MetricQueryInput>) =>
    planQuery(
      { id: 'acme', timeZone: 'UTC' },
      metricQuerySchema.parse({ range, compareTo: 'previousPeriod', ...query, ...more }),
      { kpis: shippedKpis, nowMs, limits },
    );
  return findTotalOf(planOf({ interval: '1d' }), planOf({ total: true }));
}

function read(groups: Readonly<Record<string, number[][]>>): Readings {
  const builder = createReadingsBuilder();
  for (const [name, buckets] of Object.entries(groups)) {
    buckets.forEach((terms, bucket) => {
      builder.add([name], bucket, terms);
    });
  }
  return builder.build();
}

const bucketsOf = ({ groups }: Readings) =>
  [...groups.values()].map(({ group, buckets }) => [group[0], ...buckets]);

describe('the total of a series', () => {
  it('is the sum of what adds up', () => {
    const told = totalOf({ metric: 'events' })?.({ current: read({ a: [[1], [2]] }), previous: undefined });
    expect(told && bucketsOf(told.current)).toEqual([['a', [3]]]);
  });

  it('is the last value of windows, without groups that had users only before', () => {
    const spans = {
      current: read({ a: [[1], [2]], gone: [[4], [0]] }),
      previous: read({ a: [[8], [9]], gone: [[4], [3]] }),
    };
    const told = totalOf({ metric: 'active_users_weekly' })?.(spans);
    expect(told && bucketsOf(told.current)).toEqual([['a', [2]]]);
    expect(told?.previous && bucketsOf(told.previous)).toEqual([
      ['a', [9]],
      ['gone', [3]],
    ]);
  });

  it('is read by itself where the range goes on beyond now: that of a window is the value of now', () => {
    expect(totalOf({ metric: 'active_users_weekly' }, Date.parse(range.from) + 3_600_000)).toBeUndefined();
  });

  it('is read by itself of quantiles and of what is counted per user', () => {
    expect(totalOf({ metric: 'agent_duration_p50' })).toBeUndefined();
    expect(totalOf({ metric: 'cost_per_active_user' })).toBeUndefined();
  });
});
