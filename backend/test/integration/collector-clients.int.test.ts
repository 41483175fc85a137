import { gzipSync } from 'node:zlib';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { CloudEvent, HTTP, type Message } from 'cloudevents';
import { AppError } from '../../src/platform/errors.js';
import { nowMs, post, startCollector, type RunningCollector } from './collector-fixture.js';

let collector: RunningCollector;

beforeAll(async () => {
  collector = await startCollector();
});

beforeEach(() => {
  collector.published.length = 0;
  collector.fault = undefined;
});

afterAll(async () => {
  await collector.service.close();
});

const headers = { authorization: 'Bearer good' };

describe('the OpenTelemetry SDK', () => {
  const exporters: [string, () => LogRecordExporter][] = [
    ['JSON', () => new JsonExporter({ url: `${collector.address}/v1/logs`, headers })],
    ['protobuf', () => new ProtobufExporter({ url: `${collector.address}/v1/logs`, headers })],
  ];

  it.each(exporters)('sends events as %s, and they become ours', async (_name, createExporter) => {
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': 'claude-code', 'service.version': '2.1.0' }),
      processors: [new BatchLogRecordProcessor(createExporter())],
    });
    const logger = provider.getLogger('com.anthropic.claude_code.events', '2.1.0');
    const timestamp = new Date(nowMs - 1_500);
    logger.emit({
      timestamp,
      body: 'claude_code.api_request',
      severityNumber: SeverityNumber.INFO,
      attributes: {
        'event.name': 'api_request',
        'session.id': 's-1',
        'user.account_uuid': 'ada',
        'user.email': 'ada@example.com',
        model: 'sonnet',
        input_tokens: 10,
        output_tokens: '20',
        cost_usd: 0.25,
        duration_ms: 1_234,
      },
    });
    logger.emit({
      timestamp,
      eventName: 'claude_code.user_prompt',
      body: 'the secret prompt',
      attributes: { prompt: 'the secret prompt', prompt_length: 17 },
    });
    logger.emit({ timestamp, eventName: 'cart.emptied', attributes: { big: 3, nested: { a: ['x'] } } });
    await provider.forceFlush();
    await provider.shutdown();

    expect(collector.published).toMatchObject([
      {
        tenantId: 'acme',
        source: '/otlp/claude-code',
        type: 'ai.coditect.agent.model.called.v1',
        occurredAt: nowMs - 1_500,
        sessionId: 's-1',
        agent: 'claude-code',
        agentVersion: '2.1.0',
        model: 'sonnet',
        status: 'succeeded',
        tokensInput: 10,
        tokensOutput: 20,
        costUsd: 0.25,
        durationMs: 1_234,
      },
      { type: 'ai.coditect.agent.prompt.submitted.v1', attributes: { prompt_length: '17' } },
      { type: 'cart.emptied', attributes: { big: '3', 'nested.a': '["x"]' } },
    ]);
    expect(JSON.stringify(collector.published)).not.toMatch(/secret|ada@|"ada"/);
  });

  it.each(exporters)(
    'repeats as %s what was answered 503, with the same identity',
    async (_name, createExporter) => {
      let refused = 0;
      collector.fault = () => {
        refused += 1;
        collector.fault = undefined;
        return Promise.reject(new AppError('bus_full', 'Full.', { status: 503, retryAfterSeconds: 0 }));
      };
      const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor(createExporter())] });
      provider.getLogger('test').emit({ timestamp: new Date(nowMs), eventName: 'again' });
      await provider.forceFlush();
      await provider.shutdown();
      expect(refused).toBe(1);
      expect(collector.published.map(({ type }) => type)).toEqual(['again']);
    },
  );
});

describe('POST /v1/logs', () => {
  const aLog = (timeUnixNano: string) => ({ timeUnixNano, eventName: 'x' });
  const aRequest = (...logRecords: unknown[]) =>
    JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const good = `${nowMs}000000`;
  const logs = (body: string | Uint8Array, more: Record<string, string> = {}) =>
    post(`${collector.address}/v1/logs`, body, more);

  it('answers an empty response when every record was kept', async () => {
    const answer = await logs(aRequest(aLog(good)));
    expect([answer.status, answer.json]).toEqual([200, {}]);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it('inflates what is encoded, and no more than is allowed', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect((await logs(gzipSync(aRequest(aLog(good))), gzip)).status).toBe(200);
    expect(collector.published).toHaveLength(1);
    expect((await logs(gzipSync(Buffer.alloc(50_000_000)), gzip)).status).toBe(413);
  });

  it('names the records that were refused and keeps their neighbours', async () => {
    const future = `${nowMs + 90_000_000}000000`;
    const answer = await logs(aRequest(aLog(future), aLog(good), 5));
    expect(answer).toMatchObject({ status: 200, json: { partialSuccess: { rejectedLogRecords: '2' } } });
    expect(answer.text).toMatch(
      /record_not_object \(1\).*time_in_future \(1\)|time_in_future \(1\), record_not_object/,
    );
    expect(collector.published).toHaveLength(1);
  });

  it('gives a record the same identity each time it is sent', async () => {
    const body = aRequest(aLog(good), aLog(good));
    await logs(body);
    await logs(body);
    const ids = collector.published.map(({ eventId }) => eventId);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['no JSON', '{', {}, 400, 3, 'body_not_json'],
    ['another content type', '{}', { 'content-type': 'text/plain' }, 415, 3, 'content_type_unsupported'],
    ['an unknown key', '{}', { authorization: 'Bearer what' }, 401, 16, 'key_unknown'],
    ['a key of another scope', '{}', { authorization: 'Bearer reader' }, 403, 7, 'scope_missing'],
    ['a large body', ' '.repeat(1_100_000), {}, 413, 8, 'body_too_large'],
  ])('refuses %s with a status of google.rpc', async (_name, body, more, status, code, reason) => {
    const answer = await logs(body, more);
    expect(answer).toMatchObject({
      status,
      json: { code, message: expect.stringContaining(reason) as string },
    });
  });

  it('refuses in protobuf what was sent in protobuf, and says when to come again', async () => {
    collector.fault = () =>
      Promise.reject(new AppError('bus_full', 'Full.', { status: 503, retryAfterSeconds: 4 }));
    const protobuf = { 'content-type': 'application/x-protobuf' };
    expect(await logs('{"no":"protobuf"}', protobuf)).toMatchObject({ status: 400 });
    // resourceLogs { scopeLogs { logRecords {} } }
    const answer = await logs(Uint8Array.of(10, 4, 18, 2, 18, 0), protobuf);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('4');
    expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
    // code 14, UNAVAILABLE
    expect(Buffer.from(answer.text).subarray(0, 2)).toEqual(Buffer.of(8, 14));
  });
});

describe('the CloudEvents SDK', () => {
  const event = new CloudEvent({
    id: 'e-1',
    source: '/ide/web',
    type: 'ai.coditect.agent.run.finished.v1',
    time: new Date(nowMs).toISOString(),
    subject: 'run',
    data: { userId: 'ada', status: 'succeeded', durationMs: 5 },
  });

  const send = ({ body, headers: more }: Message) =>
    post(
      `${collector.address}/v1/events`,
      String(body),
      Object.fromEntries(Object.entries(more).map(asText)),
    );
  const asText = ([name, value]: [string, unknown]): [string, string] => [name, String(value)];

  it('sends structured and binary events, and both are the same event', async () => {
    const messages = [HTTP.structured(event), HTTP.binary(event)];
    for (const message of messages) expect((await send(message)).json).toEqual({ accepted: 1, rejected: [] });
    const [structured, binary] = collector.published;
    expect(structured).toMatchObject({
      source: '/ide/web',
      subject: 'run',
      occurredAt: nowMs,
      durationMs: 5,
    });
    expect(binary).toEqual(structured);
  });

  it('sends a batch', async () => {
    const batch = [event, event.cloneWith({ id: 'e-2' })].map((some) => some.toJSON());
    const message = {
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(batch),
    };
    expect((await send(message)).json).toEqual({ accepted: 2, rejected: [] });
  });
});
