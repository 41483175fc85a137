import { defaultQuery, migrateQuery, migrateVariableQuery } from './migrations';

describe('migrateQuery', () => {
  it('fills a query written by hand with the defaults', () => {
    expect(migrateQuery({ refId: 'B', metric: 'cost' })).toEqual({
      ...defaultQuery,
      refId: 'B',
      metric: 'cost',
    });
  });

  it("understands the service's own spelling of a total and of a filter", () => {
    const query = migrateQuery({
      metric: 'api_requests',
      total: true,
      groupBy: ['route'],
      filters: [{ dimension: 'route', operator: 'regex', value: '^/api' }],
    });
    expect(query.format).toBe('table');
    expect(query.filters).toEqual([{ dimension: 'route', operator: '=~', value: '^/api' }]);
  });

  it('keeps what Grafana adds to a query', () => {
    const datasource = { type: 'coditect-analytics-datasource', uid: 'x' };
    expect(migrateQuery({ refId: 'A', metric: 'cost', hide: true, key: 'k', datasource })).toMatchObject({
      hide: true,
      key: 'k',
      datasource,
    });
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [3],
    [[]],
    [{ groupBy: 7, filters: 'x', interval: '2h', limit: -1 }],
  ])('makes a usable query of %j', (saved) => {
    expect(migrateQuery(saved)).toEqual({ ...defaultQuery, refId: 'A' });
  });

  it('changes nothing in a query that it has read before', () => {
    const once = migrateQuery({ refId: 'A', metric: 'cost', legend: '{{team}}', limit: 5, withTotal: false });
    expect(migrateQuery(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});

describe('migrateVariableQuery', () => {
  it.each([
    ['team', { kind: 'dimensionValues', dimension: 'team' }],
    ['kpis', { kind: 'kpis' }],
    [{ kind: 'kpis' }, { kind: 'kpis' }],
    [
      { kind: 'dimensionValues', dimension: 'team', prefix: 'a' },
      { kind: 'dimensionValues', dimension: 'team', prefix: 'a' },
    ],
    [undefined, { kind: 'dimensionValues', dimension: '' }],
  ])('reads %j', (saved, query) => {
    expect(migrateVariableQuery(saved)).toEqual({ refId: 'coditect-variable', ...query });
  });
});
