import {
  annotationsSchema,
  type AnnotationQueryInput,
  type Annotations,
  type EventEnvelope,
  type Filter,
} from '@coditect/contracts';
import { findZone } from '../../src/metric-queries/time/zone.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { lineOf, makeRandomEvents, selectEvents } from './event-oracle.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(120_000);

const minuteMs = 60_000;
const fromMs = Date.parse('2026-03-27T22:07:00Z');
const toMs = Date.parse('2026-03-30T01:11:00Z');
const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
const request = 'ai.coditect.api.request.completed.v1';
const runTypes = ['ai.coditect.agent.run.started.v1', 'ai.coditect.agent.run.finished.v1'];

// From well before the range on, so that some versions are old, and dense enough for outages.
const shape = { fromMs: fromMs - 90 * minuteMs, toMs, stepMs: 20_000 };
const events = [
  ...makeRandomEvents({ ...shape, tenantId: 'acme', count: 1_500, seed: 11 }),
  ...makeRandomEvents({ ...shape, tenantId: 'other', count: 200, seed: 12 }),
  ...burst(40, 9),
  ...burst(45, 8),
  // The requests after a window without any are another outage.
  ...burst(55, 7),
  // Few requests, all of which failed; and many of which few failed.
  ...burst(90, 9, 9),
  ...burst(120, 2, 30),
  release('planner', '9.0', -1),
  release('planner', '9.0', 5),
  // On the very first and the first instant after the range.
  release('reviewer', '9.1', 0),
  release('reviewer', '9.2', (toMs - fromMs) / minuteMs),
];

/** Requests of five minutes, of which so many failed. */
function burst(minute: number, failed: number, count = 20): EventEnvelope[] {
  const startMs = Math.floor(fromMs / (5 * minuteMs)) * 5 * minuteMs + minute * minuteMs;
  return Array.from({ length: count }, (_unused, n) =>
    anEvent({
      type: request,
      route: '/v1/burst',
      method: 'GET',
      statusCode: n < failed ? 503 : 200,
      occurredAt: startMs + n * 10_000,
    }),
  );
}

function release(agent: string, agentVersion: string, minute: number): EventEnvelope {
  const occurredAt = fromMs + minute * minuteMs;
  return anEvent({ type: runTypes[1] ?? '', agent, agentVersion, status: 'succeeded', occurredAt });
}

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({ nowMs: Date.parse('2026-03-30T12:00:00Z') });
  await world.store(events);
});
afterAll(async () => {
  await world.close();
});

async function ask(
  question: Omit<AnnotationQueryInput, 'range'> & Partial<AnnotationQueryInput>,
  tenant = 'acme',
) {
  const { status, body } = await world.postTo('/v1/annotations', { range, ...question }, tenant);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return annotationsSchema.parse(body);
}

const timesOf = ({ annotations }: Annotations) => annotations.map(({ time, timeEnd }) => [time, timeEnd]);
const iso = (ms: number): string => new Date(ms).toISOString();

const filterCases: readonly { readonly filters: Filter[]; readonly search?: string }[] = [
  { filters: [] },
  { filters: [{ dimension: 'team', operator: '=', value: 'core' }] },
  { filters: [{ dimension: 'user', operator: '!=', value: '' }] },
  { filters: [{ dimension: 'attributes.note', operator: '!=', value: '' }] },
  { filters: [{ dimension: 'status', operator: '!~', value: 'fail' }], search: 'run' },
];

describe('releases', () => {
  it.each(filterCases)(
    'are the first runs of versions, and no later ones: %j',
    async ({ filters, search }) => {
      const words = search === undefined ? [] : [search];
      const runs = selectEvents(events, { tenant: 'acme', fromMs: 0, toMs, filters, words }).filter(
        ({ type, agent, agentVersion }) =>
          runTypes.includes(type) && agent !== undefined && agentVersion !== undefined,
      );
      const firsts = new Map<string, number>();
      for (const { agent, agentVersion, occurredAt } of runs) {
        const title = `${agent} ${agentVersion}`;
        firsts.set(title, Math.min(firsts.get(title) ?? Infinity, occurredAt));
      }
      const wanted = [...firsts]
        .filter(([, atMs]) => atMs >= fromMs)
        .map(([title, atMs]) => `${iso(atMs)} ${title}`);
      const answer = await ask({ kind: 'releases', filters, ...(search !== undefined && { search }) });
      expect(answer.annotations.map(({ time, title }) => `${time} ${title}`).sort()).toEqual(wanted.sort());
      if (filters.length === 0) {
        expect(wanted.some((text) => text.includes('reviewer 9.1'))).toBe(true);
        expect(wanted.some((text) => /planner 9.0|reviewer 9.2/.test(text))).toBe(false);
      }
    },
  );

  it('are old where the first run was in a quarter of an hour before the range, or long ago', async () => {
    const tenant = 'releases';
    const run = (agentVersion: string, atMs: number) => ({
      ...release('a', agentVersion, 0),
      ...at(tenant, atMs),
    });
    await world.store([
      run('last-year', fromMs - 366 * 86_400_000),
      run('last-year', fromMs + 1),
      run('just-before', fromMs - 1),
      run('just-before', fromMs + 1),
      run('new', fromMs + 2),
    ]);
    const answer = await ask({ kind: 'releases' }, tenant);
    expect(answer.annotations).toEqual([
      {
        time: iso(fromMs + 2),
        title: 'a new',
        text: 'First run of version new of a.',
        tags: ['release', 'a'],
      },
    ]);
    expect(answer.meta.source).toEqual(['activity_per_quarter_v1', 'events_raw_v1']);
  });

  it('are the latest ones where there are more than asked for, and says so', async () => {
    const whole = await ask({ kind: 'releases' });
    const cut = await ask({ kind: 'releases', limit: 1 });
    expect(whole.annotations.length).toBeGreaterThan(1);
    expect(cut.annotations).toEqual(whole.annotations.slice(-1));
    expect(cut.meta.notices).toMatchObject([
      { code: 'annotations_truncated', text: `The latest 1 of ${whole.annotations.length} are shown.` },
    ]);
  });
});

describe('outages', () => {
  /** Window by window, in plain arithmetic. */
  function expectedOutages(
    minutes: number,
    errorRate: number,
    filters: readonly Filter[],
    words: string[] = [],
  ) {
    const windowMs = minutes * minuteMs;
    const firstMs = Math.floor(fromMs / windowMs) * windowMs;
    const endMs = Math.ceil(toMs / windowMs) * windowMs;
    const requests = selectEvents(events, {
      tenant: 'acme',
      fromMs: firstMs,
      toMs: endMs,
      filters,
      words,
    }).filter(({ type }) => type === request);
    const outages: { fromMs: number; toMs: number }[] = [];
    for (let start = firstMs; start < endMs; start += windowMs) {
      const inside = requests.filter(
        ({ occurredAt }) => occurredAt >= start && occurredAt < start + windowMs,
      );
      const failed = inside.filter(({ statusCode = 0 }) => statusCode >= 500).length;
      if (inside.length < 10 || failed < 3 || failed / inside.length < errorRate) continue;
      const last = outages.at(-1);
      if (last?.toMs === start) last.toMs = start + windowMs;
      else outages.push({ fromMs: start, toMs: start + windowMs });
    }
    return outages.map((outage) => [iso(outage.fromMs), iso(outage.toMs)]);
  }

  it.each([
    { minutes: 5, errorRate: 0.3, filters: [] },
    { minutes: 5, errorRate: 0.05, filters: [{ dimension: 'route', operator: '=', value: '/v1/burst' }] },
    { minutes: 15, errorRate: 0.3, filters: [{ dimension: 'route', operator: '=~', value: 'v1' }] },
    { minutes: 60, errorRate: 0.28, filters: [] },
    { minutes: 60, errorRate: 0, filters: [{ dimension: 'user', operator: '!=', value: 'u1' }] },
    { minutes: 1_440, errorRate: 0.2, filters: [{ dimension: 'method', operator: '=', value: 'GET' }] },
  ] as const)('are the spans in which too much failed: %j', async ({ minutes, errorRate, filters }) => {
    const answer = await ask({ kind: 'outages', minutes, errorRate, filters: [...filters] });
    const wanted = expectedOutages(minutes, errorRate, filters);
    expect(wanted.length).toBeGreaterThan(0);
    expect(timesOf(answer)).toEqual(wanted);
  });

  it('are looked for among the requests that a search finds', async () => {
    const answer = await ask({ kind: 'outages', minutes: 1_440, errorRate: 0.1, search: 'post RUNS' });
    expect(timesOf(answer)).toEqual(expectedOutages(1_440, 0.1, [], ['post', 'runs']));
    expect(answer.meta.source).toEqual(['events_raw_v1']);
  });

  it('joins windows one right after the other, and tells numbers and rule', async () => {
    const filters: Filter[] = [{ dimension: 'route', operator: '=', value: '/v1/burst' }];
    const answer = await ask({ kind: 'outages', errorRate: 0.3, filters });
    const startMs = Math.floor(fromMs / (5 * minuteMs)) * 5 * minuteMs;
    expect(answer.annotations).toEqual([
      {
        time: iso(startMs + 40 * minuteMs),
        timeEnd: iso(startMs + 50 * minuteMs),
        title: 'API errors: 42.5 %',
        text: '17 of 40 API requests failed (42.5 %) in 2 windows of 5 minutes. Of windows with at least 10 requests and 3 failures, those with a share of 30 % or more are counted.',
        tags: ['outage', 'api'],
      },
      expect.objectContaining({ time: iso(startMs + 55 * minuteMs), timeEnd: iso(startMs + 60 * minuteMs) }),
    ]);
  });

  it('reads the smallest table that can tell', async () => {
    const sourceOf = async (filters: Filter[], minutes: number) =>
      (await ask({ kind: 'outages', filters, minutes })).meta.source;
    const route: Filter = { dimension: 'route', operator: '=', value: 'x' };
    expect(await sourceOf([], 7)).toEqual(['api_requests_per_minute_v1']);
    expect(await sourceOf([route], 30)).toEqual(['api_requests_per_quarter_v1']);
    expect(await sourceOf([route], 20)).toEqual(['events_raw_v1']);
  });

  it('are complete as far as their windows have ended', async () => {
    const completeUntil = async (to: string, minutes: number) =>
      (await ask({ kind: 'outages', minutes, range: { from: range.from, to } })).meta.completeUntil;
    // It is 12:00 on the 30th.
    expect(await completeUntil('2026-03-30T11:58:00.000Z', 5)).toBe('2026-03-30T11:58:00.000Z');
    expect(await completeUntil('2026-03-30T12:02:00.000Z', 5)).toBe('2026-03-30T12:00:00.000Z');
    expect(await completeUntil('2026-03-30T11:58:00.000Z', 7)).toBe('2026-03-30T11:55:00.000Z');
    expect(await completeUntil('2026-03-30T01:11:00.000Z', 1_440)).toBe('2026-03-30T00:00:00.000Z');
    expect(await completeUntil('2026-03-29T01:11:00.000Z', 1_440)).toBe('2026-03-29T01:11:00.000Z');
  });

  it('are not counted from single events of more days than are read', async () => {
    const years = { from: '2023-01-01T00:00:00Z', to: range.to };
    const filters = [{ dimension: 'user', operator: '=', value: 'u1' }];
    const answer = await world.postTo('/v1/annotations', { range: years, kind: 'outages', filters });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { code: 'grain_not_available', limit: 400 } },
    });
  });
});

describe('licences', () => {
  // Berlin's clock goes forward on 29 March, within the range.
  it.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'])(
    'are counted by local day of %s',
    async (timeZone) => {
      const zone = findZone(timeZone);
      if (zone === undefined) throw new Error('no zone');
      const filters: Filter[] = [{ dimension: 'team', operator: '!=', value: 'data' }];
      const seats = selectEvents(events, { tenant: 'acme', fromMs, toMs, filters, words: [] }).filter(
        ({ type }) => type.includes('.seat.'),
      );
      const days = new Map<number, EventEnvelope[]>();
      for (const event of seats) {
        const day = zone.localDayOf(event.occurredAt);
        days.set(day, [...(days.get(day) ?? []), event]);
      }
      const wanted = [...days]
        .sort(([a], [b]) => a - b)
        .map(([day, ofDay]) => {
          const count = (verb: string) => ofDay.filter(({ type }) => type.includes(verb)).length;
          const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
          const parts = `${count('purchased')} bought, ${count('assigned')} assigned, ${count('released')} released`;
          return {
            time: iso(Math.min(...ofDay.map(({ occurredAt }) => occurredAt))),
            title: `Seats: ${parts}`,
            text: `Seats on ${date} (${timeZone}): ${parts}.`,
            tags: ['licence', 'bought', 'assigned', 'released'],
          };
        });
      expect(wanted.length).toBeGreaterThan(2);
      expect((await ask({ kind: 'licences', timeZone, filters })).annotations).toEqual(wanted);
      // The tenant's own zone where the question names none.
      expect((await ask({ kind: 'licences', filters }, `acme@${timeZone}`)).annotations).toEqual(wanted);
    },
  );

  it('names only what happened', async () => {
    await world.store([
      { ...anEvent({ type: 'ai.coditect.licence.seat.released.v1' }), ...at('left', fromMs) },
    ]);
    const [only] = (await ask({ kind: 'licences' }, 'left')).annotations;
    expect(only).toMatchObject({ title: 'Seats: 1 released', tags: ['licence', 'released'] });
  });

  it('are as many as were bought at once, as the analysis of seats has it', async () => {
    const type = 'ai.coditect.licence.seat.purchased.v1';
    await world.store([
      { ...anEvent({ type }), ...at('many', fromMs), attributes: { quantity: '50' } },
      { ...anEvent({ type }), ...at('many', fromMs + 1), attributes: { quantity: 'some' } },
      { ...anEvent({ type }), ...at('many', fromMs + 2) },
    ]);
    const [only] = (await ask({ kind: 'licences' }, 'many')).annotations;
    expect(only?.title).toBe('Seats: 52 bought');
  });
});

describe('events as annotations', () => {
  it('are those that filters and search let through, in order of time', async () => {
    const filters: Filter[] = [{ dimension: 'level', operator: '=', value: 'error' }];
    const wanted = selectEvents(events, { tenant: 'acme', fromMs, toMs, filters, words: ['timeout'] });
    const answer = await ask({ kind: 'events', filters, search: 'timeout', limit: 1_000 });
    expect(answer.annotations.map(({ text }) => text).sort()).toEqual(wanted.map(lineOf).sort());
    const times = answer.annotations.map(({ time }) => time);
    expect(times).toEqual([...times].sort());
    expect(answer.annotations.every(({ tags }) => tags[0] === 'error')).toBe(true);
    expect(answer.meta.notices).toEqual([]);
  });

  it('are the latest where there are more, and says so', async () => {
    const answer = await ask({ kind: 'events', limit: 5 });
    const latest = selectEvents(events, { tenant: 'acme', fromMs, toMs, filters: [], words: [] })
      .map(({ occurredAt }) => occurredAt)
      .sort((a, b) => a - b)
      .slice(-5);
    expect(answer.annotations.map(({ time }) => Date.parse(time))).toEqual(latest);
    expect(answer.meta.notices).toEqual([
      { severity: 'info', code: 'annotations_truncated', text: 'The latest 5 are shown; there are more.' },
    ]);
  });
});

describe('tenants', () => {
  it.each(['releases', 'outages', 'licences', 'events'] as const)(
    'see %s of their own events only',
    async (kind) => {
      expect((await ask({ kind, errorRate: 0 }, 'nobody')).annotations).toEqual([]);
    },
  );
});

function at(tenantId: string, occurredAt: number) {
  const { eventId, id } = anEvent({ tenantId });
  return { tenantId, eventId, id, occurredAt };
}
