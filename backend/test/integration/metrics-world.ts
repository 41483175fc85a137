import type { ErrorBody, EventEnvelope, Goals, MetricAnswer, PanelQueryInput } from '@coditect/contracts';
import type { KpiRegistry } from '../../src/kpis/kpi-registry.js';
import { createMetricsService } from '../../src/metrics-service/compose.js';
import { parseConfig, type Config } from '../../src/platform/config.js';
import { AppError } from '../../src/platform/errors.js';
import { createLogger, type Logger } from '../../src/platform/logger.js';
import type { ReadGrafanaUser } from '../../src/platform/grafana-user.js';
import { createTelemetry, type Telemetry } from '../../src/platform/telemetry.js';
import type { Authenticator } from '../../src/platform/tenancy.js';
import type { ReadUserRole } from '../../src/platform/user-roles.js';
import type { ClickHouse } from '../../src/storage/clickhouse/client.js';
import {
  createEventWriter,
  formatEventRow,
  partitionOfEvent,
} from '../../src/storage/clickhouse/event-writer.js';
import { groupEvents } from '../../src/stream-processor/plan-inserts.js';
import { createGoalSettings } from '../../src/kpis/goals/goal-settings.js';
import type { TestLimits } from '../../src/testkit/no-limits.js';
import { createMemoryGoalsStore } from '../../src/testkit/memory-goals-store.js';
import { openTestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

export interface MetricsWorld {
  readonly clickHouse: ClickHouse;
  readonly url: string;
  store(events: readonly EventEnvelope[]): Promise<void>;
  /** The answer to a question of a tenant; fails the test when it is refused. */
  ask(query: PanelQueryInput, tenant?: string): Promise<MetricAnswer>;
  /** The single value of a total without groups. */
  askTotal(query: PanelQueryInput, tenant?: string): Promise<unknown>;
  /** What is said to a body, as it is. */
  post(body: string | Buffer, headers?: Record<string, string>): Promise<{ status: number; body: ErrorBody }>;
  /** What is said to a question of any kind. */
  postTo(
    path: string,
    question: object,
    tenant?: string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown; headers: Headers }>;
  /** From now on the keys of this tenant are refused. */
  revoke(tenant: string): void;
  readonly telemetry: Telemetry;
  get(path: string, tenant?: string): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

export interface MetricsWorldOptions {
  /** How much each tenant may ask for. */
  readonly limits?: TestLimits;
  readonly metrics?: Partial<Config['metrics']>;
  readonly queryTimeoutMs?: number;
  readonly nowMs?: number;
  readonly watermarkMs?: number;
  readonly wrap?: (clickHouse: ClickHouse) => ClickHouse;
  /** The keys of the world are names of tenants without it. */
  readonly authenticator?: Authenticator;
  readonly readUser?: ReadGrafanaUser;
  readonly readRole?: ReadUserRole;
  /** Called as soon as a request has arrived. */
  readonly onRequest?: () => void;
  /** Epoch milliseconds; `nowMs` unless time passes in the test. */
  readonly now?: () => number;
  readonly liveBeatMs?: number;
  readonly logger?: Logger;
  /** Goals of each tenant; none without. */
  readonly goals?: (tenantId: string) => Promise<Goals>;
  /** Of tenants' own; none without. */
  readonly kpis?: KpiRegistry;
}

/** The time zone of a tenant is what its key says: `Bearer berlin@Europe/Berlin`. The tenant `sender` may only send. */
const createAuthenticator = (revoked: ReadonlySet<string>, onRequest?: () => void): Authenticator => ({
  authenticate: async (authorization) => {
    onRequest?.();
    const [id, timeZone = 'UTC'] = (authorization ?? '').replace('Bearer ', '').split('@');
    if (id === undefined || id === '') throw new AppError('key_missing', 'No key.', { status: 401 });
    if (id === 'sender') throw new AppError('scope_missing', 'It may only send.', { status: 403 });
    if (revoked.has(id)) throw new AppError('key_revoked', 'This key was revoked.', { status: 401 });
    return { tenant: { id, name: id, timeZone }, keyId: 'key', scopes: ['read'] };
  },
  getUserSalt: async () => 'salt',
});

function goalsOf(read: (tenantId: string) => Promise<Goals>) {
  const settings = createGoalSettings({ store: createMemoryGoalsStore([]), kpisOf: () => [] });
  return { reader: { read }, settings };
}

/** A metrics service on an engine of its own. */
export async function openMetricsWorld(options: MetricsWorldOptions = {}): Promise<MetricsWorld> {
  const world = await openTestClickHouse();
  const config = parseConfig({});
  const nowMs = options.nowMs ?? Date.UTC(2030, 0, 1);
  const telemetry = createTelemetry({ defaultMetrics: false });
  const revoked = new Set<string>();
  const service = createMetricsService({
    config: {
      platform: config.platform,
      tls: config.tls,
      streamProcessor: config.streamProcessor,
      clickhouse: { ...config.clickhouse, queryTimeoutMs: options.queryTimeoutMs ?? 60_000 },
      // What is stored is asked for at once, again and again: kept answers are for the tests that are about them.
      metrics: { ...config.metrics, cacheBytesMax: 0, ...options.metrics, port: 0 },
    },
    clickHouse: options.wrap?.(world.clickHouse) ?? world.clickHouse,
    authenticator: options.authenticator ?? createAuthenticator(revoked, options.onRequest),
    ...(options.readUser !== undefined && { readUser: options.readUser }),
    ...(options.readRole !== undefined && { readRole: options.readRole }),
    ...(options.goals !== undefined && { goals: goalsOf(options.goals) }),
    ...(options.kpis !== undefined && { kpis: options.kpis }),
    ...(options.limits !== undefined && { limits: options.limits }),
    watermark: () => options.watermarkMs ?? nowMs,
    logger: options.logger ?? createLogger({ level: 'error', pretty: false, service: 'test' }),
    telemetry,
    now: options.now ?? (() => nowMs),
    liveBeatMs: options.liveBeatMs,
    version: '0.0.0',
  });
  const url = await service.start();
  const writer = createEventWriter(world.clickHouse);
  let token = 0;

  async function send(path: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, body: await response.json() };
  }

  async function ask(query: PanelQueryInput, tenant = 'acme'): Promise<MetricAnswer> {
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
    async postTo(path, question, tenant = 'acme', headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tenant}`, ...headers },
        body: JSON.stringify(question),
      });
      return { status: response.status, body: await response.json(), headers: response.headers };
    },
    revoke(tenant) {
      revoked.add(tenant);
    },
    telemetry,
    get: (path, tenant = 'acme') => send(path, { headers: { authorization: `Bearer ${tenant}` } }),
    async close() {
      await service.close();
      await world.close();
    },
  };
}
