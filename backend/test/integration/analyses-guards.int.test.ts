import { anEvent } from '../../src/testkit/an-event.js';
import { analyse, opened, ran, refuseAnalysis } from './analyses-world.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(120_000);

const nowMs = Date.UTC(2026, 2, 20);
const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-20T00:00:00Z' };
const steps = [{ type: opened }, { type: ran }];
const kinds = ['funnel', 'retention', 'lifecycle', 'paths'] as const;
const smallest = {
  funnel: { range, steps },
  retention: { range },
  lifecycle: { range },
  paths: { range },
} as const;

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({
    nowMs,
    metrics: { pointsMax: 100, filterValuesMax: 3, bodyBytesMax: 4_096 },
  });
  await world.store([
    anEvent({ userId: 'ada', type: opened }),
    anEvent({ userId: 'ada', type: ran, occurredAt: Date.UTC(2026, 2, 10, 13) }),
    anEvent({ tenantId: 'other', userId: 'ada', type: opened, team: 'secret' }),
    anEvent({ tenantId: 'other', userId: 'eve', type: opened, team: 'secret' }),
    anEvent({
      tenantId: 'other',
      userId: 'eve',
      type: ran,
      team: 'secret',
      occurredAt: Date.UTC(2026, 2, 11),
    }),
    // Received two years ago, when nobody was asked about yet.
    anEvent({ tenantId: 'old', userId: 'ada', type: opened, receivedAt: Date.UTC(2024, 2, 10) }),
  ]);
});
afterAll(async () => {
  await world.close();
});

const body = (query: object): string => JSON.stringify(query);
const filter = (dimension: string, value: unknown = 'x', operator = '=') => ({ dimension, operator, value });

describe('guards of analyses', () => {
  it.each([
    ['funnel', '{"range":', 400, 'body_not_json', ''],
    ['funnel', body({ range }), 400, 'body_invalid', '/steps'],
    ['funnel', body({ range, steps: [{ type: opened }] }), 400, 'body_invalid', '/steps'],
    ['funnel', body({ range, steps: [...steps, { typ: ran }] }), 400, 'body_invalid', '/steps/2/typ'],
    ['funnel', body({ range, steps, windowMs: 1 }), 400, 'body_invalid', '/windowMs'],
    ['funnel', body({ range, steps, breakdown: 'user' }), 422, 'dimension_unknown', '/breakdown'],
    [
      'funnel',
      body({ range, steps: [...steps, { filters: [filter('team'), filter('taem')] }] }),
      422,
      'dimension_unknown',
      '/steps/2/filters/1/dimension',
    ],
    [
      'funnel',
      body({ range, steps: [...steps, { filters: [filter('team', '(', '=~')] }] }),
      400,
      'regex_invalid',
      '/steps/2/filters/0/value',
    ],
    [
      'funnel',
      body({ range, steps, filters: [filter('team', ['a', 'b', 'c', 'd'], 'in')] }),
      422,
      'too_many_filter_values',
      '/filters/0/value',
      3,
    ],
    [
      'funnel',
      body({ range: { ...range, from: '2024-03-01T00:00:00Z' }, steps }),
      422,
      'grain_not_available',
      '/range',
      400,
    ],
    ['retention', body({ range, interval: '1h' }), 400, 'body_invalid', '/interval'],
    ['retention', body({ range, periods: 61 }), 400, 'body_invalid', '/periods'],
    ['retention', body({ range: { from: range.to, to: range.from } }), 422, 'range_empty', '/range'],
    [
      'retention',
      body({ range: { ...range, from: '2025-03-01T00:00:00Z' }, interval: '1d' }),
      422,
      'too_many_points',
      '/interval',
      100,
    ],
    [
      'retention',
      body({ range: { ...range, from: '2024-03-01T00:00:00Z' }, start: { type: opened }, interval: '1M' }),
      422,
      'grain_not_available',
      '/range',
      400,
    ],
    [
      'retention',
      body({ range, returning: { filters: [filter('x')] } }),
      422,
      'dimension_unknown',
      '/returning/filters/0/dimension',
    ],
    ['lifecycle', body({ range, timeZone: 'Europe/Atlantis' }), 422, 'time_zone_unknown', '/timeZone'],
    [
      'lifecycle',
      body({ range, filters: [filter('domain', '(', '!~')] }),
      400,
      'regex_invalid',
      '/filters/0/value',
    ],
    ['paths', body({ range, by: 'user_id) FROM x --' }), 422, 'dimension_unknown', '/by'],
    ['paths', body({ range, stepsMax: 11 }), 400, 'body_invalid', '/stepsMax'],
    [
      'paths',
      body({ range: { from: '2010-01-01T00:00:00Z', to: range.to } }),
      422,
      'range_too_long',
      '/range',
      3_660,
    ],
    [
      'paths',
      body({ range, startsWith: 'x'.repeat(256), by: 'y'.repeat(5_000) }),
      413,
      'body_too_large',
      '',
      4_096,
    ],
  ] as const)(
    'answers %s of %s with %i %s',
    async (kind, text, status, code, pointer, ...[limit]: number[]) => {
      const answer = await refuseAnalysis(world, kind, text);
      expect(answer).toMatchObject({
        status,
        error: { code, pointer, ...(limit !== undefined && { limit }) },
      });
      expect(answer.error.reason).toMatch(/^.{10,}\.$/s);
    },
  );

  it('names the analyses that there are', async () => {
    for (const name of ['funnels', '__proto__', 'constructor']) {
      const { status, error } = await refuseAnalysis(world, name, body(smallest.paths));
      expect([name, status, error.code]).toEqual([name, 404, 'analysis_unknown']);
      expect(error.reason).toContain('funnel, retention, lifecycle, paths');
    }
  });

  it.each(kinds)('wants a key of the right scope before it reads a body of %s', async (kind) => {
    const answer = await refuseAnalysis(world, kind, 'x'.repeat(10_000), {});
    expect(answer).toMatchObject({ status: 401, error: { code: 'key_missing' } });
    const sender = { authorization: 'Bearer sender' };
    const other = await refuseAnalysis(world, kind, body(smallest[kind]), sender);
    expect(other).toMatchObject({ status: 403, error: { code: 'scope_missing' } });
  });

  it('never looks at users of another tenant, whatever is asked', async () => {
    const secret = { filters: [filter('team', 'secret')] };
    const funnel = await analyse(world, 'funnel', smallest.funnel);
    expect(funnel.rows.map((row) => row[2])).toEqual([1, 1]);
    const nobody = await analyse(world, 'funnel', { ...smallest.funnel, ...secret });
    expect(nobody.rows.map((row) => row[2])).toEqual([0, 0]);
    const split = await analyse(world, 'funnel', { ...smallest.funnel, breakdown: 'team' });
    expect(split.rows.map((row) => row[0])).toEqual(['', '']);
    for (const start of [{}, { type: opened }]) {
      const { rows } = await analyse(world, 'retention', { ...smallest.retention, start });
      expect(Math.max(...rows.map((row) => Number(row[1])))).toBe(1);
    }
    for (const filters of [[], [filter('type', opened)]]) {
      const { rows } = await analyse(world, 'lifecycle', { range, filters });
      expect(rows.map((row) => row[1])).toEqual([0, 0, 1, 0]);
    }
    const paths = await analyse(world, 'paths', { ...smallest.paths, by: 'team' });
    expect(paths.rows).toEqual([]);
    const others = await analyse(world, 'paths', { ...smallest.paths, by: 'team' }, 'other');
    expect(others.rows.map((row) => [row[0], row[3]])).toEqual([['secret', 3]]);
  });

  it('says that first times may lie before what is kept, where they may', async () => {
    const codes = async (query: object): Promise<readonly string[]> =>
      (await analyse(world, 'retention', query, 'old')).meta.notices
        .map(({ code }) => code)
        .filter((code) => code !== 'period_incomplete');
    expect(await codes({ range, start: { type: opened } })).toEqual(['first_times_cut']);
    // Days of users are kept for five years.
    expect(await codes({ range })).toEqual([]);
    expect(await codes({ range, start: { type: opened }, cohort: 'firstInRange' })).toEqual([]);
  });

  it('keeps an answer for a moment, and tells how old it is', async () => {
    const ask = (headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${world.url}/v1/analyses/paths`, {
        method: 'POST',
        headers: { authorization: 'Bearer acme', ...headers },
        body: body({ ...smallest.paths, limit: 7 }),
      });
    const first = await ask();
    expect(first.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/);
    const again = await ask({ 'cache-control': 'no-cache' });
    expect(await again.json()).toEqual(await first.json());
  });
});
