import {
  errorBodySchema,
  eventVolumeSchema,
  foundEventsSchema,
  type EventSearchInput,
  type Filter,
  type FoundEvents,
} from '@coditect/contracts';
import { layOutBuckets } from '../../src/metric-queries/time/buckets.js';
import { findZone } from '../../src/metric-queries/time/zone.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { levelOf, lineOf, makeRandomEvents, selectEvents } from './event-oracle.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(120_000);

const fromMs = Date.parse('2026-03-27T22:00:00Z');
const toMs = Date.parse('2026-03-30T01:00:00Z');
const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
const shape = { fromMs, toMs, stepMs: 60_000 };
const events = [
  ...makeRandomEvents({ ...shape, tenantId: 'acme', count: 900, seed: 1 }),
  ...makeRandomEvents({ ...shape, tenantId: 'other', count: 300, seed: 2 }),
  // Twenty in one millisecond, to be parted by their ids.
  ...makeRandomEvents({ ...shape, toMs: fromMs + 60_000, tenantId: 'acme', count: 20, seed: 3 }),
];

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({
    nowMs: Date.parse('2026-03-30T12:00:00Z'),
    metrics: { filterValuesMax: 3, pointsMax: 200, bodyBytesMax: 4_096 },
  });
  await world.store(events);
});
afterAll(async () => {
  await world.close();
});

async function search(question: Partial<EventSearchInput>, tenant = 'acme'): Promise<FoundEvents> {
  const { status, body } = await world.postTo('/v1/events/search', { range, ...question }, tenant);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return foundEventsSchema.parse(body);
}

/** Page by page, until there is no more. */
async function searchAll(
  question: Partial<EventSearchInput>,
  tenant = 'acme',
): Promise<FoundEvents['events']> {
  const found: FoundEvents['events'] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 1_000; page += 1) {
    const answer = await search({ ...question, ...(cursor !== undefined && { cursor }) }, tenant);
    found.push(...answer.events);
    cursor = answer.next;
    if (cursor === undefined) return found;
  }
  throw new Error('pages without end');
}

const filterCases: readonly { readonly filters: readonly Filter[]; readonly search?: string }[] = [
  { filters: [] },
  { filters: [{ dimension: 'level', operator: '=', value: 'error' }] },
  { filters: [{ dimension: 'level', operator: 'not in', value: ['info', 'error'] }] },
  { filters: [{ dimension: 'user', operator: '!=', value: '' }] },
  { filters: [{ dimension: 'domain', operator: '=', value: 'other' }] },
  { filters: [{ dimension: 'statusCode', operator: 'in', value: ['404', '500'] }] },
  { filters: [{ dimension: 'attributes.error.type', operator: '=~', value: '^(Time|Quo)' }] },
  { filters: [{ dimension: 'attributes.error.type', operator: '=', value: '' }] },
  { filters: [{ dimension: 'attributes.note', operator: '!~', value: 'caf|Öff' }] },
  {
    filters: [
      { dimension: 'type', operator: '=~', value: 'seat' },
      { dimension: 'team', operator: '!=', value: 'core' },
      { dimension: 'source', operator: '=', value: '/ci' },
    ],
  },
  { filters: [], search: 'FAILED timeout' },
  { filters: [], search: 'öffnen' },
  { filters: [], search: '  Deploy   TEAM=core ' },
  { filters: [], search: '100 % quota used' },
  { filters: [], search: String.raw`{p0:String} \d+ it's` },
  { filters: [{ dimension: 'level', operator: '=', value: 'warning' }], search: 'v1/runs' },
  { filters: [], search: 'nothing-has-this' },
];

describe('search of events', () => {
  it.each(filterCases)('finds what a look at every event finds: %j', async ({ filters, search: text }) => {
    const words = (text ?? '').split(/\s+/).filter((word) => word !== '');
    const wanted = selectEvents(events, { tenant: 'acme', fromMs, toMs, filters, words });
    const question = { filters: [...filters], limit: 137, ...(text !== undefined && { search: text }) };
    const found = await searchAll(question);
    expect(found.map(({ eventId }) => eventId).sort()).toEqual(wanted.map(({ eventId }) => eventId).sort());
    const byId = new Map(wanted.map((event) => [event.eventId, event]));
    for (const { eventId, line, level, time, receivedAt, type, fields } of found) {
      const event = byId.get(eventId) ?? anEvent();
      expect({ line, level, type }).toEqual({ line: lineOf(event), level: levelOf(event), type: event.type });
      expect([time, receivedAt].map(Date.parse)).toEqual([event.occurredAt, event.receivedAt]);
      expect(fields['user']).toBe(event.userId);
      expect(fields['attributes.note']).toBe(event.attributes['note']);
      expect(fields['costUsd']).toBe((event.costUsd ?? 0) === 0 ? undefined : String(event.costUsd));
    }
  });

  it.each([
    ['newestFirst', 1],
    ['newestFirst', 7],
    ['oldestFirst', 7],
    ['oldestFirst', 5_000],
  ] as const)('gives each event once and in order, %s by %d', async (order, limit) => {
    // The hour of the twenty in one millisecond, to be walked through in small steps.
    const hour = { from: range.from, to: new Date(fromMs + 3_600_000).toISOString() };
    const found = await searchAll({ range: hour, order, limit });
    const wanted = events
      .filter(({ tenantId, occurredAt }) => tenantId === 'acme' && occurredAt < fromMs + 3_600_000)
      .map(({ occurredAt, eventId }) => `${new Date(occurredAt).toISOString()} ${eventId}`)
      .sort();
    if (order === 'newestFirst') wanted.reverse();
    expect(wanted.length).toBeGreaterThan(25);
    expect(found.map(({ time, eventId }) => `${time} ${eventId}`)).toEqual(wanted);
  });

  it('keeps its place when newer events come in between two pages', async () => {
    const tenant = 'between';
    const at = (minute: number) => anEvent({ tenantId: tenant, occurredAt: fromMs + minute * 60_000 });
    await world.store([at(1), at(2), at(3)]);
    const first = await search({ limit: 2 }, tenant);
    await world.store([at(4)]);
    const second = await search({ limit: 2, cursor: first.next ?? '' }, tenant);
    const minutes = [...first.events, ...second.events].map(
      ({ time }) => (Date.parse(time) - fromMs) / 60_000,
    );
    expect(minutes).toEqual([3, 2, 1]);
    expect(second.next).toBeUndefined();
  });

  it('says when it was read, from what, and that old events may be gone', async () => {
    const { meta } = await search({ limit: 1 });
    expect(meta).toEqual({
      asOf: '2026-03-30T12:00:00.000Z',
      completeUntil: range.to,
      source: ['events_raw_v1'],
      notices: [],
    });
    const old = await search({ range: { from: '2017-01-01T00:00:00Z', to: range.to }, limit: 1 });
    expect(old.meta.notices).toMatchObject([{ code: 'raw_retention', severity: 'warning' }]);
  });

  it('gives a tenant its own events only, and no place in those of another', async () => {
    const mine = await searchAll({}, 'other');
    expect(mine).toHaveLength(300);
    const ids = new Set(events.filter(({ tenantId }) => tenantId === 'other').map(({ eventId }) => eventId));
    expect(mine.every(({ eventId }) => ids.has(eventId))).toBe(true);
    const { next = '' } = await search({ limit: 1 });
    const foreign = await world.postTo('/v1/events/search', { range, limit: 1, cursor: next }, 'other');
    expect(foreign).toMatchObject({
      status: 400,
      body: { error: { code: 'cursor_invalid', pointer: '/cursor' } },
    });
  });

  it('ends a page of large events early and goes on behind it', async () => {
    const tenant = 'large';
    const note = 'x'.repeat(900_000);
    await world.store(
      Array.from({ length: 12 }, (_unused, n) =>
        anEvent({ tenantId: tenant, occurredAt: fromMs + n, attributes: { note } }),
      ),
    );
    const first = await search({}, tenant);
    expect(first.events.length).toBeLessThan(12);
    expect(first.meta.notices).toMatchObject([{ code: 'page_cut' }]);
    expect((await searchAll({}, tenant)).map(({ time }) => Date.parse(time) - fromMs)).toEqual([
      11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ]);
  });
});

describe('volume of events', () => {
  it.each([
    ['1h', 'UTC'],
    ['1h', 'Europe/Berlin'],
    ['1d', 'Europe/Berlin'],
    ['1d', 'Asia/Kathmandu'],
    ['1w', 'America/New_York'],
  ] as const)('counts what a look at every event counts: %s in %s', async (interval, timeZone) => {
    const filters: Filter[] = [{ dimension: 'attributes.note', operator: '!=', value: 'naïve café' }];
    const { status, body } = await world.postTo('/v1/events/volume', {
      range,
      interval,
      timeZone,
      filters,
      search: 'TEAM',
    });
    expect(status).toBe(200);
    const { buckets, meta } = eventVolumeSchema.parse(body);
    const zone = findZone(timeZone);
    if (zone === undefined) throw new Error('no zone');
    const { startsMs, endMs } = layOutBuckets({ fromMs, toMs }, interval, zone);
    const wanted = selectEvents(events, { tenant: 'acme', fromMs, toMs, filters, words: ['team'] });
    expect(wanted.length).toBeGreaterThan(100);
    const expected = startsMs.map((start, index) => {
      const end = startsMs[index + 1] ?? endMs;
      const inside = wanted.filter(({ occurredAt }) => occurredAt >= start && occurredAt < end);
      const count = (level: string) => inside.filter((event) => levelOf(event) === level).length;
      const time = new Date(start).toISOString();
      return { time, info: count('info'), warning: count('warning'), error: count('error') };
    });
    expect(buckets).toEqual(expected);
    expect(meta.source).toEqual(['events_raw_v1']);
  });

  it('is of one tenant', async () => {
    const { body } = await world.postTo(
      '/v1/events/volume',
      { range, interval: '1w', timeZone: 'UTC' },
      'other',
    );
    const total = eventVolumeSchema
      .parse(body)
      .buckets.reduce((sum, { info, warning, error }) => sum + info + warning + error, 0);
    expect(total).toBe(300);
  });
});

describe('what is refused', () => {
  const paths = ['/v1/events/search', '/v1/events/volume', '/v1/annotations'] as const;
  const whole = (path: string) => ({
    range,
    ...(path.endsWith('volume') && { interval: '1h' }),
    ...(path.endsWith('annotations') && { kind: 'events' }),
  });

  it.each(paths)('keeps strangers and senders out of %s', async (path) => {
    const stranger = await fetch(`${world.url}${path}`, { method: 'POST', body: '{}' });
    expect(stranger.status).toBe(401);
    expect(await world.postTo(path, whole(path), 'sender')).toMatchObject({
      status: 403,
      body: { error: { code: 'scope_missing' } },
    });
  });

  it.each(
    paths.flatMap((path) => [
      [path, { colour: 1 }, 400, 'body_invalid', '/colour'] as const,
      [path, { range: { from: range.to, to: range.from } }, 422, 'range_empty', '/range'] as const,
      [path, filter('tema', '=', 'x'), 422, 'dimension_unknown', '/filters/0/dimension'] as const,
      [path, filter('attributes.', '=', 'x'), 422, 'dimension_unknown', '/filters/0/dimension'] as const,
      [path, filter('user', '<', 'x'), 400, 'body_invalid', '/filters/0/operator'] as const,
      [path, filter('attributes.a', '=~', '('), 400, 'regex_invalid', '/filters/0/value'] as const,
      [path, filter('attributes.a', '=~', '\0['), 400, 'regex_invalid', '/filters/0/value'] as const,
      [
        path,
        filter('user', 'in', ['1', '2', '3', '4']),
        422,
        'too_many_filter_values',
        '/filters/0/value',
      ] as const,
      [path, { search: 'x'.repeat(5_000) }, 413, 'body_too_large', ''] as const,
    ]),
  )('%s answers what is wrong with its place: %#', async (path, change, status, code, pointer) => {
    const answer = await world.postTo(path, { ...whole(path), ...change });
    const { error } = errorBodySchema.parse(answer.body);
    expect([answer.status, error.code, error.pointer]).toEqual([status, code, pointer]);
  });

  it('names the dimension that was probably meant', async () => {
    const { body } = await world.postTo('/v1/events/search', { range, ...filter('usr', '=', 'x') });
    expect(errorBodySchema.parse(body).error.reason).toContain('Did you mean "user"?');
  });

  it.each([
    ['nonsense', 'cursor_invalid'],
    [Buffer.from('["x",1,""]').toString('base64url'), 'cursor_invalid'],
    [Buffer.from('["x",1,"\' OR 1"]').toString('base64url'), 'cursor_invalid'],
  ])('refuses the cursor %s', async (cursor, code) => {
    const answer = await world.postTo('/v1/events/search', { range, cursor });
    expect(answer).toMatchObject({ status: 400, body: { error: { code, pointer: '/cursor' } } });
  });

  it('refuses the cursor of another question and takes that of another page size', async () => {
    const { next: cursor = '' } = await search({ limit: 3 });
    const others = [{ search: 'x' }, { order: 'oldestFirst' }, filter('user', '=', 'u1')];
    for (const other of others) {
      const answer = await world.postTo('/v1/events/search', { range, cursor, ...other });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'cursor_invalid' } } });
    }
    expect((await search({ cursor, limit: 5 })).events).toHaveLength(5);
  });

  it('refuses a volume of more points or of more days than are counted', async () => {
    const minutes = await world.postTo('/v1/events/volume', { range, interval: '1m' });
    expect(minutes).toMatchObject({ status: 422, body: { error: { code: 'too_many_points', limit: 200 } } });
    const years = { from: '2024-01-01T00:00:00Z', to: range.to };
    const long = await world.postTo('/v1/events/volume', { range: years, interval: '1M' });
    expect(long).toMatchObject({ status: 422, body: { error: { code: 'grain_not_available', limit: 400 } } });
  });

  function filter(dimension: string, operator: string, value: unknown) {
    return { filters: [{ dimension, operator, value }] };
  }
});
