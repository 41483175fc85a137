import { gzipSync } from 'node:zlib';
import { AppError } from '../../platform/errors.js';
import { createBodyBudget } from '../body-budget.js';
import { defaultCollectorLimits } from '../limits.js';
import { decodeKept, decodeMessage, type DecodedMessage, type EncodedContent } from './decode-message.js';

const event = { specversion: '1.0', id: 'e-1', source: '/ide', type: 'com.example.thing', data: { a: 1 } };
const attributes = {
  'cloudEvents:specversion': '1.0',
  'cloudEvents:id': 'e-1',
  'cloudEvents:source': '/ide',
  'cloudEvents:type': 'com.example.thing',
};
const limits = { ...defaultCollectorLimits, bodyBytesMax: 1_000, inflatedBytesMax: 2_000, batchEventsMax: 3 };

function aMessage(body: unknown, changes: Partial<EncodedContent> = {}): EncodedContent {
  return {
    contentType: 'application/cloudevents+json',
    contentEncoding: undefined,
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    ...changes,
  };
}

function decode(body: unknown, changes: Partial<EncodedContent> = {}): Promise<DecodedMessage> {
  return createBodyBudget(limits).hold('acme', (share) =>
    decodeMessage(aMessage(body, changes), limits, share),
  );
}

async function codeOf(decoding: Promise<unknown>): Promise<string> {
  const error = await decoding.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof AppError && !error.retryable ? error.code : String(error);
}

describe('a structured message', () => {
  it.each([
    ['one event', event, 'application/cloudevents+json', 1],
    ['one event with a charset', event, 'application/cloudevents+json; charset=UTF-8', 1],
    ['a batch', [event, event], 'application/cloudevents-batch+json', 2],
    ['one as plain JSON', event, 'application/json', 1],
    ['a list as plain JSON', [event, event], 'application/json', 2],
    ['lines', `${JSON.stringify(event)}\n${JSON.stringify(event)}\n`, 'application/x-ndjson', 2],
  ])('holds %s', async (_name, body, contentType, count) => {
    const { candidates, kept } = await decode(body, { contentType });
    expect(candidates).toEqual(Array.from({ length: count }, (_, index) => ({ index, event })));
    expect(decodeKept(kept, limits)).toEqual(candidates);
  });

  it('may be compressed, and is kept as it was before', async () => {
    const { candidates, kept } = await decode('', {
      body: gzipSync(JSON.stringify(event)),
      contentEncoding: 'gzip',
    });
    expect(candidates).toEqual([{ index: 0, event }]);
    expect(JSON.parse(kept.body.toString())).toEqual(event);
  });

  it('is structured by its content type, whatever its headers say', async () => {
    const { candidates } = await decode(event, { headers: { 'cloudEvents:id': 'another' } });
    expect(candidates).toEqual([{ index: 0, event }]);
  });

  it('keeps the good lines around a bad one', async () => {
    const { candidates } = await decode(`${JSON.stringify(event)}\n{"a":NaN}`, {
      contentType: 'application/x-ndjson',
    });
    expect(candidates[1]).toMatchObject({ index: 1, rejection: { code: 'line_not_json' } });
  });
});

describe('a binary message', () => {
  const json = { contentType: 'application/json' };

  it.each(['cloudEvents:', 'cloudEvents_', 'cloudevents:', 'CloudEvents_'])(
    'has its attributes in headers that begin with %s',
    async (prefix) => {
      const headers = Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name.replace('cloudEvents:', prefix), value]),
      );
      const { candidates, kept } = await decode({ a: 1 }, { ...json, headers });
      expect(candidates).toEqual([{ index: 0, event }]);
      expect(decodeKept(kept, limits)).toEqual(candidates);
    },
  );

  it('may have attributes of other types than text, and other headers', async () => {
    const headers = {
      ...attributes,
      'cloudEvents:time': { '!': 'timestamp', value: 1_781_524_800 },
      'cloudEvents:sequence': 7,
      'cloudEvents:sampled': true,
      'cloudEvents:data': 'none',
      'x-retry': 1,
    };
    const { candidates } = await decode({ a: 1 }, { ...json, headers });
    const more = { time: '2026-06-15T12:00:00.000Z', sequence: '7', sampled: 'true' };
    expect(candidates).toEqual([{ index: 0, event: { ...event, ...more } }]);
  });

  it.each([
    ['text', 'text/plain', 'hello', { data: 'hello' }],
    ['nothing', 'application/json', '', {}],
    ['JSON of no named type', 'application/octet-stream', '{"a":1}', { data: { a: 1 } }],
    ['JSON that is none', 'application/json', '{"a":', { data_base64: 'eyJhIjo=' }],
    ['bytes', 'image/png', 'png', { data_base64: 'cG5n' }],
  ])('may hold %s', async (_name, contentType, body, data) => {
    const { data: _data, ...rest } = event;
    const { candidates } = await decode(body, { contentType, headers: attributes });
    expect(candidates).toEqual([{ index: 0, event: { ...rest, ...data } }]);
  });

  it('without an id goes to the checks, which name what is missing', async () => {
    const headers = { 'cloudEvents:type': 'com.example.thing' };
    const { candidates } = await decode({ a: 1 }, { ...json, headers });
    expect(candidates).toEqual([{ index: 0, event: { type: 'com.example.thing', data: { a: 1 } } }]);
  });
});

describe('a message is refused', () => {
  it.each([
    ['that is not JSON', () => decode('{"id":'), 'body_not_json'],
    ['that is empty', () => decode(''), 'body_empty'],
    ['that is not UTF-8', () => decode('', { body: Buffer.of(0x22, 0xff, 0x22) }), 'body_not_utf8'],
    [
      'whose batch is none',
      () => decode(event, { contentType: 'application/cloudevents-batch+json' }),
      'batch_not_list',
    ],
    [
      'of too many events',
      () => decode([1, 2, 3, 4], { contentType: 'application/json' }),
      'batch_too_large',
    ],
    ['of another content type', () => decode('x', { contentType: 'text/plain' }), 'content_type_unsupported'],
    ['of an unknown encoding', () => decode(event, { contentEncoding: 'zip' }), 'encoding_unsupported'],
    ['whose gzip is none', () => decode(event, { contentEncoding: 'gzip' }), 'encoding_invalid'],
    ['that is too large', () => decode(' '.repeat(1_001)), 'body_too_large'],
    [
      'that inflates to too much',
      () => decode('', { body: gzipSync(' '.repeat(2_001)), contentEncoding: 'gzip' }),
      'body_too_large',
    ],
  ])('%s', async (_name, decoding, code) => {
    expect(await codeOf(decoding())).toBe(code);
  });
});
