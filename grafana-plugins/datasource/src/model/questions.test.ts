import { kpiPanelId } from '@coditect/plugins-shared';
import { defaultQuery } from '../migrations';
import type { KpiQuery } from '../types';
import { planQuestions } from './questions';
import { templateOf } from './template.fixture';

const context = {
  fromMs: Date.parse('2026-03-01T00:00:00Z'),
  toMs: Date.parse('2026-03-08T00:00:00Z'),
  timeZone: 'utc',
  browserTimeZone: 'Europe/Berlin',
  maxDataPoints: 200,
  panelPluginId: 'timeseries',
  adHocFilters: [{ key: 'team', operator: '=', value: 'atlas' }],
  kpis: [],
  interpolate: (text: string) => text,
};
const query: KpiQuery = { ...defaultQuery, refId: 'A', metric: 'cost', groupBy: ['team'] };

describe('planQuestions', () => {
  it('asks what the panel asks: range, zone, interval and the filters of the dashboard', () => {
    const [plan] = planQuestions([query], context);
    expect(plan?.total).toBeUndefined();
    expect(plan?.series).toMatchObject({
      metric: 'cost',
      range: { from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T00:00:00.000Z' },
      interval: '1h',
      timeZone: 'UTC',
      filters: [{ dimension: 'team', operator: '=', value: 'atlas' }],
    });
  });

  it('asks for each KPI of a variable with several', () => {
    const interpolate = templateOf({ kpi: ['cost', 'agent_runs'] });
    const plans = planQuestions([{ ...query, metric: '$kpi' }], { ...context, interpolate });
    expect(plans.map(({ refId, series }) => [refId, series?.metric])).toEqual([
      ['A', 'cost'],
      ['A', 'agent_runs'],
    ]);
  });

  it('leaves out a query that cannot be asked, and says why', () => {
    const wrong: KpiQuery = {
      ...query,
      refId: 'B',
      filters: [{ dimension: 'team', operator: '<>', value: 'a' }],
    };
    const never: KpiQuery = { ...query, refId: 'C', interval: '$step' };
    const [one, two, three] = planQuestions([wrong, never, query], context);
    expect(one).toEqual({
      refId: 'B',
      unused: [expect.stringContaining('filters[0].operator: there is no operator "<>"')],
    });
    expect(two).toEqual({ refId: 'C', unused: [expect.stringContaining('"$step" is no interval')] });
    expect(three?.series).toBeDefined();
  });

  it('asks a KPI panel for the total too, and a table for nothing else', () => {
    const [kpi] = planQuestions([query], { ...context, panelPluginId: kpiPanelId });
    expect([kpi?.series?.interval, kpi?.total?.total]).toEqual(['1h', true]);
    const [table] = planQuestions([{ ...query, format: 'table' }], context);
    expect([table?.series, table?.total?.total]).toEqual([undefined, true]);
  });
});
