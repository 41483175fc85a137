import {
  dateTime,
  LoadingState,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
} from '@grafana/data';
import { setBackendSrv, setTemplateSrv, type BackendSrv, type TemplateSrv } from '@grafana/runtime';
import { firstValueFrom, Observable, of, throwError } from 'rxjs';
import { AnalyticsDataSource } from './datasource';
import { defaultQuery } from './migrations';
import { kpi, seriesAnswer, totalAnswer } from './model/answer.fixture';
import { pretend } from './model/pretend.fixture';
import type { AnalyticsJsonData, AnalyticsQuery, KpiQuery } from './types';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));

interface Request {
  url: string;
  data?: { metric: string; total?: boolean; withTotal?: boolean; groupBy?: string[] };
  headers?: Record<string, string>;
}

function hostAnswering(answer: (request: Request) => Observable<{ data: unknown }>) {
  const requests: Request[] = [];
  const fetch = (request: Request) => {
    requests.push(request);
    return request.url.endsWith('/kpis') ? of({ data: { kpis: [catalogued] } }) : answer(request);
  };
  // Only these members of the host's services are used.
  setBackendSrv(pretend<BackendSrv>({ fetch }));
  setTemplateSrv(pretend<TemplateSrv>({ replace: (text: string) => text, getVariables: () => [] }));
  return requests;
}

const catalogued = { ...kpi, eventTypes: ['ai.coditect.agent.run.finished.v1'] };

const settings = pretend<DataSourceInstanceSettings<AnalyticsJsonData>>({
  url: '/proxy/7',
  uid: 'x',
  jsonData: {},
});
const query = (refId: string, changed: Partial<KpiQuery> = {}): AnalyticsQuery => ({
  ...defaultQuery,
  refId,
  metric: 'agent_success_rate',
  ...changed,
});

function request(targets: AnalyticsQuery[], changed: Partial<DataQueryRequest<AnalyticsQuery>> = {}) {
  const from = dateTime('2026-03-02T08:00:00Z');
  const to = dateTime('2026-03-02T10:00:00Z');
  return {
    requestId: 'Q1',
    interval: '1m',
    intervalMs: 60_000,
    range: { from, to, raw: { from, to } },
    scopedVars: {},
    targets,
    timezone: 'utc',
    app: 'dashboard',
    startTime: 0,
    ...changed,
  } satisfies DataQueryRequest<AnalyticsQuery>;
}

const run = (...args: Parameters<typeof request>): Promise<DataQueryResponse> =>
  firstValueFrom(new AnalyticsDataSource(settings).query(request(...args)));

describe('AnalyticsDataSource', () => {
  it('gives frames for the queries that work and an error for the one that does not', async () => {
    hostAnswering(({ data }) =>
      data?.metric === 'nope'
        ? throwError(() => ({ status: 400, data: { error: { code: 'kpi_unknown', reason: 'No such KPI' } } }))
        : of({ data: seriesAnswer }),
    );
    const { data, errors, state } = await run([query('A'), query('B', { metric: 'nope' })]);
    expect(data.map(({ refId }: { refId: string }) => refId)).toEqual(['A', 'A']);
    expect(errors).toEqual([{ refId: 'B', message: 'No such KPI (kpi_unknown)', status: 400 }]);
    expect(state).toBe(LoadingState.Error);
  });

  it('says at the first frame what of the saved query could not be read', async () => {
    hostAnswering(() => of({ data: seriesAnswer }));
    const saved = pretend<AnalyticsQuery>({ ...query('A'), interval: '7m' });
    const { data } = await run([saved]);
    const text = 'Parts of the saved query can\'t be used: interval "7m" is read as "auto".';
    expect(data).toMatchObject([{ meta: { notices: [{ severity: 'warning', text }] } }, {}]);
    expect(JSON.stringify(data.slice(1))).not.toContain('7m');
  });

  it('asks for the total with the series, at once, for the KPI panel', async () => {
    const requests = hostAnswering(({ data }) =>
      of({ data: data?.withTotal ? { ...seriesAnswer, totals: totalAnswer.rows } : seriesAnswer }),
    );
    const { data } = await run([query('A')], { panelPluginId: 'coditect-kpi-panel' });
    expect(requests.filter(({ url }) => url.endsWith('/query'))).toHaveLength(1);
    expect(data).toMatchObject([{ meta: { custom: { total: { value: 0.9, previous: 0.2 } } } }, {}]);
  });

  it('says which dashboard and panel asked', async () => {
    const requests = hostAnswering(() => of({ data: seriesAnswer }));
    await run([query('A')], { dashboardUID: 'overview', panelId: 4 });
    expect(requests.at(-1)?.headers).toEqual({ 'X-Dashboard-Uid': 'overview', 'X-Panel-Id': '4' });
  });

  it('names no dashboard before it is saved, when Grafana has null for it', async () => {
    const requests = hostAnswering(() => of({ data: seriesAnswer }));
    await run([query('A')], pretend({ dashboardUID: null, panelId: 4 }));
    expect(requests.at(-1)?.headers).toEqual({ 'X-Panel-Id': '4' });
  });

  it('refuses an operator that there is not, at its place, and takes no other for it', async () => {
    const requests = hostAnswering(() => of({ data: seriesAnswer }));
    const filters = [{ dimension: 'team', operator: 'not-in', value: ['core'] }];
    const saved = query('A', { filters });
    const { data, errors } = await run([saved]);
    expect(data).toEqual([]);
    expect(errors).toMatchObject([
      {
        refId: 'A',
        message: 'filters[0].operator: there is no operator "not-in". There are =, !=, in, not in, =~, !~.',
      },
    ]);
    expect(requests.filter(({ url }) => url.endsWith('/query'))).toEqual([]);
    // Nor when it goes to Explore.
    expect(new AnalyticsDataSource(settings).interpolateVariablesInQueries([saved], {})).toMatchObject([
      { filters },
    ]);
  });

  it('asks nothing for hidden and for empty queries', async () => {
    const requests = hostAnswering(() => of({ data: seriesAnswer }));
    expect(await run([query('A', { hide: true }), query('B', { metric: '' })])).toEqual({
      data: [],
      state: LoadingState.Done,
    });
    expect(requests).toEqual([]);
  });

  it('still asks when the catalogue cannot be read', async () => {
    const requests = hostAnswering(() => of({ data: seriesAnswer }));
    setBackendSrv(
      pretend<BackendSrv>({
        fetch: (sent: Request) => {
          requests.push(sent);
          return sent.url.endsWith('/kpis')
            ? throwError(() => ({ status: 500 }))
            : of({ data: seriesAnswer });
        },
      }),
    );
    expect((await run([query('A')])).data).toHaveLength(2);
  });

  it('lets go of its requests when nobody listens any more', async () => {
    let isAborted = false;
    const pending = new Promise<void>((resolve) => {
      hostAnswering(() => {
        queueMicrotask(resolve);
        return new Observable<never>(() => () => (isAborted = true));
      });
    });
    const subscription = new AnalyticsDataSource(settings).query(request([query('A')])).subscribe();
    await pending;
    subscription.unsubscribe();
    expect(isAborted).toBe(true);
  });

  it('reports a failed test by its kind', async () => {
    hostAnswering(() =>
      throwError(() => ({ status: 403, data: { error: { code: 'scope_missing', reason: 'No' } } })),
    );
    expect(await new AnalyticsDataSource(settings).testDatasource()).toMatchObject({
      status: 'error',
      message: 'No (scope_missing)',
    });
  });

  it('offers the dimensions of the catalogue as dashboard filters', async () => {
    hostAnswering(() => of({ data: {} }));
    expect(await new AnalyticsDataSource(settings).getTagKeys()).toEqual([
      { text: 'agent' },
      { text: 'team' },
    ]);
  });
});
