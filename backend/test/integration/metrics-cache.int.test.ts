import { Writable } from 'node:stream';
import { metricAnswerSchema, type MetricQueryInput } from '@coditect/contracts';
import { z } from 'zod';
import { pino } from 'pino';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(60_000);

const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
const endMs = Date.parse(range.to);
const query: MetricQueryInput = { metric: 'events', range, total: true };
const event = (tenantId = 'acme') => anEvent({ tenantId, occurredAt: endMs - 1 });

let world: MetricsWorld;
let nowMs = 0;
let lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(z.record(z.string(), z.unknown()).parse(JSON.parse(chunk.toString())));
      done();
    },
  });
  world = await openMetricsWorld({
    metrics: { cacheBytesMax: 10_000_000 },
    now: () => nowMs,
    watermarkMs: endMs + 3_600_000,
    logger: pino({ level: 'info' }, stream),
  });
});
afterAll(async () => {
  await world.close();
});
beforeEach(() => {
  nowMs = endMs + 86_400_000;
  lines = [];
});

async function ask(
  path: string,
  question: object,
  { tenant = 'acme', headers = {} }: { tenant?: string; headers?: Record<string, string> } = {},
) {
  const answer = await world.postTo(path, question, tenant, headers);
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  const [age, control] = ['age', 'cache-control'].map((name) => answer.headers.get(name));
  return { body: answer.body, age, control };
}
const valueOf = (answer: { body: unknown }): unknown => metricAnswerSchema.parse(answer.body).rows[0]?.at(-1);
const readAtOf = (answer: { body: unknown }): string => metricAnswerSchema.parse(answer.body).meta.asOf;

describe('kept answers', () => {
  it('are given for a minute where the range ended an hour ago, with their age and the time of the read', async () => {
    await world.store([event()]);
    const first = await ask('/v1/query', query);
    expect([valueOf(first), first.age, first.control]).toEqual([1, '0', 'private, max-age=60']);
    await world.store([event()]);
    const readAt = new Date(nowMs).toISOString();
    nowMs += 59_999;
    const kept = await ask('/v1/query', query);
    expect([valueOf(kept), kept.age, readAtOf(kept)]).toEqual([1, '59', readAt]);
    nowMs += 1;
    const fresh = await ask('/v1/query', query);
    expect([valueOf(fresh), fresh.age, readAtOf(fresh)]).toEqual([2, '0', new Date(nowMs).toISOString()]);
  });

  it('are given for a second where the range reaches nearer', async () => {
    const near = { ...query, range: { ...range, to: '2026-03-11T00:00:00.001Z' } };
    const first = await ask('/v1/query', near);
    expect(first.control).toBe('private, max-age=1');
    await world.store([event()]);
    nowMs += 999;
    expect(valueOf(await ask('/v1/query', near))).toBe(valueOf(first));
    nowMs += 1;
    expect(valueOf(await ask('/v1/query', near))).toBe(Number(valueOf(first)) + 1);
  });

  it.each(['no-cache', 'max-age=0', 'foo, No-Cache'])('are passed by for %s', async (control) => {
    const before = await ask('/v1/query', query);
    await world.store([event()]);
    const fresh = await ask('/v1/query', query, { headers: { 'cache-control': control } });
    expect(valueOf(fresh)).toBeGreaterThan(Number(valueOf(before)));
    expect(valueOf(await ask('/v1/query', query))).toBe(valueOf(fresh));
  });

  it('are of the tenant that asked, whoever asks the same', async () => {
    await world.store([event('one'), event('two'), event('two')]);
    const values = [];
    for (const tenant of ['one', 'two', 'nobody', 'one', 'two', 'nobody']) {
      values.push(valueOf(await ask('/v1/query', query, { tenant })));
    }
    expect(values).toEqual([1, 2, 0, 1, 2, 0]);
  });

  it('are of the time zone of the tenant', async () => {
    const days = { ...query, total: undefined, interval: '1d' };
    const zones = ['Asia/Tokyo', 'America/New_York'];
    const starts = [];
    for (const zone of zones) {
      const { body } = await ask('/v1/query', days, { tenant: `acme@${zone}` });
      starts.push(metricAnswerSchema.parse(body).rows[0]?.[0]);
    }
    expect(starts).toEqual(['2026-03-09T15:00:00.000Z', '2026-03-09T04:00:00.000Z']);
  });

  it.each([
    ['/v1/events/volume', { range, interval: '1h' }],
    ['/v1/annotations', { range, kind: 'events' }],
    ['/v1/analyses/paths', { range }],
  ])('are there for %s, too', async (path, question) => {
    const first = await ask(path, question);
    nowMs += 5_000;
    const kept = await ask(path, question);
    expect([kept.age, kept.control, kept.body]).toEqual(['5', 'private, max-age=60', first.body]);
  });

  it.each([
    ['/v1/analyses/lifecycle', { interval: '1w' }],
    ['/v1/analyses/lifecycle', { interval: '1M' }],
    ['/v1/analyses/seats', {}],
    ['/v1/query', { metric: 'seats_assigned', interval: '1w' }],
    ['/v1/query', { metric: 'new_users', total: true }],
    ['/v1/analyses/seat-transitions', {}],
    ['/v1/annotations', { kind: 'outages', minutes: 1_440 }],
  ])('are given for a second by %s %j, whose last period goes on after the range', async (path, more) => {
    const reachesInto = { range: { ...range, to: '2026-03-10T12:00:00Z' }, ...more };
    const { headers, status } = await world.postTo(path, reachesInto, 'acme');
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, max-age=1']);
  });

  it('are not there for a search: its pages are read as they are', async () => {
    const { age, control } = await ask('/v1/events/search', { range });
    expect([age, control]).toEqual([null, 'private, no-store']);
  });

  it('are counted', async () => {
    const text = await world.telemetry.registry.metrics();
    expect(text).toMatch(/coditect_answer_cache_total\{outcome="hit"\} [1-9]/);
    expect(text).toMatch(/coditect_answer_cache_total\{outcome="miss"\} [1-9]/);
    expect(text).toMatch(/coditect_answer_cache_total\{outcome="bypassed"\} 3/);
    expect(text).toMatch(/coditect_answer_cache_bytes [1-9]/);
  });
});

describe('the log of requests', () => {
  const headers = { 'x-dashboard-uid': 'adoption\u00e9; drop', 'x-panel-id': '7' };
  const requests = () => lines.filter(({ msg }) => msg === 'request answered');

  it.each([
    ['/v1/query', query, 200],
    ['/v1/query', { ...query, metric: 'x' }, 422],
    ['/v1/query/live', {}, 400],
    ['/v1/events/search', { range }, 200],
    ['/v1/events/volume', { range, interval: '1d' }, 200],
    ['/v1/annotations', { range, kind: 'licences' }, 200],
    ['/v1/analyses/paths', { range }, 200],
  ])('names tenant, dashboard and panel of %s', async (path, question, status) => {
    await world.postTo(path, question, 'acme', headers);
    await eventually(() => {
      expect(requests()).toMatchObject([
        {
          path,
          method: 'POST',
          status,
          tenantId: 'acme',
          dashboardUid: 'adoptiondrop',
          panelId: '7',
          isComplete: true,
        },
      ]);
    });
    expect(requests()[0]?.['durationMs']).toEqual(expect.any(Number));
  });

  it('names neither where nobody has said, and no parameters', async () => {
    await world.get('/v1/dimensions/team/values?prefix=secret');
    await eventually(() => {
      expect(requests()).toHaveLength(1);
    });
    const text = JSON.stringify(requests());
    expect(text).toContain('/v1/dimensions/team/values');
    expect(text).not.toMatch(/secret|dashboardUid|panelId/);
  });
});
