import { request as httpRequest, type IncomingMessage } from 'node:http';
import { errorBodySchema, metricAnswerSchema, type LiveQueryInput } from '@coditect/contracts';
import { anEvent } from '../../src/testkit/an-event.js';
import { eventually } from '../../src/testkit/eventually.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

jest.setTimeout(120_000);

const nowMs = Date.parse('2026-03-10T12:00:00Z');
const range = { from: '2026-03-10T10:00:00Z', to: '2026-03-10T11:00:00Z' };
const live: LiveQueryInput = { query: { metric: 'events', range, total: true }, everyMs: 500 };
const recent = (tenantId: string) => anEvent({ tenantId, occurredAt: nowMs - 60_000 });

let world: MetricsWorld;
let openStreams: { close: () => void }[] = [];
beforeEach(async () => {
  world = await openMetricsWorld({
    nowMs,
    liveBeatMs: 100,
    metrics: { liveStreamsMax: 4, liveStreamsPerTenantMax: 3, liveQuestionsPerTenantMax: 2 },
  });
});
afterEach(async () => {
  for (const { close } of openStreams) close();
  openStreams = [];
  await world.close();
});

interface Stream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Event and data, as they came. */
  readonly events: readonly { readonly event: string; readonly data: unknown }[];
  readonly values: () => unknown[];
  readonly text: () => string;
  readonly isEnded: () => boolean;
  readonly close: () => void;
  /** The response, for clients that do not read. */
  readonly response: IncomingMessage;
}

/** A client of the bare protocol, as a browser or a proxy is one. */
function listen(question: unknown = live, tenant = 'acme', reads = true): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const url = new URL('/v1/query/live', world.url);
    const asked = httpRequest(url, { method: 'POST', headers: { authorization: `Bearer ${tenant}` } });
    asked.once('error', reject);
    asked.once('response', (response) => {
      let text = '';
      let isEnded = false;
      const events: { event: string; data: unknown }[] = [];
      response.setEncoding('utf8');
      if (reads) {
        response.on('data', (chunk: string) => {
          text += chunk;
          const whole = text.split('\n\n').slice(0, -1);
          events.splice(0, events.length, ...whole.flatMap(parseEvent));
        });
      }
      for (const end of ['end', 'close', 'error']) {
        response.on(end, () => {
          isEnded = true;
        });
      }
      const stream: Stream = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        events,
        values: () =>
          events
            .filter(({ event }) => event === 'answer')
            .map(({ data }) => metricAnswerSchema.parse(data).rows[0]?.[0]),
        text: () => text,
        isEnded: () => isEnded,
        response,
        close: () => {
          asked.destroy();
        },
      };
      openStreams.push(stream);
      resolve(stream);
    });
    asked.end(JSON.stringify(question));
  });
}

function parseEvent(block: string): { event: string; data: unknown }[] {
  const event = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1];
  return event === undefined || data === undefined ? [] : [{ event, data: JSON.parse(data) }];
}

const gauge = async (name: string): Promise<number> => {
  const metrics = await world.telemetry.registry.getMetricsAsJSON();
  const values = metrics.find((metric) => metric.name === name)?.values ?? [];
  return values.reduce((sum, { value }) => sum + value, 0);
};

describe('a live answer', () => {
  it('comes at once, with headers that let it through, and moves when an event is stored', async () => {
    await world.store([recent('acme')]);
    const stream = await listen();
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    await eventually(() => {
      expect(stream.values()).toEqual([1]);
    });
    await world.store([recent('acme'), recent('acme')]);
    await eventually(() => {
      expect(stream.values()).toEqual([1, 3]);
    });
    const answers = stream.events.map(({ data }) => metricAnswerSchema.parse(data));
    expect(answers.every(({ meta }) => meta.unit === 'count')).toBe(true);
  });

  it('shows signs of life while nothing changes, and no answer again', async () => {
    const stream = await listen();
    await eventually(() => {
      expect(stream.text().match(/: still here/g)?.length).toBeGreaterThan(10);
    });
    expect(stream.values()).toEqual([0]);
  });

  it('is of one tenant', async () => {
    const mine = await listen();
    const theirs = await listen(live, 'other');
    await world.store([recent('other')]);
    await eventually(() => {
      expect(theirs.values()).toEqual([0, 1]);
    });
    await world.store([recent('acme'), recent('acme')]);
    await eventually(() => {
      expect(mine.values()).toEqual([0, 2]);
    });
    expect(theirs.values()).toEqual([0, 1]);
  });

  it('ends for a client whose key is revoked, and for no other', async () => {
    const stream = await listen();
    const other = await listen(live, 'other');
    world.revoke('acme');
    await eventually(() => {
      expect(stream.isEnded()).toBe(true);
    });
    expect(stream.events.at(-1)).toMatchObject({
      event: 'refused',
      data: { error: { code: 'key_revoked' } },
    });
    expect(other.isEnded()).toBe(false);
  });

  it('is asked no more when its client is gone', async () => {
    const stream = await listen();
    expect([await gauge('coditect_live_streams'), await gauge('coditect_live_questions')]).toEqual([1, 1]);
    stream.close();
    await eventually(async () => {
      expect([await gauge('coditect_live_streams'), await gauge('coditect_live_questions')]).toEqual([0, 0]);
    });
  });

  it('drops a client that does not read, and keeps nothing for it', async () => {
    await world.close();
    // A client that reads has a second for half a megabyte, whatever else this machine does.
    world = await openMetricsWorld({ nowMs, liveBeatMs: 1_000 });
    const grouped: LiveQueryInput = {
      ...live,
      query: { metric: 'api_requests', range, interval: '15m', groupBy: ['route'] },
    };
    const calls = () =>
      Array.from({ length: 400 }, (_unused, n) => ({
        ...recent('acme'),
        type: 'ai.coditect.api.request.completed.v1',
        route: `/${n}/${'x'.repeat(200)}`,
        method: 'GET',
        statusCode: 200,
      }));
    await world.store(calls());
    const deaf = await listen(grouped, 'acme', false);
    expect(deaf.status).toBe(200);
    const listener = await listen(grouped);
    await eventually(async () => {
      await world.store(calls());
      expect(await gauge('coditect_dropped_total')).toBe(1);
    }, 90_000);
    await eventually(async () => {
      expect(await gauge('coditect_live_streams')).toBe(1);
    });
    expect(listener.isEnded()).toBe(false);
  });

  it('tells its clients that the service stops, and then stops', async () => {
    const streams = [await listen(), await listen(), await listen(live, 'other', false)];
    await world.close();
    await eventually(() => {
      expect(streams.slice(0, 2).map(({ isEnded }) => isEnded())).toEqual([true, true]);
    });
    expect(streams[0]?.events.at(-1)).toMatchObject({
      event: 'refused',
      data: { error: { code: 'service_closing', retryAfterSeconds: 1 } },
    });
    world = await openMetricsWorld({ nowMs });
  });
});

describe('a live answer is refused before it begins', () => {
  async function refusalOf(question: object, tenant?: string) {
    const { status, body, headers } = await world.postTo('/v1/query/live', question, tenant);
    return { status, ...errorBodySchema.parse(body).error, retryAfter: headers.get('retry-after') };
  }

  it.each([
    ['without a query', {}, 400, 'body_invalid', '/query'],
    ['too often', { ...live, everyMs: 100 }, 400, 'body_invalid', '/everyMs'],
    ['of an unknown KPI', { query: { ...live.query, metric: 'x' } }, 422, 'metric_unknown', '/metric'],
    [
      'with an expression that is not RE2',
      { query: { ...live.query, filters: [{ dimension: 'type', operator: '=~', value: '(' }] } },
      400,
      'regex_invalid',
      '/filters/0/value',
    ],
    [
      'that grows from tomorrow',
      {
        query: { ...live.query, range: { from: '2026-03-11T00:00:00Z', to: '2026-03-12T00:00:00Z' } },
        range: 'growing',
      },
      422,
      'range_empty',
      '/range',
    ],
  ] as const)('%s', async (_what, question, status, code, pointer) => {
    expect(await refusalOf(question)).toMatchObject({ status, code, pointer });
    expect(await gauge('coditect_live_streams')).toBe(0);
  });

  it('for a key that may only send', async () => {
    expect(await refusalOf(live, 'sender')).toMatchObject({ status: 403, code: 'scope_missing' });
  });

  it('when a tenant listens to as many as it may, and when all do', async () => {
    for (let n = 0; n < 3; n += 1) await listen();
    expect(await refusalOf(live)).toMatchObject({
      status: 429,
      code: 'too_many_streams',
      limit: 3,
      retryAfter: '10',
    });
    const other = await listen(live, 'other');
    expect(await refusalOf(live, 'third')).toMatchObject({ status: 429, code: 'too_many_streams', limit: 4 });
    other.close();
    await eventually(async () => {
      expect(await gauge('coditect_live_streams')).toBe(3);
    });
    expect((await listen(live, 'third')).status).toBe(200);
  });

  it('when a tenant asks as many different questions as it may', async () => {
    const questions = ['sliding', 'growing'].map((kind) => ({ ...live, range: kind }));
    for (const question of questions) await listen(question);
    const third = { ...live, everyMs: 750 };
    expect(await refusalOf(third)).toMatchObject({ status: 429, code: 'too_many_live_questions', limit: 2 });
  });
});
