import {
  dateTime,
  type DataQueryRequest,
  type DataSourceInstanceSettings,
  type ScopedVars,
} from '@grafana/data';
import { setBackendSrv, setTemplateSrv, type BackendSrv, type TemplateSrv } from '@grafana/runtime';
import { firstValueFrom, of, throwError, type Observable } from 'rxjs';
import { AnalyticsDataSource } from './datasource';
import { defaultQuery } from './migrations';
import { kpi, totalAnswer } from './model/answer.fixture';
import { newQuery } from './model/new-query';
import { framesOf, pretend } from './model/pretend.fixture';
import { templateOf } from './model/template.fixture';
import type { AnalyticsJsonData, AnalyticsVariableQuery } from './types';
import { AnalyticsVariables } from './variables';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));

interface Sent {
  url: string;
  params?: Record<string, string>;
  data?: unknown;
}

const events = {
  ...kpi,
  id: 'events',
  unit: 'count',
  family: 'platform',
  dimensions: ['agent', 'team'],
  eventTypes: [],
};
const requests = { ...kpi, id: 'api_requests', family: 'api', dimensions: ['route'] };

function hostAnswering(
  values: string[],
  variables: Record<string, string | string[]> = {},
  failing?: Observable<never>,
) {
  const sent: Sent[] = [];
  const fetch = (request: Sent) => {
    sent.push(request);
    if (failing) {
      return failing;
    }
    if (request.url.endsWith('/kpis')) {
      return of({ data: { kpis: [kpi, events, requests] } });
    }
    const listed = {
      dimension: 'x',
      truncated: false,
      values: values.map((value) => ({ value, events: 1 })),
    };
    return of({ data: request.url.endsWith('/query') ? totalAnswer : listed });
  };
  setBackendSrv(pretend<BackendSrv>({ fetch }));
  const replace = (text: string, scoped: ScopedVars, format?: never) =>
    templateOf({ ...variables, ...textsOf(scoped) })(text, format);
  setTemplateSrv(pretend<TemplateSrv>({ replace, getVariables: () => [] }));
  return sent;
}

function textsOf(scoped: ScopedVars): Record<string, string> {
  return Object.fromEntries(
    Object.entries(scoped).map(([name, variable]) => [name, String(variable?.value)]),
  );
}

const settings = pretend<DataSourceInstanceSettings<AnalyticsJsonData>>({
  url: '/proxy/7',
  uid: 'x',
  jsonData: {},
});
const datasource = () => new AnalyticsDataSource(settings);
const range = { from: dateTime('2026-03-02T08:00:00Z'), to: dateTime('2026-03-02T10:00:00Z') };

async function choicesOf(query: unknown, scopedVars: ScopedVars = {}) {
  const request = { targets: [query], scopedVars, range: { ...range, raw: range } };
  const asked = new AnalyticsVariables(datasource()).query(
    pretend<DataQueryRequest<AnalyticsVariableQuery>>(request),
  );
  const [frame] = framesOf(await firstValueFrom(asked));
  return [frame?.fields[0]?.values, frame?.fields[1]?.values];
}

describe('variables', () => {
  it('lists KPIs by title, of a family that may be a variable', async () => {
    hostAnswering([], { family: 'api' });
    expect(await choicesOf('kpis')).toEqual([
      [kpi.title, kpi.title, kpi.title],
      [kpi.id, 'events', 'api_requests'],
    ]);
    expect(await choicesOf({ kind: 'kpis', family: '$family' })).toEqual([[kpi.title], ['api_requests']]);
  });

  it('lists the dimensions of a KPI', async () => {
    hostAnswering([], { kpi: 'api_requests' });
    expect(await choicesOf({ kind: 'dimensions', metric: '$kpi' })).toEqual([['route'], ['route']]);
  });

  it('takes several families and KPIs of a variable, and lists everything for "All"', async () => {
    const both = ['api_requests', 'events'];
    hostAnswering([], { families: ['api', 'platform'], kpis: both, all: ['$__all', 'api'] });
    const ids = async (query: object) => (await choicesOf(query))[1];
    expect(await ids({ kind: 'kpis', family: '$families' })).toEqual(['events', 'api_requests']);
    expect(await ids({ kind: 'kpis', family: '$all' })).toEqual([kpi.id, 'events', 'api_requests']);
    expect(await ids({ kind: 'dimensions', metric: '$kpis' })).toEqual([
      ...[...new Set([...events.dimensions, 'route'])].sort(),
    ]);
    await expect(choicesOf({ kind: 'dimensionValues', dimension: '$kpis' })).rejects.toThrow(
      'The dimension of a variable takes one value, and $kpis has 2: api_requests, events. Choose one of them.',
    );
  });

  it('lists teams without further words', async () => {
    const sent = hostAnswering(['core', 'web']);
    expect(await choicesOf('teams')).toEqual([
      ['core', 'web'],
      ['core', 'web'],
    ]);
    expect(sent[0]?.url).toBe('/proxy/7/metrics/v1/dimensions/team/values');
  });

  it('looks up what somebody types, within a prefix and a limit', async () => {
    const sent = hostAnswering(['core']);
    const query = { kind: 'dimensionValues', dimension: 'team', prefix: '$__searchFilter', limit: 5 };
    await choicesOf(query, { __searchFilter: { text: 'co', value: 'co' } });
    expect(sent[0]?.params).toEqual({ prefix: 'co', limit: '5' });
  });

  it('applies the limit after the expression', async () => {
    const sent = hostAnswering(['a-bot', 'b', 'c-bot', 'd-bot']);
    const query = { kind: 'dimensionValues', dimension: 'agent', regex: '^(.*)-bot$', limit: 2 };
    expect(await choicesOf(query)).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
    expect(sent[0]?.params).toEqual({ limit: '1000' });
  });

  it('cascades: only the values that go with other variables', async () => {
    const sent = hostAnswering([], { agent: ['a', 'b'] });
    const filters = [{ dimension: 'agent', operator: '=', value: '$agent' }];
    expect(await choicesOf({ kind: 'dimensionValues', dimension: 'team', filters })).toEqual([
      ['web', 'core'],
      ['web', 'core'],
    ]);
    expect(sent.at(-1)?.data).toMatchObject({
      metric: 'events',
      groupBy: ['team'],
      filters: [{ dimension: 'agent', operator: 'in', value: ['a', 'b'] }],
    });
  });

  it('lists all values while the other variable is "All"', async () => {
    const sent = hostAnswering(['core'], { agent: ['$__all', 'a', 'b'] });
    const filters = [{ dimension: 'agent', operator: '=', value: '$agent' }];
    await choicesOf({ kind: 'dimensionValues', dimension: 'team', filters });
    expect(sent.map(({ url }) => url)).not.toContain('/proxy/7/metrics/v1/query');
    expect(sent[0]?.url).toBe('/proxy/7/metrics/v1/dimensions/team/values');
  });

  it('asks for the catalogue meanwhile, which the panels want next', async () => {
    const sent = hostAnswering(['core']);
    await choicesOf('teams');
    expect(sent.map(({ url }) => url)).toEqual([
      '/proxy/7/metrics/v1/dimensions/team/values',
      '/proxy/7/metrics/v1/kpis',
    ]);
  });

  it('says in words why there are no choices', async () => {
    hostAnswering(
      [],
      {},
      throwError(() => ({ status: 502, data: '' })),
    );
    await expect(choicesOf('team')).rejects.toThrow('Grafana could not reach the metrics service');
  });
});

describe('dashboard filters', () => {
  const query = { ...defaultQuery, refId: 'A', metric: '$kpi' };

  it('offers the dimensions of the KPIs in the panels, and all of them where none is known', async () => {
    hostAnswering([], { kpi: 'api_requests' });
    expect(await datasource().getTagKeys({ filters: [], queries: [query] })).toEqual([{ text: 'route' }]);
    expect(await datasource().getTagKeys({ filters: [], queries: [] })).toEqual([
      { text: 'agent' },
      { text: 'route' },
      { text: 'team' },
    ]);
  });

  it('offers what only events have where a panel shows events', async () => {
    hostAnswering([], { kpi: 'api_requests' });
    const keys = await datasource().getTagKeys({ filters: [], queries: [query, newQuery('events', 'B')] });
    expect(keys.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['route', 'team', 'session', 'level']),
    );
    expect(await datasource().getTagValues({ key: 'level', filters: [] })).toEqual(
      ['info', 'warning', 'error'].map((text) => ({ text })),
    );
  });

  it('offers the values of the list, and with other filters those that go with them', async () => {
    const sent = hostAnswering(['core']);
    expect(await datasource().getTagValues({ key: 'team', filters: [] })).toEqual([{ text: 'core' }]);
    const filters = [{ key: 'agent', operator: '=', value: 'a' }];
    const timeRange = { ...range, raw: range };
    expect(await datasource().getTagValues({ key: 'team', filters, timeRange })).toEqual([
      { text: 'web' },
      { text: 'core' },
    ]);
    expect(sent.at(-1)?.data).toMatchObject({ filters: [{ dimension: 'agent', operator: '=', value: 'a' }] });
  });
});
