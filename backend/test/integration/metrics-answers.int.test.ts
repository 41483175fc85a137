import {
  dimensionValuesSchema,
  kpiListSchema,
  metricAnswerSchema,
  serviceStatusSchema,
  type MetricAnswer,
  type MetricQueryInput,
} from '@coditect/contracts';
import { kpiCatalogue } from '../../src/kpis/catalogue.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

const request = 'ai.coditect.api.request.completed.v1';
const at = (text: string): number => Date.parse(text);
const nowMs = at('2026-03-29T12:34:56Z');
const watermarkMs = at('2026-03-29T12:34:54Z');

function requests(
  count: number,
  time: string,
  route: string,
  tenantId = 'acme',
): ReturnType<typeof anEvent>[] {
  return Array.from({ length: count }, () =>
    anEvent({
      tenantId,
      type: request,
      route,
      method: 'GET',
      statusCode: 200,
      durationMs: 5,
      occurredAt: at(time),
      receivedAt: at(time) + 2_500,
    }),
  );
}

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs, watermarkMs });
  await world.store([
    ...requests(3, '2026-03-28T10:00:00Z', '/a'),
    ...requests(1, '2026-03-28T10:00:00Z', '/gone'),
    ...requests(5, '2026-03-29T10:00:00Z', '/a'),
    ...requests(2, '2026-03-29T11:00:00.999Z', '/b'),
    ...requests(1, '2026-03-29T12:00:00Z', '/c'),
    // Midnight of the 29th in Berlin is 23:00Z, of the 30th 22:00Z: these two are an hour apart and on either side.
    ...requests(1, '2026-03-29T21:59:59.999Z', '/late'),
    ...requests(1, '2026-03-29T22:00:00Z', '/next'),
    ...requests(7, '2026-03-29T10:00:00Z', '/secret', 'other'),
    anEvent({ userId: 'ada', team: 'red', occurredAt: at('2026-03-28T09:00:00Z') }),
    anEvent({ userId: 'bob', team: 'red', occurredAt: at('2026-03-29T09:00:00Z') }),
    anEvent({ userId: 'cy', team: 'blue', occurredAt: at('2026-03-29T09:00:00Z') }),
    anEvent({
      tenantId: 'other',
      userId: 'ada',
      team: 'black',
      agent: 'spy',
      occurredAt: at('2026-03-29T09:00:00Z'),
    }),
  ]);
});
afterAll(async () => {
  await world.close();
});

const day = { from: '2026-03-29T00:00:00Z', to: '2026-03-30T00:00:00Z' };
const perRoute = (overrides: Partial<MetricQueryInput>): Promise<MetricAnswer> =>
  world.ask({ metric: 'api_requests', range: day, total: true, groupBy: ['route'], ...overrides });

describe('answers', () => {
  it('say nothing of hours that have not begun, but for events whose clock is ahead', async () => {
    const { rows } = await world.ask({ metric: 'api_requests', range: day, interval: '1h' });
    const values = rows.map((row) => row.at(-1));
    expect(values.slice(0, 13)).toEqual([...Array.from({ length: 10 }, () => 0), 5, 2, 1]);
    expect(values.slice(13)).toEqual([...Array.from({ length: 8 }, () => null), 1, 1, null]);
  });

  it('order a total by value and carry what explains it', async () => {
    const answer = await perRoute({});
    expect(() => metricAnswerSchema.parse(answer)).not.toThrow();
    expect(answer.columns).toEqual([
      { name: 'route', type: 'string' },
      { name: 'value', type: 'number', unit: 'count' },
    ]);
    expect(answer.rows).toEqual([
      ['/a', 5],
      ['/b', 2],
      ['/c', 1],
      ['/late', 1],
      ['/next', 1],
    ]);
    expect(answer.meta).toMatchObject({
      metric: 'api_requests',
      unit: 'count',
      asOf: '2026-03-29T12:34:56.000Z',
      completeUntil: '2026-03-29T12:34:54.000Z',
      source: ['api_requests_per_quarter_v1'],
      timeZone: 'UTC',
      notices: [{ severity: 'info', code: 'period_incomplete' }],
    });
  });

  it('say that a series is complete up to its last finished bucket', async () => {
    const answer = await world.ask({ metric: 'api_requests', range: day, interval: '1h' });
    expect(answer.rows).toHaveLength(24);
    expect(answer.meta.completeUntil).toBe('2026-03-29T12:00:00.000Z');
    const past = await world.ask({
      metric: 'api_requests',
      range: { from: '2026-03-28T00:00:00Z', to: day.from },
      interval: '1h',
    });
    expect([past.meta.completeUntil, past.meta.notices]).toEqual(['2026-03-29T00:00:00.000Z', []]);
  });

  it('keep to the millisecond at both ends of the range', async () => {
    const range = { from: '2026-03-29T10:00:00.001Z', to: '2026-03-29T11:00:00.999Z' };
    expect(await world.askTotal({ metric: 'api_requests', range, total: true })).toBe(0);
    const wider = { from: '2026-03-29T10:00:00Z', to: '2026-03-29T11:00:01Z' };
    expect(await world.askTotal({ metric: 'api_requests', range: wider, total: true })).toBe(7);
  });

  it('show the greatest groups and say how many are left out', async () => {
    const total = await perRoute({ limit: 2, compareTo: 'previousPeriod' });
    expect(total.rows).toEqual([
      ['/a', 3, 5],
      ['/b', 0, 2],
    ]);
    expect(total.meta.notices.find(({ code }) => code === 'groups_truncated')?.text).toBe(
      '2 of 5 groups are shown, 3 are left out.',
    );
    const series = await perRoute({ limit: 1, interval: '1d', total: undefined });
    expect(series.rows).toEqual([['2026-03-29T00:00:00.000Z', '/a', 5]]);
  });

  it('set the period before beside each value, by group', async () => {
    const answer = await perRoute({ compareTo: 'previousPeriod' });
    expect(answer.meta.comparedTo).toEqual({
      from: '2026-03-28T00:00:00.000Z',
      to: '2026-03-29T00:00:00.000Z',
    });
    expect(answer.rows).toContainEqual(['/a', 3, 5]);
    expect(answer.rows).toContainEqual(['/gone', 1, 0]);
  });

  it('set the bucket before beside each bucket, by its number', async () => {
    const range = { from: '2026-03-29T10:00:00Z', to: '2026-03-29T12:00:00Z' };
    const answer = await world.ask({
      metric: 'api_requests',
      range,
      interval: '1h',
      compareTo: 'previousPeriod',
    });
    expect(answer.columns.map(({ name }) => name)).toEqual(['time', 'previous', 'value']);
    expect(answer.rows.map((row) => row.slice(1))).toEqual([
      [0, 5],
      [0, 2],
    ]);
  });

  it('begin days in the zone of the query, or else of the tenant', async () => {
    const berlin = {
      metric: 'api_requests',
      range: { from: '2026-03-28T23:00:00Z', to: '2026-03-30T22:00:00Z' },
      interval: '1d',
    } as const;
    const expected = [
      ['2026-03-28T23:00:00.000Z', 9],
      ['2026-03-29T22:00:00.000Z', 1],
    ];
    expect((await world.ask({ ...berlin, timeZone: 'Europe/Berlin' })).rows).toEqual(expected);
    expect((await world.ask(berlin, 'acme@Europe/Berlin')).rows).toEqual(expected);
    expect((await world.ask(berlin, 'acme@Europe/Berlin')).meta.timeZone).toBe('Europe/Berlin');
  });

  it('give active users as of now when the range reaches into the future', async () => {
    const range = { from: '2026-03-27T00:00:00Z', to: '2026-04-05T00:00:00Z' };
    expect(await world.askTotal({ metric: 'active_users_daily', range, total: true })).toBe(2);
    expect(await world.askTotal({ metric: 'active_users_weekly', range, total: true })).toBe(3);
    const byTeam = await world.ask({
      metric: 'active_users_weekly',
      range,
      total: true,
      groupBy: ['team'],
      limit: 1,
    });
    expect(byTeam.rows).toEqual([['red', 2]]);
    expect(byTeam.meta.source).toEqual(['user_days_v1', 'events_raw_v1']);
  });
});

describe('quantiles', () => {
  it('are the same from single events as from sketches', async () => {
    const latency = { metric: 'api_latency_p95', total: true } as const;
    const short = await world.ask({ ...latency, range: day });
    const long = await world.ask({ ...latency, range: { ...day, from: '2026-01-01T00:00:00Z' } });
    expect([short.meta.source, long.meta.source]).toEqual([
      ['events_raw_v1'],
      ['api_requests_per_quarter_v1'],
    ]);
    for (const { rows } of [short, long])
      expect(Math.abs(Number(rows[0]?.[0]) - 5)).toBeLessThanOrEqual(0.025);
  });

  it('are the value at the nearest rank, however few values there are', async () => {
    const counts = [1, 2, 3, 19, 20, 21, 40, 41, 100];
    const events = counts.flatMap((count) =>
      Array.from({ length: count }, (_, index) => ({
        ...anEvent({ tenantId: 'ranks', type: request, route: `/${count}`, durationMs: 100 + 10 * index }),
        occurredAt: at('2026-03-29T10:00:00Z'),
      })),
    );
    await world.store(events);
    const wanted = counts.map((count) => [`/${count}`, 100 + 10 * (Math.ceil((95 * count) / 100) - 1)]);
    for (const from of [day.from, '2026-01-01T00:00:00Z']) {
      const question: MetricQueryInput = {
        metric: 'api_latency_p95',
        total: true,
        groupBy: ['route'],
        range: { ...day, from },
      };
      const found = new Map(
        (await world.ask(question, 'ranks')).rows.map(([route, value]) => [route, value]),
      );
      for (const [route, value] of wanted)
        expect(Math.abs(Number(found.get(route ?? '')) / Number(value) - 1)).toBeLessThanOrEqual(0.005);
    }
  });

  it('warn of a time whose single events may be deleted', async () => {
    const range = { from: '2024-01-01T00:00:00Z', to: '2024-01-02T00:00:00Z' };
    const codes = async (interval: '1m' | '15m'): Promise<string[]> =>
      (await world.ask({ metric: 'cost', range, interval })).meta.notices.map(({ code }) => code);
    expect(await codes('1m')).toEqual(['raw_retention']);
    expect(await codes('15m')).toEqual([]);
  });
});

describe('tenants', () => {
  it('never see each other, whatever they ask', async () => {
    const questions: MetricQueryInput[] = [
      { metric: 'api_requests', range: day, total: true, groupBy: ['route'] },
      {
        metric: 'api_requests',
        range: { from: '2026-03-29T09:59:59.999Z', to: '2026-03-29T10:00:00.001Z' },
        total: true,
        groupBy: ['route', 'team'],
      },
      { metric: 'events', range: day, interval: '1h', groupBy: ['team', 'agent'] },
      { metric: 'active_users_monthly', range: day, interval: '1d', groupBy: ['team'] },
      { metric: 'api_requests', range: day, interval: '1h', groupBy: ['route'], limit: 2 },
    ];
    for (const question of questions) {
      const mine = JSON.stringify((await world.ask(question)).rows);
      const theirs = JSON.stringify((await world.ask(question, 'other')).rows);
      expect(mine).not.toMatch(/secret|black|spy/);
      expect(theirs).toMatch(/secret|black|spy/);
      expect(theirs).not.toMatch(/"\/[abc]"|red|blue/);
      expect((await world.ask(question, 'nobody')).rows).toEqual([]);
    }
    expect(JSON.stringify(await world.get('/v1/dimensions/route/values'))).not.toContain('secret');
    expect((await world.get('/v1/status', 'other')).body).toMatchObject({ tenant: 'other', events: 8 });
  });
});

describe('the other questions', () => {
  it('lists values of a dimension by prefix, the most frequent first', async () => {
    const { body } = await world.get('/v1/dimensions/route/values?limit=2');
    expect(dimensionValuesSchema.parse(body)).toEqual({
      dimension: 'route',
      values: [
        { value: '/a', events: 8 },
        { value: '/b', events: 2 },
      ],
      truncated: true,
    });
    const { body: some } = await world.get('/v1/dimensions/route/values?prefix=%2FL');
    expect(some).toEqual({ dimension: 'route', values: [{ value: '/late', events: 1 }], truncated: false });
    expect((await world.get('/v1/dimensions/colour/values')).status).toBe(404);
  });

  it('says how much is stored and how fresh it is', async () => {
    const { body } = await world.get('/v1/status', 'acme@Asia/Kolkata');
    expect(serviceStatusSchema.parse(body)).toMatchObject({
      service: 'metrics-service',
      tenant: 'acme',
      timeZone: 'Asia/Kolkata',
      events: 17,
      newestEventAt: '2026-03-29T22:00:00.000Z',
      newestReceivedAt: '2026-03-29T22:00:02.000Z',
      freshnessSeconds: 0,
      asOf: '2026-03-29T12:34:56.000Z',
    });
    expect((await world.get('/v1/status', 'nobody')).body).toMatchObject({
      events: 0,
      newestEventAt: null,
      newestReceivedAt: null,
      freshnessSeconds: null,
    });
  });

  it('lists the catalogue and describes itself', async () => {
    const { body } = await world.get('/v1/kpis');
    expect(kpiListSchema.parse(body).kpis).toHaveLength(kpiCatalogue.length);
    const document = (await world.get('/openapi.json')).body as { paths: object };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/v1/kpis',
        '/v1/query',
        '/v1/query/live',
        '/v1/analyses/funnel',
        '/v1/events/search',
        '/v1/events/volume',
        '/v1/annotations',
        '/v1/dimensions/{name}/values',
        '/v1/status',
        '/v1/goals',
      ]),
    );
    expect((await world.get('/readyz')).status).toBe(200);
  });
});
