import { readFieldRole, readKpiFrameMeta, type KpiFrameMeta } from './frame-meta';
import { grafanaUnitOf } from './units';

const meta: KpiFrameMeta = {
  kind: 'coditect-kpi',
  metric: 'cost',
  title: 'Cost',
  unit: 'USD',
  direction: 'down',
  definition: 'Dollars spent.',
  owner: 'finance',
  formula: 'sum(costUsd)',
  asOf: '2026-03-02T10:00:00Z',
  completeUntil: '2026-03-02T09:59:00Z',
  source: ['t'],
  timeZone: 'UTC',
  compareTo: 'lastWeek',
  comparedTo: { from: 'a', to: 'b' },
  interval: '1h',
  total: { value: 3, previous: null },
  range: { from: 'c', to: 'd' },
  target: { name: 'q1', value: 5, from: '2026-01-01', by: '2026-03-31' },
  quality: { completeness: 1, lateness: null, difference: 0, daysWaiting: 2 },
};

describe('readKpiFrameMeta', () => {
  it('reads back what the data source wrote, after JSON too', () => {
    expect(readKpiFrameMeta(JSON.parse(JSON.stringify(meta)))).toEqual(meta);
  });

  it.each([[undefined], [null], ['x'], [{}], [{ kind: 'other', title: 'x' }]])(
    'takes %j for none of ours',
    (custom) => {
      expect(readKpiFrameMeta(custom)).toBeUndefined();
    },
  );

  it('takes no target without a number', () => {
    expect(readKpiFrameMeta({ ...meta, target: { name: 'q1', value: '5' } })).not.toHaveProperty('target');
  });

  it('keeps "no value" and "no comparison" apart', () => {
    expect(readKpiFrameMeta({ ...meta, total: { value: 'x' } })?.total).toEqual({ value: null });
  });
});

it('reads the role of our fields only', () => {
  expect(readFieldRole({ coditectRole: 'previous' })).toBe('previous');
  expect(readFieldRole({ coditectRole: 'x' })).toBeUndefined();
  expect(readFieldRole(undefined)).toBeUndefined();
});

it('has no format for a unit that it does not know', () => {
  expect(grafanaUnitOf('USD')).toBe('currencyUSD');
  expect(grafanaUnitOf('parsecs')).toBeUndefined();
  expect(grafanaUnitOf(undefined)).toBeUndefined();
});
