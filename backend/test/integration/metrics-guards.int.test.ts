import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { kpiCatalogue } from '../../src/kpis/catalogue.js';
import { kpiDimensions } from '../../src/kpis/kpi.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(120_000);

const request = 'ai.coditect.api.request.completed.v1';
const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
const nowMs = Date.parse('2026-03-10T18:30:00Z');

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({
    nowMs,
    metrics: {
      pointsMax: 100,
      groupsMax: 3,
      bodyBytesMax: 4_096,
      dimensionValuesMax: 3,
    },
  });
  const routes = ['/a', '/b', '/c', '/d', '/e'];
  await world.store(
    routes.flatMap((route, index) =>
      Array.from({ length: index + 1 }, (_unused, nth) =>
        anEvent({
          type: request,
          route,
          method: 'GET',
          statusCode: 200,
          occurredAt: Date.parse('2026-03-10T12:00:00Z') + nth * 1_234,
        }),
      ),
    ),
  );
  await world.store([
    anEvent({
      tenantId: 'other',
      team: 'secret',
      type: request,
      route: '/secret',
      method: 'GET',
      statusCode: 500,
    }),
  ]);
});
afterAll(async () => {
  await world.close();
});

const query = (overrides: object): string =>
  JSON.stringify({ metric: 'api_requests', range, total: true, ...overrides });

describe('guards', () => {
  it.each([
    ['a body that is not JSON', '{"metric":', 400, 'body_not_json', ''],
    ['an empty body', '', 400, 'body_not_json', ''],
    ['a body that is not an object', '[]', 400, 'body_invalid', ''],
    ['a missing range', '{"metric":"events","total":true}', 400, 'body_invalid', '/range'],
    ['a field that does not exist', query({ colour: 1 }), 400, 'body_invalid', '/colour'],
    ['both interval and total', query({ interval: '1h' }), 400, 'body_invalid', '/interval'],
    [
      'a time that is none',
      query({ range: { ...range, from: 'yesterday' } }),
      400,
      'body_invalid',
      '/range/from',
    ],
    [
      'an interval that is none',
      query({ total: undefined, interval: '7m' }),
      400,
      'body_invalid',
      '/interval',
    ],
    [
      'an operator that is none',
      query({ filters: [{ dimension: 'route', operator: '<', value: 'x' }] }),
      400,
      'body_invalid',
      '/filters/0/operator',
    ],
    ['an unknown KPI', query({ metric: 'api_request' }), 422, 'metric_unknown', '/metric'],
    [
      'a KPI named like a part of every object',
      query({ metric: '__proto__' }),
      422,
      'metric_unknown',
      '/metric',
    ],
    ['an unknown dimension', query({ groupBy: ['route', 'rout'] }), 422, 'dimension_unknown', '/groupBy/1'],
    ['SQL for a dimension', query({ groupBy: ['route) FROM x --'] }), 422, 'dimension_unknown', '/groupBy/0'],
    [
      'a dimension that the KPI does not take',
      query({ groupBy: ['agent'] }),
      422,
      'dimension_not_allowed',
      '/groupBy/0',
    ],
    [
      'a filter that the KPI does not take',
      query({ filters: [{ dimension: 'agent', operator: '=', value: 'x' }] }),
      422,
      'dimension_not_allowed',
      '/filters/0/dimension',
    ],
    ['a dimension twice', query({ groupBy: ['route', 'route'] }), 422, 'dimension_repeated', '/groupBy/1'],
    [
      'a range that ends where it begins',
      query({ range: { from: range.from, to: range.from } }),
      422,
      'range_empty',
      '/range',
    ],
    [
      'a range that ends before it begins',
      query({ range: { from: range.to, to: range.from } }),
      422,
      'range_empty',
      '/range',
    ],
    [
      'a range before there was time',
      query({ range: { from: '1969-01-01T00:00:00Z', to: range.to } }),
      422,
      'range_out_of_bounds',
      '/range/from',
    ],
    [
      'a range of twenty years',
      query({ range: { from: '2006-01-01T00:00:00Z', to: range.to } }),
      422,
      'range_too_long',
      '/range',
      3_660,
    ],
    ['an unknown time zone', query({ timeZone: 'Europe/Atlantis' }), 422, 'time_zone_unknown', '/timeZone'],
    [
      'too many points',
      query({ total: undefined, interval: '1m' }),
      422,
      'too_many_points',
      '/interval',
      100,
    ],
    ['too many groups', query({ groupBy: ['route'] }), 422, 'too_many_groups', '/groupBy', 3],
    [
      'too many groups in a series',
      query({ total: undefined, interval: '1h', groupBy: ['route'] }),
      422,
      'too_many_groups',
      '/groupBy',
      3,
    ],
    [
      'an expression that is not RE2',
      query({
        filters: [
          { dimension: 'route', operator: '=', value: 'x' },
          { dimension: 'route', operator: '=~', value: '(' },
        ],
      }),
      400,
      'regex_invalid',
      '/filters/1/value',
    ],
    [
      'an hour of active users',
      query({ metric: 'active_users_daily', total: undefined, interval: '1h' }),
      422,
      'grain_not_available',
      '/interval',
    ],
    [
      'two years of single events',
      query({
        metric: 'api_error_rate',
        groupBy: ['team'],
        range: { ...range, from: '2024-01-01T00:00:00Z' },
      }),
      422,
      'grain_not_available',
      '/range',
      400,
    ],
    [
      'five minutes of agents, from single events',
      query({
        metric: 'agent_runs',
        total: undefined,
        interval: '5m',
        range: { from: '2026-03-10T00:00:00Z', to: '2026-03-10T08:00:00Z' },
        groupBy: [],
      }),
      200,
      undefined,
      undefined,
    ],
    [
      'a body over the limit',
      query({
        filters: [
          {
            dimension: 'route',
            operator: 'in',
            value: Array.from({ length: 900 }, (_unused, i) => `/route/${i}`),
          },
        ],
      }),
      413,
      'body_too_large',
      '',
      4_096,
    ],
  ] as const)('answers %s', async (_case, body, status, code, pointer, ...[limit]: number[]) => {
    const answer = await world.post(body);
    expect(answer.status).toBe(status);
    if (code === undefined) return;
    expect(answer.body.error).toMatchObject({ code, pointer, ...(limit !== undefined && { limit }) });
    expect(answer.body.error.reason).toMatch(/^.{10,}\.$/s);
  });

  it('says how a number is filtered by', async () => {
    const filters = [{ dimension: 'statusCode', operator: '=', value: 200 }];
    const { error } = (await world.post(query({ filters }))).body;
    expect(error).toMatchObject({ code: 'body_invalid', pointer: '/filters/0/value' });
    expect(error.reason).toContain('such as "200"');
  });

  it('names the KPI that was probably meant', async () => {
    const answer = await world.post(query({ metric: 'api_request' }));
    expect(answer.body.error.reason).toContain('"api_requests"');
  });

  it('reads a compressed body within the same limit', async () => {
    const authorization = 'Bearer acme';
    const good = await world.post(gzipSync(query({})), { authorization, 'content-encoding': 'gzip' });
    expect(good.status).toBe(200);
    const bomb = await world.post(gzipSync(Buffer.alloc(10_000_000)), {
      authorization,
      'content-encoding': 'gzip',
    });
    expect(bomb).toMatchObject({ status: 413, body: { error: { code: 'body_too_large', limit: 4_096 } } });
    const torn = await world.post(gzipSync(query({})).subarray(0, 20), {
      authorization,
      'content-encoding': 'gzip',
    });
    expect(torn).toMatchObject({ status: 400, body: { error: { code: 'request_invalid' } } });
    const odd = await world.post(query({}), { authorization, 'content-encoding': 'zip' });
    expect(odd).toMatchObject({ status: 415, body: { error: { code: 'encoding_unsupported' } } });
  });

  it('wants a key before it reads a body', async () => {
    const answer = await world.post('x'.repeat(10_000), {});
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'key_missing' } } });
  });

  it('gives no 500 on any question', async () => {
    // The unit `binary` takes seconds to be built, in which nothing else runs, the service included.
    const codePoint = fc.integer({ min: 0, max: 0x10_ffff }).map((point) => String.fromCodePoint(point));
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: codePoint }),
      fc.constantFrom("'", '\\', '\0', '{p0:String}', '(', '[[:x:]]', 'a{1001}', '\ud800'),
    );
    const time = fc.oneof(
      fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('2106-01-01') })
        .map((date) => date.toISOString()),
      texts,
    );
    const filter = fc.record({
      dimension: fc.oneof(fc.constantFrom(...kpiDimensions), texts),
      operator: fc.constantFrom('=', '!=', 'in', 'not in', '=~', '!~', 'x'),
      value: fc.oneof(texts, fc.array(texts)),
    });
    const anyQuery = fc.record(
      {
        metric: fc.oneof(fc.constantFrom(...kpiCatalogue.map((kpi) => kpi.id)), texts),
        range: fc.oneof(fc.constant(range), fc.record({ from: time, to: time })),
        interval: fc.constantFrom('1m', '15m', '1h', '1d', '1w', '1M', '2d'),
        total: fc.constantFrom(true, false),
        groupBy: fc.array(fc.oneof(fc.constantFrom(...kpiDimensions), texts), { maxLength: 2 }),
        filters: fc.array(filter, { maxLength: 3 }),
        timeZone: fc.oneof(
          fc.constantFrom('Asia/Kathmandu', 'Australia/Lord_Howe', 'Africa/Monrovia', 'Pacific/Apia'),
          texts,
        ),
        compareTo: fc.constantFrom('previousPeriod', 'lastWeek', 'lastMonth', 'lastYear', 'none'),
        limit: fc.integer({ min: -1, max: 10 }),
      },
      { requiredKeys: ['metric', 'range'] },
    );
    const body = fc.oneof(
      { weight: 4, arbitrary: anyQuery.map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.json() },
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const answer = await world.post(text);
        if (answer.status >= 500) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      }),
      { numRuns: 300, seed: 20_260_310 },
    );
  });

  it('gives no 500 on any path or parameter', async () => {
    const bad = [
      '/v1/dimensions/%E0%A4%A/values',
      '/v1/dimensions/route/values?limit=x',
      '/v1/dimensions/route/values?prefix=a&prefix=b',
      '/v1/dimensions/__proto__/values',
      '/v1/nothing',
    ];
    for (const path of bad) {
      const { status } = await world.get(path);
      expect([path, status >= 400 && status < 500]).toEqual([path, true]);
    }
  });
});
