import { of, throwError, type Observable } from 'rxjs';
import { createMetricsClient, type Fetcher } from './metrics-client';
import { kpi, totalAnswer } from './model/answer.fixture';
import { pretend } from './model/pretend.fixture';

type Request = Parameters<Fetcher['fetch']>[0];

function clientAnswering(answer: (request: Request) => Observable<{ data: unknown }>, now = { ms: 0 }) {
  const requests: Request[] = [];
  const fetch = (request: Request) => {
    requests.push(request);
    return answer(request);
  };
  // The answers are as untyped as those of a server.
  const fetcher = pretend<Fetcher>({ fetch });
  const client = createMetricsClient({ fetcher: () => fetcher, proxyUrl: '/proxy/7', nowMs: () => now.ms });
  return { client, requests };
}

describe('createMetricsClient', () => {
  it("asks through Grafana's data proxy and shows errors in the panel instead of a popup", () => {
    const { client, requests } = clientAnswering(() => of({ data: totalAnswer }));
    const seen: unknown[] = [];
    const query = { metric: 'cost', range: { from: 'a', to: 'b' }, total: true as const };
    client
      .query(query, { requestId: 'Q1-A', headers: { 'X-Panel-Id': '3' } })
      .subscribe((answer) => seen.push(answer));
    expect(requests[0]).toEqual({
      url: '/proxy/7/metrics/v1/query',
      method: 'POST',
      data: query,
      requestId: 'Q1-A',
      headers: { 'X-Panel-Id': '3' },
      showErrorAlert: false,
    });
    expect(seen).toEqual([totalAnswer]);
  });

  it('opens a stream where Grafana is, as its own page', () => {
    const opened: unknown[] = [];
    const fetcher = pretend<Fetcher>({
      chunked: (request: unknown) => {
        opened.push(request);
        return of({ data: undefined, ok: true, status: 200, statusText: '' });
      },
    });
    const host = { url: '/grafana', headers: { 'X-Grafana-Org-Id': '3' } };
    const client = createMetricsClient({
      fetcher: () => fetcher,
      proxyUrl: '/proxy/7',
      host,
      nowMs: () => 0,
    });
    const query = { metric: 'cost', range: { from: 'a', to: 'b' }, total: true as const };
    client.live({ query }, { requestId: 'Q', headers: { 'X-Panel-Id': '3' } })?.subscribe();
    expect(opened).toMatchObject([
      {
        url: '/grafana/proxy/7/metrics/v1/query/live',
        headers: { 'X-Grafana-Org-Id': '3', 'X-Panel-Id': '3' },
      },
    ]);
  });

  it('fails on a body that is not an answer of ours', () => {
    const { client } = clientAnswering(() => of({ data: '<html>' }));
    const query = { metric: 'cost', range: { from: 'a', to: 'b' }, total: true as const };
    const errors: unknown[] = [];
    client
      .query(query, { requestId: 'Q', headers: {} })
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(String(errors[0])).toContain('does not come from the metrics service');
  });

  it('asks the catalogue once a minute', async () => {
    const now = { ms: 0 };
    const { client, requests } = clientAnswering(() => of({ data: { kpis: [kpi] } }), now);
    expect(await client.kpis()).toEqual([kpi]);
    now.ms = 59_999;
    await client.kpis();
    expect(requests).toHaveLength(1);
    now.ms = 60_000;
    await client.kpis();
    expect(requests).toHaveLength(2);
  });

  it('forgets a catalogue that could not be read', async () => {
    const answers = [throwError(() => new Error('down')), of({ data: { kpis: [kpi] } })];
    const { client } = clientAnswering(() => answers.shift() ?? of({ data: {} }));
    await expect(client.kpis()).rejects.toThrow('down');
    expect(await client.kpis()).toEqual([kpi]);
  });

  it('escapes the name of a dimension', async () => {
    const { client, requests } = clientAnswering(() => of({ data: { values: [{ value: 'x', events: 1 }] } }));
    expect(await client.dimensionValues('a/b', 'x')).toEqual(['x']);
    expect(requests[0]).toMatchObject({
      url: '/proxy/7/metrics/v1/dimensions/a%2Fb/values',
      params: { prefix: 'x' },
    });
  });
});
