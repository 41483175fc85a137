import {
  defaultQuery,
  isReadable,
  migrateQuery,
  migrateVariableQuery,
  querySchemaVersion,
} from './migrations';
import { queryKinds } from './model/choices';
import { defaultSettings } from './model/saved-settings';

const today = { timeZone: 'dashboard', schemaVersion: querySchemaVersion };

describe('migrateQuery', () => {
  it('fills a query written by hand with the defaults', () => {
    expect(migrateQuery({ refId: 'B', metric: 'cost' })).toEqual({
      ...defaultQuery,
      refId: 'B',
      metric: 'cost',
    });
  });

  it('reads every field of a query of version 1', () => {
    const saved = {
      refId: 'A',
      datasource: { type: 'coditect-analytics-datasource', uid: 'x' },
      metric: 'agent_success_rate',
      groupBy: ['team', '$by'],
      filters: [{ dimension: 'team', operator: 'in', value: ['core', '$team'] }],
      interval: '1h',
      format: 'timeseries',
      compareTo: 'lastWeek',
      legend: '{{team}}',
      limit: 5,
      timeZone: 'Europe/Berlin',
      withTotal: true,
      schemaVersion: 1,
    };
    expect(migrateQuery(saved)).toEqual({ ...saved, kind: 'kpi', schemaVersion: querySchemaVersion });
  });

  it("understands the service's own spelling of a total and of a filter", () => {
    expect(
      migrateQuery({
        metric: 'api_requests',
        total: true,
        groupBy: ['route'],
        filters: [{ dimension: 'route', operator: 'regex', value: '^/api' }],
      }),
    ).toMatchObject({
      format: 'table',
      filters: [{ dimension: 'route', operator: '=~', value: '^/api' }],
    });
  });

  it("understands the operators of Grafana's own filters", () => {
    const filters = [
      { dimension: 'team', operator: '=|', value: ['a', 'b'] },
      { dimension: 'team', operator: '!=|', value: ['c'] },
    ];
    expect(migrateQuery({ metric: 'cost', filters })).toMatchObject({
      filters: [{ operator: 'in' }, { operator: 'not in' }],
    });
  });

  it('keeps every value of a filter: numbers, and the empty one', () => {
    const filters = [
      { dimension: 'statusCode', operator: '=', value: 500 },
      { dimension: 'statusCode', operator: 'in', value: [500, '503'] },
      { dimension: 'team', operator: 'not in', value: ['', 'core'] },
    ];
    expect(migrateQuery({ metric: 'api_requests', filters })).toMatchObject({
      filters: [{ ...filters[0], value: '500' }, { ...filters[1], value: ['500', '503'] }, filters[2]],
    });
  });

  it('reads the order and the totals of a table, and what is live', () => {
    const table = { orderBy: { column: 'team', direction: 'asc' }, withTotals: true };
    const live = { live: true, liveEveryMs: 2_000 };
    expect(migrateQuery({ metric: 'cost', format: 'table', ...table, ...live })).toMatchObject({
      ...table,
      ...live,
    });
    expect(migrateQuery({ metric: 'cost', orderBy: { column: 'team', direction: 'up' } })).toMatchObject({
      orderBy: { column: 'team', direction: 'desc' },
    });
    expect(migrateQuery({ metric: 'cost', orderBy: {}, live: 'yes' })).not.toHaveProperty('orderBy');
  });

  it('leaves an interval and a comparison to a dashboard variable', () => {
    expect(migrateQuery({ metric: 'cost', interval: '$step', compareTo: '${against}' })).toMatchObject({
      interval: '$step',
      compareTo: '${against}',
    });
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

  it.each(Object.entries(defaultSettings))(
    'starts an empty query of the kind %s with its defaults',
    (kind, settings) => {
      expect(migrateQuery({ refId: 'A', kind })).toEqual({ refId: 'A', kind, [kind]: settings, ...today });
    },
  );

  it.each([
    {
      kind: 'funnel',
      funnel: {
        filters: [{ dimension: 'team', operator: '=', value: '$team' }],
        steps: [
          { type: 'a', label: 'View', filters: [] },
          { filters: [{ dimension: 'agent', operator: 'in', value: ['x'] }] },
        ],
        windowMs: 3_600_000,
        breakdown: 'team',
        limit: 3,
      },
    },
    {
      kind: 'retention',
      retention: {
        filters: [],
        interval: '1M',
        periods: 3,
        mode: 'unbounded',
        cohort: 'firstInRange',
        start: { type: 'a', filters: [] },
        returning: { type: 'b', filters: [] },
      },
    },
    { kind: 'lifecycle', lifecycle: { filters: [], interval: '$step' } },
    {
      kind: 'paths',
      paths: { filters: [], by: 'tool', startsWith: '$tool', stepsMax: 3, gapMs: 60_000, limit: 5 },
    },
    { kind: 'seats', seats: { filters: [], interval: '1w', activeDays: 7 } },
    { kind: 'budget', budget: { filters: [], budget: 'all-teams' } },
    {
      kind: 'events',
      events: { filters: [], search: 'failed', order: 'oldestFirst', limit: 50, view: 'table' },
    },
    {
      kind: 'annotations',
      annotations: { kind: 'outages', filters: [], search: 'x', errorRate: 0, minutes: 15, limit: 9 },
    },
  ])('keeps every setting of the kind $kind', (saved) => {
    expect(migrateQuery({ refId: 'A', ...saved, ...today })).toEqual({ refId: 'A', ...saved, ...today });
  });

  it.each(queryKinds)('changes nothing in a query of the kind %s that it has read before', (kind) => {
    const once = migrateQuery({ refId: 'A', kind, metric: 'cost', legend: '{{team}}', withTotal: false });
    expect(migrateQuery(JSON.parse(JSON.stringify(once)))).toStrictEqual(once);
  });

  it.each([
    [
      { refId: 'C', metric: 'cost', schemaVersion: 3 },
      'saved by a later version of the data source (query 3)',
    ],
    [{ refId: 'C', kind: 'cohorts' }, 'no queries of the kind "cohorts"'],
    [{ refId: 'C', kind: 7 }, 'no queries of the kind "number"'],
  ])('refuses %j in words and leaves it alone', (saved, words) => {
    const before = JSON.stringify(saved);
    const read = migrateQuery(saved);
    expect(read).toMatchObject({ kind: 'unreadable', refId: 'C' });
    expect(read.kind === 'unreadable' ? read.reason : '').toContain(words);
    expect(isReadable(read)).toBe(false);
    expect(JSON.stringify(saved)).toBe(before);
  });
});

describe('migrateVariableQuery', () => {
  it.each([
    ['team', { kind: 'dimensionValues', dimension: 'team' }],
    ['kpis', { kind: 'kpis' }],
    ['teams', { kind: 'teams' }],
    [
      { kind: 'kpis', family: 'agents' },
      { kind: 'kpis', family: 'agents' },
    ],
    [
      { kind: 'dimensions', metric: '$kpi' },
      { kind: 'dimensions', metric: '$kpi' },
    ],
    [{ kind: 'teams' }, { kind: 'teams' }],
    [
      { kind: 'dimensionValues', dimension: 'team', prefix: 'a' },
      { kind: 'dimensionValues', dimension: 'team', prefix: 'a' },
    ],
    [
      {
        kind: 'dimensionValues',
        dimension: 'agent',
        regex: '^(.*)-bot$',
        limit: '20',
        filters: [{ dimension: 'team', operator: '=', value: '$team' }],
      },
      {
        kind: 'dimensionValues',
        dimension: 'agent',
        regex: '^(.*)-bot$',
        limit: 20,
        filters: [{ dimension: 'team', operator: '=', value: '$team' }],
      },
    ],
    [undefined, { kind: 'dimensionValues', dimension: '' }],
  ])('reads %j', (saved, query) => {
    expect(migrateVariableQuery(saved)).toEqual({ refId: 'coditect-variable', ...query });
  });
});
