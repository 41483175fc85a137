import {
  dateTime,
  LoadingState,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceInstanceSettings,
} from '@grafana/data';
import { setBackendSrv, setTemplateSrv, type BackendSrv, type TemplateSrv } from '@grafana/runtime';
import { firstValueFrom, Observable, of, Subject, throwError } from 'rxjs';
import { AnalyticsDataSource } from './datasource';
import { defaultQuery } from './migrations';
import { answerMeta, kpi, seriesAnswer, totalAnswer } from './model/answer.fixture';
import { foundEvents } from './model/event.fixture';
import { newQuery } from './model/new-query';
import { framesOf, pretend } from './model/pretend.fixture';
import { templateOf } from './model/template.fixture';
import type { AnalyticsJsonData, AnalyticsQuery, KpiQuery } from './types';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));

interface Sent {
  url: string;
  requestId?: string;
  data?: Record<string, unknown> & { groupBy?: string[] };
}
interface Piece {
  data: Uint8Array | undefined;
  ok: boolean;
  status: number;
}

function hostAnswering(answers: Record<string, (sent: Sent) => unknown>, pieces?: Subject<Piece>) {
  const sent: Sent[] = [];
  const streams = { opened: 0, open: 0 };
  let tellOpened: () => void;
  const opened = new Promise<void>((resolve) => (tellOpened = resolve));
  const fetch = (request: Sent) => {
    sent.push(request);
    const [, answer] = Object.entries(answers).find(([path]) => request.url.endsWith(path)) ?? [];
    const body = answer?.(request);
    return body instanceof Observable ? body : of({ data: body });
  };
  const chunked = (request: Sent) =>
    new Observable<Piece>((subscriber) => {
      sent.push(request);
      streams.opened += 1;
      streams.open += 1;
      const subscription = pieces?.subscribe(subscriber);
      tellOpened();
      return () => {
        streams.open -= 1;
        subscription?.unsubscribe();
      };
    });
  const template = templateOf({ team: ['core', 'web'], none: ['$__all'] });
  const replace = (text: string, _scoped: unknown, format?: string) => template(text, format);
  setBackendSrv(pretend<BackendSrv>({ fetch, ...(pieces && { chunked }) }));
  setTemplateSrv(pretend<TemplateSrv>({ replace, getVariables: () => [] }));
  return { sent, streams, opened };
}

const catalogue = { '/kpis': () => ({ kpis: [kpi] }) };
const settings = pretend<DataSourceInstanceSettings<AnalyticsJsonData>>({
  ...{ url: '/proxy/7', uid: 'x', name: 'Ours', jsonData: {} },
});
const datasource = () => new AnalyticsDataSource(settings);

function request(targets: AnalyticsQuery[], changed: Partial<DataQueryRequest<AnalyticsQuery>> = {}) {
  const from = dateTime('2026-03-02T08:00:00Z');
  const to = dateTime('2026-03-02T10:00:00Z');
  return {
    requestId: 'Q1',
    interval: '1m',
    intervalMs: 60_000,
    range: { from, to, raw: { from: 'now-2h', to: 'now' } },
    scopedVars: {},
    targets,
    timezone: 'utc',
    app: 'dashboard',
    startTime: 0,
    ...changed,
  } satisfies DataQueryRequest<AnalyticsQuery>;
}
const run = (...args: Parameters<typeof request>): Promise<DataQueryResponse> =>
  firstValueFrom(datasource().query(request(...args)));

const cost: KpiQuery = { ...defaultQuery, refId: 'A', metric: kpi.id };
const meta = { ...answerMeta, analysis: 'funnel' };
const empty = newQuery('funnel', 'A');
const steps = [{ type: 'a', filters: [] }, { filters: [] }];
const funnel = { ...empty, funnel: { ...empty.funnel, steps } };
const teamFilter = { dimension: 'team', operator: '=' as const, value: '$team' };

describe('the kinds of queries', () => {
  it('asks each kind at its own address and gives its frames', async () => {
    const analysis = () => ({ columns: [{ name: 'step', type: 'number' }], rows: [[1]], meta });
    const { sent } = hostAnswering({
      ...catalogue,
      '/analyses/funnel': analysis,
      '/analyses/seat-transitions': analysis,
      '/events/search': () => foundEvents,
      '/events/volume': () => ({ buckets: [], meta: foundEvents.meta }),
      '/annotations': () => ({ annotations: [], meta: foundEvents.meta }),
    });
    const events = newQuery('events', 'C');
    const { data, errors } = await run([
      { ...funnel, funnel: { ...funnel.funnel, filters: [teamFilter] } },
      newQuery('seatTransitions', 'B'),
      events,
      { ...events, refId: 'D', events: { ...events.events, view: 'table' } },
      { ...events, refId: 'E', events: { ...events.events, view: 'volume' } },
      newQuery('annotations', 'F'),
    ]);
    expect(errors).toBeUndefined();
    expect(data.map(({ refId, name }: DataFrame) => [refId, name])).toEqual([
      ['A', answerMeta.title],
      ['B', answerMeta.title],
      ['C', 'Events'],
      ['D', 'Events'],
      ...['info', 'warning', 'error'].map((level) => ['E', level]),
      ['F', 'Annotations'],
    ]);
    const asked = sent.find(({ url }) => url === '/proxy/7/metrics/v1/analyses/funnel');
    expect(asked?.data).toMatchObject({
      filters: [{ dimension: 'team', operator: 'in', value: ['core', 'web'] }],
      timeZone: 'UTC',
    });
  });

  it('asks for each KPI of a variable with several, and calls the series after them', async () => {
    const { sent } = hostAnswering({
      ...catalogue,
      '/query': ({ data }) => ({
        ...seriesAnswer,
        meta: { ...answerMeta, title: `The ${String(data?.['metric'])}` },
      }),
    });
    const saved = { ...cost, metric: '$team' };
    const response = await run([saved, { ...saved, refId: 'B', legend: '{{metric}} of {{team}}' }]);
    const asked = sent.filter(({ url }) => url.endsWith('/query'));
    expect(asked.map(({ data }) => data?.['metric'])).toEqual(['core', 'web', 'core', 'web']);
    // Requests of one id take each other's place.
    expect(new Set(asked.map(({ requestId }) => requestId)).size).toBe(4);
    expect(framesOf(response).map(({ refId, name }) => `${String(refId)} ${String(name)}`)).toEqual([
      ...['A The core, core', 'A The core, web', 'A The web, core', 'A The web, web'],
      ...['B The core of core', 'B The core of web', 'B The web of core', 'B The web of web'],
    ]);
    const [inExplore] = datasource().interpolateVariablesInQueries([saved], {});
    expect(framesOf(await run([inExplore ?? saved]))).toHaveLength(4);
  });

  it('shows the KPIs that can be had beside the error of one that cannot', async () => {
    hostAnswering({
      ...catalogue,
      '/query': ({ data }) =>
        data?.['metric'] === 'web'
          ? throwError(() => ({
              status: 400,
              data: { error: { code: 'kpi_unknown', reason: 'No such KPI' } },
            }))
          : totalAnswer,
    });
    const response = await run([{ ...cost, metric: '$team', format: 'table' }]);
    expect(framesOf(response).map(({ name }) => name)).toEqual([answerMeta.title]);
    expect(response.errors).toMatchObject([{ refId: 'A', message: 'No such KPI (kpi_unknown)' }]);
  });

  it('says so where a variable names no KPI, or too many', async () => {
    const { sent } = hostAnswering({ ...catalogue, '/query': () => seriesAnswer });
    const many = `{${Array.from({ length: 13 }, (_, index) => `kpi_${index}`).join(',')}}`;
    const { errors } = await run([
      { ...cost, metric: '$none' },
      { ...cost, refId: 'B', metric: many },
    ]);
    expect((errors ?? []).map(({ refId, message }) => `${String(refId)}: ${String(message)}`)).toEqual([
      'A: $none names no KPI. Choose one, or let "All" of the variable have no value of its own.',
      `B: A query asks for at most 12 KPIs, and ${many} names 13.`,
    ]);
    expect(sent.filter(({ url }) => url.endsWith('/query'))).toEqual([]);
  });

  it('says what a funnel lacks instead of showing no data', async () => {
    const { sent } = hostAnswering(catalogue);
    const short = { ...funnel, funnel: { ...funnel.funnel, steps: [{ type: 'a', filters: [] }] } };
    expect([datasource().filterQuery(short), datasource().filterQuery({ ...short, hide: true })]).toEqual([
      true,
      false,
    ]);
    const { data, errors } = await run([short]);
    expect([data, errors]).toMatchObject([
      [],
      [{ refId: 'A', message: 'A funnel has at least 2 steps, and this one has 1. Add what comes next.' }],
    ]);
    const fresh = await run([empty]);
    expect(fresh.errors?.[0]?.message).toMatch(/^No step of this funnel says what happens in it\. Choose/u);
    expect(sent).toEqual([]);
  });

  it('hands a query over to Explore as it is where it has no single value', () => {
    hostAnswering(catalogue);
    const saved = newQuery('funnel', 'A');
    const query = { ...saved, funnel: { ...saved.funnel, breakdown: '$team' } };
    expect(datasource().interpolateVariablesInQueries([query], {})).toEqual([query]);
  });

  it('keeps an error at the letter of its query, of whatever kind', async () => {
    hostAnswering({
      ...catalogue,
      '/analyses/funnel': () =>
        throwError(() => ({ status: 422, data: { error: { code: 'range_too_long', reason: 'Long.' } } })),
      '/query': () => seriesAnswer,
    });
    const unreadable = { ...cost, refId: 'C', schemaVersion: 99 };
    const { data, errors, state } = await run([funnel, { ...cost, refId: 'B' }, unreadable]);
    expect(data.map(({ refId }: DataFrame) => refId)).toEqual(['B', 'B']);
    expect(errors?.map(({ refId }) => refId)).toEqual(['A', 'C']);
    expect(errors?.[0]?.message).toBe('Long. (range_too_long)');
    expect(errors?.[1]?.message).toContain('later version');
    expect(state).toBe(LoadingState.Error);
  });

  it('asks the value over all groups for the last row of a table', async () => {
    const { sent } = hostAnswering({
      ...catalogue,
      '/query': ({ data }) =>
        data?.groupBy?.length
          ? totalAnswer
          : { ...totalAnswer, columns: totalAnswer.columns.slice(1), rows: [[18, 20, 0.5, 0.9]] },
    });
    const table: KpiQuery = {
      ...cost,
      format: 'table',
      groupBy: ['team'],
      withTotals: true,
      orderBy: { column: 'team', direction: 'asc' },
      limit: 1,
    };
    const [frame] = framesOf(await run([table]));
    expect(frame?.fields[0]?.values).toEqual(['core', 'Total']);
    expect(frame?.fields[4]?.values).toEqual([0.9, 0.9]);
    expect(frame?.fields[1]?.values).toEqual([9, 18]);
    // The service would keep the largest one, not the first of the order.
    expect(sent.filter(({ url }) => url.endsWith('/query')).map(({ data: body }) => body?.['limit'])).toEqual(
      [undefined, undefined],
    );
  });

  it('replaces variables for Explore, and leaves what it cannot read as it is', () => {
    hostAnswering({});
    const later = { ...cost, schemaVersion: 99 };
    const [read, left] = datasource().interpolateVariablesInQueries(
      [{ ...funnel, funnel: { ...funnel.funnel, filters: [teamFilter] } }, later],
      {},
    );
    expect(read).toMatchObject({ funnel: { filters: [{ operator: 'in', value: ['core', 'web'] }] } });
    expect(left).toBe(later);
  });

  it('tells the app that reports have no words for analyses', async () => {
    hostAnswering({ ...catalogue });
    const circumstances = {
      fromMs: 0,
      toMs: 1,
      timeZone: 'utc',
      maxDataPoints: 10,
      panelPluginId: 'table',
      adHocFilters: [],
      scopedVars: {},
    };
    const plans = await datasource().planQuestions([cost, funnel], circumstances);
    expect(plans[0]?.series?.metric).toBe(kpi.id);
    expect(plans[1]).toMatchObject({ refId: 'A' });
    expect(plans[1]?.unused[0]).toContain('export it as shown');
    expect(plans[1]).not.toHaveProperty('series');
  });
});

describe('live answers', () => {
  const encoder = new TextEncoder();
  const told = (answer: unknown): Piece => ({
    data: encoder.encode(`event: answer\ndata: ${JSON.stringify(answer)}\n\n`),
    ok: true,
    status: 200,
  });
  const lastValue = (response: DataQueryResponse): unknown =>
    framesOf(response)[0]
      ?.fields.find(({ name }) => name === 'value')
      ?.values.at(-1);

  async function listen(targets: AnalyticsQuery[], changed: Partial<DataQueryRequest<AnalyticsQuery>> = {}) {
    const pieces = new Subject<Piece>();
    const host = hostAnswering({ ...catalogue, '/query': () => totalAnswer }, pieces);
    const responses: DataQueryResponse[] = [];
    const waiting: Array<() => void> = [];
    const subscription = datasource()
      .query(request(targets, changed))
      .subscribe((response) => {
        responses.push(response);
        waiting.splice(0).forEach((go) => go());
      });
    const next = () => new Promise<void>((resolve) => waiting.push(resolve));
    return { ...host, pieces, responses, subscription, next };
  }

  it('updates the frame in place until nobody looks any more', async () => {
    const { pieces, responses, subscription, streams, sent, opened } = await listen([
      { ...cost, live: true },
    ]);
    await opened;
    expect(sent.at(-1)?.url).toMatch(/\/proxy\/7\/metrics\/v1\/query\/live$/);
    expect(sent.at(-1)).toMatchObject({
      data: { range: 'sliding', everyMs: 1_000, query: { metric: kpi.id } },
    });
    pieces.next(told(seriesAnswer));
    pieces.next(told({ ...seriesAnswer, rows: [['2026-03-02T09:00:00Z', 'core', 1, 4, null, 0.75]] }));
    expect(responses.map(lastValue)).toEqual([1, 0.75]);
    expect(responses.map(({ state, key }) => [state, key])).toEqual([
      [LoadingState.Streaming, 'Q1'],
      [LoadingState.Streaming, 'Q1'],
    ]);
    expect(responses.map((response) => framesOf(response)[0]?.refId)).toEqual(['A', 'A']);
    subscription.unsubscribe();
    expect(streams.open).toBe(0);
  });

  it('keeps what is on the screen while an update fails', async () => {
    const { pieces, responses, subscription, opened } = await listen([{ ...cost, live: true }]);
    await opened;
    pieces.next(told(seriesAnswer));
    const refusal = { error: { code: 'query_timeout', reason: 'Too slow.' } };
    pieces.next({
      data: encoder.encode(`event: refused\ndata: ${JSON.stringify(refusal)}\n\n`),
      ok: true,
      status: 200,
    });
    expect(responses.at(-1)?.errors).toMatchObject([{ refId: 'A', message: 'Too slow. (query_timeout)' }]);
    expect(responses.at(-1)?.data).toHaveLength(2);
    subscription.unsubscribe();
  });

  it('have the total of the same moment in them for a KPI panel', async () => {
    const { pieces, responses, subscription, opened, sent } = await listen([{ ...cost, live: true }], {
      panelPluginId: 'coditect-kpi-panel',
    });
    await opened;
    pieces.next(told({ ...seriesAnswer, totals: totalAnswer.rows }));
    pieces.next(told({ ...seriesAnswer, totals: [['core', 18, 20, 0.2, 0.95]] }));
    const metas = responses.map((response) => framesOf(response)[0]?.meta);
    expect(metas).toMatchObject([0.9, 0.95].map((value) => ({ custom: { total: { value } } })));
    // The stream is opened by other means than these.
    expect(sent.filter(({ url }) => url.endsWith('/query'))).toEqual([]);
    subscription.unsubscribe();
  });

  it('streams in the live view of Explore', async () => {
    const { subscription, opened, streams } = await listen([cost], { liveStreaming: true });
    await opened;
    expect(streams.open).toBe(1);
    subscription.unsubscribe();
  });

  it('answers once, and says so, where the range has ended', async () => {
    const range = { from: dateTime('2026-03-02T08:00:00Z'), to: dateTime('2026-03-02T10:00:00Z') };
    const { next, responses, streams } = await listen([{ ...cost, live: true }], {
      range: { ...range, raw: range },
    });
    await next();
    expect(streams.opened).toBe(0);
    expect(responses).toHaveLength(1);
    expect(responses[0]?.state).toBe(LoadingState.Done);
    const [first] = responses.flatMap(framesOf);
    expect(first?.meta?.notices).toMatchObject([
      { severity: 'info', text: 'Live answers need a range that ends with now.' },
    ]);
  });
});
