import { defaultQuery } from '../migrations';
import type { KpiQuery } from '../types';
import { kpi } from './answer.fixture';
import { planQuery, type RequestContext } from './request';

const hour = 3_600_000;
const context: RequestContext = {
  fromMs: Date.parse('2026-03-01T00:00:00Z'),
  toMs: Date.parse('2026-03-02T00:00:00Z'),
  maxDataPoints: 100,
  dashboardTimeZone: 'browser',
  browserTimeZone: 'Asia/Kathmandu',
  adHocFilters: [],
  kpi,
  interpolate: (text) => text,
};
const query: KpiQuery = { ...defaultQuery, refId: 'A', metric: 'agent_success_rate' };

describe('planQuery', () => {
  it('asks for a series over the range of the dashboard, in the zone of the browser', () => {
    expect(planQuery(query, context)).toEqual({
      legend: '',
      unused: [],
      main: {
        metric: 'agent_success_rate',
        range: { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' },
        interval: '15m',
        groupBy: [],
        filters: [],
        compareTo: 'none',
        timeZone: 'Asia/Kathmandu',
      },
    });
  });

  it('never asks in a smaller interval than the KPI has', () => {
    const short = { ...context, toMs: context.fromMs + hour, maxDataPoints: 1_000 };
    expect(planQuery(query, short).main.interval).toBe('15m');
    expect(planQuery(query, { ...short, kpi: undefined }).main.interval).toBe('1m');
  });

  it('keeps the points of an automatic interval within what the panel draws', () => {
    expect(planQuery(query, { ...context, maxDataPoints: 24 }).main.interval).toBe('1h');
    expect(planQuery(query, { ...context, maxDataPoints: 23 }).main.interval).toBe('1d');
  });

  it('keeps an interval that was chosen', () => {
    expect(planQuery({ ...query, interval: '1w' }, context).main.interval).toBe('1w');
  });

  it('asks a table as a total and without an interval', () => {
    const { main, total } = planQuery({ ...query, format: 'table', interval: '1h' }, context);
    expect(main).toMatchObject({ total: true });
    expect(main).not.toHaveProperty('interval');
    expect(total).toBeUndefined();
  });

  it('asks the companion total for the KPI panel alone, with the same comparison and filters', () => {
    const compared: KpiQuery = {
      ...query,
      compareTo: 'lastWeek',
      groupBy: ['team'],
      filters: [{ dimension: 'agent', operator: '=', value: 'x' }],
    };
    expect(planQuery(compared, { ...context, panelPluginId: 'timeseries' }).total).toBeUndefined();
    const { main, total } = planQuery(compared, { ...context, panelPluginId: 'coditect-kpi-panel' });
    const { interval: _interval, ...rest } = main;
    expect(total).toEqual({ ...rest, total: true });
  });

  it('lets a query insist on the total or do without it', () => {
    expect(planQuery({ ...query, withTotal: true }, context).total).toBeDefined();
    expect(
      planQuery({ ...query, withTotal: false }, { ...context, panelPluginId: 'coditect-kpi-panel' }).total,
    ).toBeUndefined();
  });

  it.each([
    ['dashboard', 'utc', 'UTC'],
    ['dashboard', 'Europe/Berlin', 'Europe/Berlin'],
    ['dashboard', '', 'Asia/Kathmandu'],
    ['tenant', 'utc', undefined],
    ['America/New_York', 'utc', 'America/New_York'],
  ])('with zone "%s" on a dashboard in "%s" sends %s', (timeZone, dashboardTimeZone, sent) => {
    expect(planQuery({ ...query, timeZone }, { ...context, dashboardTimeZone }).main.timeZone).toBe(sent);
  });

  it('leaves the zone to the tenant when the browser does not know its own', () => {
    expect(planQuery(query, { ...context, browserTimeZone: 'Etc/Unknown' }).main).not.toHaveProperty(
      'timeZone',
    );
  });

  it('applies dashboard filters that the KPI has, and says which it cannot', () => {
    const { main, unused } = planQuery(query, {
      ...context,
      adHocFilters: [
        { key: 'team', operator: '=|', value: 'a', values: ['a', 'b'] },
        { key: 'route', operator: '=', value: '/x' },
        { key: 'agent', operator: '<', value: '3' },
      ],
    });
    expect(main.filters).toEqual([{ dimension: 'team', operator: 'in', value: ['a', 'b'] }]);
    expect(unused).toEqual([
      'The dashboard filter on "route" is not used: this KPI has no such dimension.',
      'The dashboard filter on "agent" is not used: operator "<" is not known.',
    ]);
  });
});
