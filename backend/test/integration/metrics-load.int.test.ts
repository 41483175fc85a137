import type { ClickHouse } from '../../src/storage/clickhouse/client.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openMetricsWorld, type MetricsWorld } from './metrics-world.js';

const range = { from: '2026-03-10T00:00:00Z', to: '2026-03-11T00:00:00Z' };
const query = (overrides: object): string =>
  JSON.stringify({ metric: 'api_requests', range, total: true, ...overrides });

/** Queries that the test holds back until it lets them go. */
let gate: Promise<void> | undefined;
let executed: string[] = [];
let arrived = 0;

function wrap(clickHouse: ClickHouse): ClickHouse {
  return {
    ...clickHouse,
    async query(question) {
      executed.push(question.name);
      await Promise.race([gate, goneOf(question.signal)]);
      return clickHouse.query(question);
    },
  };
}

async function goneOf(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    signal?.addEventListener('abort', () => {
      resolve();
    });
  });
}

let world: MetricsWorld;
beforeAll(async () => {
  world = await openMetricsWorld({
    metrics: { concurrentQueriesMax: 1, waitingQueriesMax: 1 },
    queryTimeoutMs: 3_000,
    wrap,
    onRequest: () => {
      arrived += 1;
    },
  });
  await world.store([
    anEvent({
      tenantId: 'other',
      type: 'ai.coditect.api.request.completed.v1',
      route: '/secret',
      method: 'GET',
      statusCode: 500,
    }),
  ]);
});
afterAll(async () => {
  await world.close();
});
beforeEach(() => {
  executed = [];
  arrived = 0;
  gate = undefined;
});

describe('load and patience', () => {
  const ask = (n: number): Promise<{ status: number }> =>
    world.post(query({ filters: [{ dimension: 'route', operator: '=', value: `/${n}` }] }));

  it('answers 429 with Retry-After when the queue is full', async () => {
    let open = (): void => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    // One runs, one waits, one is too many.
    const first = ask(1);
    await until(() => executed.length === 1);
    const second = ask(2);
    const refused = await until(async () => {
      const answer = await world.post(
        query({
          filters: [
            { dimension: 'route', operator: '=', value: '/2' },
            { dimension: 'route', operator: '!=', value: String(Math.random()) },
          ],
        }),
        { authorization: 'Bearer acme' },
      );
      return answer.status === 429 ? answer : undefined;
    });
    expect(refused.body.error).toMatchObject({ code: 'too_many_queries', limit: 1, retryAfterSeconds: 1 });
    open();
    expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('runs equal questions that are asked at the same time once', async () => {
    let open = (): void => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const answers = Array.from({ length: 5 }, () => world.post(query({})));
    await until(() => executed.length === 1 && arrived === 5);
    // A question of another tenant is never shared; it waits for its slot.
    const other = world.ask({ metric: 'api_requests', range, total: true }, 'other');
    await until(() => arrived === 6);
    open();
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await other).rows).toEqual([[1]]);
    expect(executed.filter((name) => name === 'measures')).toHaveLength(2);
  });

  it('frees the slot of a client that went away', async () => {
    let open = (): void => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const controller = new AbortController();
    const gone = fetch(`${world.url}/v1/query`, {
      method: 'POST',
      headers: { authorization: 'Bearer acme' },
      body: query({}),
      signal: controller.signal,
    });
    await until(() => executed.length === 1);
    const next = ask(3);
    controller.abort();
    await expect(gone).rejects.toThrow();
    await until(() => executed.length === 2);
    open();
    expect((await next).status).toBe(200);
  });

  it('answers 504 when the time limit has passed', async () => {
    gate = new Promise(() => undefined);
    const answer = await world.post(query({}));
    expect(answer).toMatchObject({ status: 504, body: { error: { code: 'query_timeout', limit: 3_000 } } });
  });
});

/** Waits for a condition, never for a time. */
async function until<T>(check: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const found = await check();
    if (found !== undefined && found !== null && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it never came true');
}
