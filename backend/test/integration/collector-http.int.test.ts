import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { AppError } from '../../src/platform/errors.js';
import { nowMs, post, startCollector, type Answer, type RunningCollector } from './collector-fixture.js';

let collector: RunningCollector;
let events: string;

beforeAll(async () => {
  collector = await startCollector({ bodyBytesMax: 100_000, inflatedBytesMax: 200_000, batchEventsMax: 10 });
  events = `${collector.address}/v1/events`;
});

beforeEach(() => {
  collector.published.length = 0;
  collector.fault = undefined;
});

afterAll(async () => {
  await collector.service.close();
});

function anEvent(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { specversion: '1.0', id: 'e-1', source: '/ide', type: 'com.example.thing', ...changes };
}

function send(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return post(events, JSON.stringify(body), headers);
}

function errorCodeOf(answer: Answer): string {
  const { error } = answer.json as { error?: { code: string; pointer?: string } };
  return `${answer.status} ${error?.code ?? ''} ${error?.pointer ?? ''}`.trim();
}

const structured = { 'content-type': 'application/cloudevents+json' };
const ndjson = { 'content-type': 'application/x-ndjson' };

describe('POST /v1/events takes', () => {
  it.each([
    ['one structured event', () => send(anEvent(), structured)],
    ['one event as JSON', () => send(anEvent())],
    ['a batch', () => send([anEvent()], { 'content-type': 'application/cloudevents-batch+json' })],
    ['a list as JSON', () => send([anEvent()])],
    ['NDJSON', () => post(events, `${JSON.stringify(anEvent())}\n`, ndjson)],
    [
      'binary mode',
      () =>
        post(events, '{"a":1}', {
          'ce-specversion': '1.0',
          'ce-id': 'e-1',
          'ce-source': '/ide',
          'ce-type': 'com.example.thing',
        }),
    ],
    ['gzip', () => post(events, gzipSync(JSON.stringify(anEvent())), { 'content-encoding': 'gzip' })],
    [
      'deflate',
      () => post(events, deflateSync(JSON.stringify(anEvent())), { 'content-encoding': 'deflate' }),
    ],
    [
      'raw deflate',
      () => post(events, deflateRawSync(JSON.stringify(anEvent())), { 'content-encoding': 'deflate' }),
    ],
    ['br', () => post(events, brotliCompressSync(JSON.stringify(anEvent())), { 'content-encoding': 'br' })],
  ])('%s', async (_name, request) => {
    const answer = await request();
    expect(answer).toMatchObject({ status: 202, json: { accepted: 1, rejected: [] } });
    expect(collector.published).toMatchObject([
      { tenantId: 'acme', id: 'e-1', source: '/ide', type: 'com.example.thing', receivedAt: nowMs },
    ]);
  });

  it('the good events of a batch and names the bad ones', async () => {
    const bad = anEvent({
      type: 'ai.coditect.agent.run.finished.v1',
      data: { status: 'failed', durationMs: -1 },
    });
    const answer = await send([anEvent(), bad, anEvent({ id: 'e-2' })]);
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, code: 'number_negative', pointer: '/data/durationMs' }],
    });
    expect(collector.published.map(({ id }) => id)).toEqual(['e-1', 'e-2']);
  });

  it('the good lines around one that is not JSON', async () => {
    const line = JSON.stringify(anEvent());
    const answer = await post(events, `${line}\n{"durationMs":NaN}\n${line}\n`, ndjson);
    expect(answer.json).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, code: 'line_not_json', pointer: '' }],
    });
  });
});

describe('POST /v1/events refuses a request', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));

  it.each([
    ['that is not JSON', () => post(events, '{"id":'), '400 body_not_json'],
    ['that has no body', () => post(events, ''), '400 body_empty'],
    ['that is not UTF-8', () => post(events, Uint8Array.of(0x22, 0xff, 0x22)), '400 body_not_utf8'],
    ['with an empty batch', () => post(events, '[]'), '400 batch_empty'],
    [
      'with truncated gzip',
      () => gzipped(gzipSync(JSON.stringify(anEvent())).subarray(0, -12)),
      '400 body_truncated',
    ],
    [
      'with truncated br',
      () =>
        post(events, brotliCompressSync(JSON.stringify(anEvent())).subarray(0, -5), {
          'content-encoding': 'br',
        }),
      '400 body_truncated',
    ],
    ['that is no gzip', () => gzipped(Buffer.from('{"id":"a"}')), '400 encoding_invalid'],
    ['that is a zip bomb', () => gzipped(bomb), '413 body_too_large'],
    [
      'that is a br bomb',
      () => post(events, brotliCompressSync(Buffer.alloc(10_000_000)), { 'content-encoding': 'br' }),
      '413 body_too_large',
    ],
    [
      'in an unknown encoding',
      () => send(anEvent(), { 'content-encoding': 'zstd' }),
      '415 encoding_unsupported',
    ],
    [
      'in two encodings',
      () => send(anEvent(), { 'content-encoding': 'gzip, br' }),
      '415 encoding_unsupported',
    ],
    [
      'named like a method',
      () => send(anEvent(), { 'content-encoding': 'toString' }),
      '415 encoding_unsupported',
    ],
    [
      'of another type',
      () => send(anEvent(), { 'content-type': 'text/html' }),
      '415 content_type_unsupported',
    ],
    [
      'in another charset',
      () => send(anEvent(), { 'content-type': 'application/json; charset=utf-16' }),
      '415 charset_unsupported',
    ],
    ['with a text of 10 MB', () => send(anEvent({ data: 'x'.repeat(10_000_000) })), '413 body_too_large'],
    ['with too many events', () => send(Array.from({ length: 11 }, () => anEvent())), '413 batch_too_large'],
    ['without a key', () => fetchWithoutKey(), '401 key_missing'],
    ['with an unknown key', () => send(anEvent(), { authorization: 'Bearer what' }), '401 key_unknown'],
    ['with a revoked key', () => send(anEvent(), { authorization: 'Bearer revoked' }), '401 key_revoked'],
    [
      'with a key of another scope',
      () => send(anEvent(), { authorization: 'Bearer reader' }),
      '403 scope_missing',
    ],
    [
      'while keys are away',
      () => send(anEvent(), { authorization: 'Bearer broken' }),
      '503 control_unavailable',
    ],
  ])('%s', async (_name, request, code) => {
    expect(errorCodeOf(await request())).toBe(code);
    expect(collector.published).toEqual([]);
  });

  it('that grows beyond the limit while it comes in pieces', async () => {
    const piece = new Uint8Array(30_000).fill(0x20);
    const body = new ReadableStream({
      start(controller) {
        for (let count = 0; count < 10; count += 1) controller.enqueue(piece);
        controller.close();
      },
    });
    const headers = { authorization: 'Bearer good', 'content-type': 'application/json' };
    const init: RequestInit = { method: 'POST', body, headers, duplex: 'half' };
    const response = await fetch(events, init);
    expect([response.status, await response.json()]).toMatchObject([
      413,
      { error: { code: 'body_too_large', limit: 100_000 } },
    ]);
  });

  it('of another method', async () => {
    const response = await fetch(events, { headers: { authorization: 'Bearer good' } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  function gzipped(body: Uint8Array): Promise<Answer> {
    return post(events, body, { 'content-encoding': 'gzip' });
  }

  async function fetchWithoutKey(): Promise<Answer> {
    const response = await fetch(events, { method: 'POST', body: '{}', headers: structured });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as unknown };
  }
});

describe('POST /v1/events refuses an event, with 400 when it is the only one,', () => {
  const deep = (levels: number) => `{"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  const withData = (data: string) => JSON.stringify(anEvent()).replace(/}$/, `,"data":${data}}`);
  const run = (data: Record<string, unknown>) => anEvent({ type: 'ai.coditect.agent.run.finished.v1', data });
  const many = Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`a${index}`, 1]));

  it.each([
    ['without an id', JSON.stringify(anEvent({ id: undefined })), 'id_missing /id'],
    ['without a source', JSON.stringify(anEvent({ source: undefined })), 'source_missing /source'],
    ['without a type', JSON.stringify(anEvent({ type: undefined })), 'type_missing /type'],
    [
      'without a specversion',
      JSON.stringify(anEvent({ specversion: undefined })),
      'specversion_missing /specversion',
    ],
    ['with a bad time', JSON.stringify(anEvent({ time: '2026-02-30T00:00:00Z' })), 'time_invalid /time'],
    [
      'more than a day ahead',
      JSON.stringify(anEvent({ time: '2026-06-16T12:00:01Z' })),
      'time_in_future /time',
    ],
    [
      'with a negative duration',
      JSON.stringify(run({ status: 'failed', durationMs: -0.1 })),
      'number_negative /data/durationMs',
    ],
    [
      'with the text NaN for a number',
      JSON.stringify(run({ status: 'failed', durationMs: 'NaN' })),
      'field_type /data/durationMs',
    ],
    ['with a number too large for JSON', withData('{"a":1e999}'), 'number_not_finite /data/a'],
    ['that is a bomb of lists', withData(deep(40_000)), 'too_deep /data/x'],
    ['with NUL', JSON.stringify(anEvent({ data: { a: '\0' } })), 'text_has_nul /data/a'],
    ['with a lone surrogate', withData('{"a":"\\ud800"}'), 'text_not_unicode /data/a'],
    ['with too many attributes', JSON.stringify(anEvent({ data: many })), 'too_many_attributes /data/a128'],
    [
      'with a long attribute',
      JSON.stringify(anEvent({ data: { a: 'x'.repeat(4_097) } })),
      'attribute_too_long /data/a',
    ],
    ['with a reserved name', withData('{"__proto__":"x"}'), 'attribute_name_reserved /data/__proto__'],
    ['that is a number', '5', 'event_not_object'],
  ])('%s', async (_name, body, refusal) => {
    const answer = await post(events, body, structured);
    expect(errorCodeOf(answer)).toBe(`400 ${refusal}`);
    expect(answer.json).toMatchObject({ accepted: 0, rejected: [{ index: 0, code: refusal.split(' ')[0] }] });
    const beside = await post(events, `${body}\n${JSON.stringify(anEvent())}`, ndjson);
    expect(beside).toMatchObject({ status: 202, json: { accepted: 1, rejected: [{ index: 0 }] } });
  });

  it('and says so when there were several', async () => {
    const answer = await send([5, anEvent({ id: '' })]);
    expect(errorCodeOf(answer)).toBe('400 nothing_accepted');
    expect(answer.json).toMatchObject({ accepted: 0, rejected: [{ index: 0 }, { index: 1 }] });
  });
});

describe('POST /v1/events promises nothing', () => {
  it('while the bus refuses, and says when to come again', async () => {
    collector.fault = () =>
      Promise.reject(new AppError('bus_full', 'Full.', { status: 503, retryAfterSeconds: 9 }));
    const answer = await send(anEvent());
    expect(errorCodeOf(answer)).toBe('503 bus_full');
    expect(answer.headers.get('retry-after')).toBe('9');
  });

  it('while the bus is broken', async () => {
    collector.fault = () => Promise.reject(new TypeError('unforeseen'));
    const answer = await send(anEvent());
    expect(errorCodeOf(answer)).toBe('503 bus_unavailable');
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.text).not.toContain('unforeseen');
  });
});

describe('the collector', () => {
  it('refuses what is beyond its room with 429', async () => {
    const small = await startCollector({ requestsInFlightMax: 1 });
    let release: (value: never) => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      small.fault = () =>
        new Promise<never>((_resolve, reject) => {
          release = reject;
          resolve();
        });
    });
    const first = post(`${small.address}/v1/events`, JSON.stringify(anEvent()));
    await entered;
    const second = await post(`${small.address}/v1/events`, JSON.stringify(anEvent()));
    expect(errorCodeOf(second)).toBe('429 too_many_requests');
    expect(second.headers.get('retry-after')).toBe('1');
    release(new AppError('bus_full', 'Full.', { status: 503 }) as never);
    expect((await first).status).toBe(503);
    await small.service.close();
  });

  it('goes on after a sender hung up in the middle of a body', async () => {
    const { hostname, port } = new URL(collector.address);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        const head = 'POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n';
        socket.write(`${head}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"id"`, () => {
          socket.destroy();
        });
      });
      socket.once('close', () => {
        resolve();
      });
    });
    expect((await send(anEvent())).status).toBe(202);
  });

  it('describes itself', async () => {
    const response = await fetch(`${collector.address}/openapi.json`);
    const document = (await response.json()) as { components: { schemas: object } };
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['CloudEvent', 'IngestAnswer', 'Error', 'ExportLogsServiceRequest', 'Status']),
    );
  });

  it('counts refusals by their reason', async () => {
    await send([anEvent(), anEvent({ source: '' })]);
    expect(await collector.telemetry.registry.metrics()).toMatch(
      /coditect_dropped_total\{component="collector",reason="source_invalid"\} [1-9]/,
    );
  });

  it('gives no 500, whatever JSON it is sent', async () => {
    const types = fc.constantFrom(
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/x-ndjson',
    );
    const data = fc.jsonValue();
    const event = data.map((value) => anEvent({ type: 'ai.coditect.api.request.completed.v1', data: value }));
    const member = fc.dictionary(
      fc.constantFrom('id', 'source', 'type', 'specversion', 'time', 'data', 'x'),
      data,
    );
    const body = fc.oneof(data, event, member, fc.array(fc.oneof(event, member), { maxLength: 5 }));
    await fc.assert(
      fc.asyncProperty(body, types, async (value, type) => {
        const { status } = await send(value, { 'content-type': type });
        expect([202, 400, 413]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });

  it('gives no 500, whatever JSON is sent as logs', async () => {
    const value = fc.dictionary(
      fc.constantFrom('stringValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'values'),
      fc.jsonValue(),
    );
    const name = fc.constantFrom(
      'event.name',
      'gen_ai.operation.name',
      'http.method',
      'http.status_code',
      '__proto__',
    );
    const attributes = fc.array(
      fc.record({ key: name, value: fc.oneof(value, fc.record({ stringValue: fc.string() })) }),
    );
    const record = fc.oneof(
      fc.record({ attributes, body: value, timeUnixNano: fc.jsonValue(), traceId: fc.jsonValue() }),
      fc.jsonValue(),
    );
    const wrap = (logRecords: unknown) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    const body = fc.oneof(fc.jsonValue(), fc.array(record, { maxLength: 5 }).map(wrap));
    await fc.assert(
      fc.asyncProperty(body, async (some) => {
        const { status } = await post(`${collector.address}/v1/logs`, JSON.stringify(some));
        expect([200, 400, 413]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });
});
