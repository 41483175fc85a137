import type { ErrorBody, EventEnvelope, MetricAnswer, MetricQueryInput } from '@coditect/contracts';
import { createMetricsService } from '../../src/metrics-service/compose.js';
import { parseConfig, type Config } from '../../src/platform/config.js';
import { AppError } from '../../src/platform/errors.js';
import { createLogger } from '../../src/platform/logger.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import type { Authenticator } from '../../src/platform/tenancy.js';
import type { ClickHouse } from '../../src/storage/clickhouse/client.js';
import {
  createEventWriter,
  formatEventRow,
  partitionOfEvent,
} from '../../src/storage/clickhouse/event-writer.js';
import { groupEvents } from '../../src/stream-processor/plan-inserts.js';
import { openTestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

export interface MetricsWorld {
  readonly clickHouse: ClickHouse;
  readonly url: string;
  store(events: readonly EventEnvelope[]): Promise<void>;
  /** The answer to a question of a tenant; fails the test when it is refused. */
  ask(query: MetricQueryInput, tenant?: string): Promise<MetricAnswer>;
  /** The single value of a total without groups. */
  askTotal(query: MetricQueryInput, tenant?: string): Promise<unknown>;
  /** What is said to a body, as it is. */
  post(body: string | Buffer, headers?: Record<string, string>): Promise<{ status: number; body: ErrorBody }>;
  get(path: string, tenant?: string): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

export interface MetricsWorldOptions {
  readonly metrics?: Partial<Config['metrics']>;
  readonly queryTimeoutMs?: number;
  readonly nowMs?: number;
  readonly watermarkMs?: number;
  readonly wrap?: (clickHouse: ClickHouse) => ClickHouse;
  /** Called as soon as a request has arrived. */
  readonly onRequest?: () => void;
}

/** The time zone of a tenant is what its key says: `Bearer berlin@Europe/Berlin`. */
const createAuthenticator = (onRequest?: () => void): Authenticator => ({
  authenticate: async (authorization) => {
    onRequest?.();
    const [id, timeZone = 'UTC'] = (authorization ?? '').replace('Bearer ', '').split('@');
    if (id === undefined || id === '') throw new AppError('key_missing', 'No key.', { status: 401 });
    return { tenant: { id, name: id, timeZone }, keyId: 'key', scopes: ['read'] };
  },
  getUserSalt: async () => 'salt',
});

/** A metrics service on an engine of its own. */
export async function openMetricsWorld(options: MetricsWorldOptions = {}): Promise<MetricsWorld> {
  const world = await openTestClickHouse();
  const config = parseConfig({});
  const nowMs = options.nowMs ?? Date.UTC(2030, 0, 1);
  const service = createMetricsService({
    config: {
      platform: config.platform,
      streamProcessor: config.streamProcessor,
      clickhouse: { ...config.clickhouse, queryTimeoutMs: options.queryTimeoutMs ?? 60_000 },
      // What is stored is asked for at once, again and again: kept answers are for the tests that are about them.
      metrics: { ...config.metrics, cacheBytesMax: 0, ...options.metrics, port: 0 },
    },
    clickHouse: options.wrap?.(world.clickHouse) ?? world.clickHouse,
    authenticator: createAuthenticator(options.onRequest),
    watermark: () => options.watermarkMs ?? nowMs,
    logger: createLogger({ level: 'error', pretty: false, service: 'test' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
    now: () => nowMs,
    version: '0.0.0',
  });
  const url = await service.start();
  const writer = createEventWriter(world.clickHouse);
  let token = 0;

  async function send(path: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, body: await response.json() };
  }

  async function ask(query: MetricQueryInput, tenant = 'acme'): Promise<MetricAnswer> {
    const headers = { authorization: `Bearer ${tenant}` };
    const { status, body } = await send('/v1/query', {
      method: 'POST',
      headers,
      body: JSON.stringify(query),
    });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body as MetricAnswer;
  }

  return {
    clickHouse: world.clickHouse,
    url,
    ask,
    async store(events) {
      for (const block of groupEvents(events, partitionOfEvent).values()) {
        token += 1;
        const ndjson = Buffer.from(block.map((event) => formatEventRow(event)).join('\n'));
        await writer.insert({ token: `test-${token}`, ndjson });
      }
    },
    async askTotal(query, tenant) {
      return (await ask(query, tenant)).rows[0]?.at(-1);
    },
    async post(body, headers = { authorization: 'Bearer acme' }) {
      const payload = typeof body === 'string' ? body : new Uint8Array(body);
      const answer = await send('/v1/query', { method: 'POST', headers, body: payload });
      return { status: answer.status, body: answer.body as ErrorBody };
    },
    get: (path, tenant = 'acme') => send(path, { headers: { authorization: `Bearer ${tenant}` } }),
    async close() {
      await service.close();
      await world.close();
    },
  };
}
