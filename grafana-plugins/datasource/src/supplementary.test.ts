import { SupplementaryQueryType } from '@grafana/data';
import { defaultQuery } from './migrations';
import { kpi } from './model/answer.fixture';
import { newQuery } from './model/new-query';
import { supplementaryQuery, supportedSupplements } from './supplementary';
import type { KpiQuery } from './types';

const events = newQuery('events', 'A');
const filters = [{ dimension: 'team', operator: '=' as const, value: '$team' }];
const cost: KpiQuery = { ...defaultQuery, refId: 'A', metric: kpi.id, filters };
const kpis = [{ ...kpi, eventTypes: ['run.v1'] }];
const volume = { type: SupplementaryQueryType.LogsVolume } as const;
const sample = { type: SupplementaryQueryType.LogsSample, limit: 20 } as const;

it('offers both kinds', () => {
  expect(supportedSupplements()).toEqual(['LogsVolume', 'LogsSample']);
});

it('counts the events of a log by level', () => {
  const query = { ...events, events: { ...events.events, filters, search: 'failed' } };
  expect(supplementaryQuery(volume, query, kpis)).toEqual({
    ...query,
    refId: 'log-volume-A',
    events: { ...query.events, view: 'volume' },
  });
});

it('samples the events behind a KPI', () => {
  expect(supplementaryQuery(sample, cost, kpis)).toMatchObject({
    refId: 'log-sample-A',
    kind: 'events',
    events: {
      view: 'logs',
      limit: 20,
      filters: [{ dimension: 'type', operator: '=', value: 'run.v1' }, ...filters],
    },
  });
});

it('has nothing beside other answers', () => {
  expect(supplementaryQuery(volume, cost, kpis)).toBeUndefined();
  expect(supplementaryQuery(sample, events, kpis)).toBeUndefined();
  expect(supplementaryQuery(sample, cost, [kpi])).toBeUndefined();
  expect(supplementaryQuery(sample, { ...cost, hide: true }, kpis)).toBeUndefined();
  expect(
    supplementaryQuery(volume, { ...events, events: { ...events.events, view: 'table' } }, kpis),
  ).toBeUndefined();
});
