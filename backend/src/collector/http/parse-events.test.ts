import type { IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { AppError } from '../../platform/errors.js';
import { checkEventsMediaType, parseEvents } from './parse-events.js';

const limits = { batchEventsMax: 3 };

function parse(body: string | Uint8Array, headers: IncomingHttpHeaders) {
  const mediaType = checkEventsMediaType(headers);
  return parseEvents(
    { headers, mediaType, body: typeof body === 'string' ? Buffer.from(body) : body },
    limits,
  );
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (error instanceof AppError) return `${error.status} ${error.code}`;
    throw error;
  }
}

const structured = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const json = { 'content-type': 'application/json' };
const ndjson = { 'content-type': 'application/x-ndjson' };
const binary = {
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-id': 'e-1',
  'ce-source': '/ide/K%C3%B6ln',
  'ce-type': '"com.example"',
};

describe('parseEvents', () => {
  it.each([
    ['one structured event', '{"id":"a"}', structured, [{ index: 0, event: { id: 'a' } }]],
    ['one event as plain JSON', '{"id":"a"}', json, [{ index: 0, event: { id: 'a' } }]],
    [
      'a batch',
      '[{"id":"a"},5]',
      batch,
      [
        { index: 0, event: { id: 'a' } },
        { index: 1, event: 5 },
      ],
    ],
    ['a list as plain JSON', '[{"id":"a"}]', json, [{ index: 0, event: { id: 'a' } }]],
    ['a byte order mark', '\ufeff{"id":"a"}', structured, [{ index: 0, event: { id: 'a' } }]],
  ])('reads %s', (_name, body, headers, candidates) => {
    expect(parse(body, headers)).toEqual(candidates);
  });

  it('keeps the neighbours of a bad line and leaves blank ones out', () => {
    expect(parse('{"id":"a"}\r\n\n{"id":NaN}\n{"id":"b"}', ndjson)).toMatchObject([
      { index: 0, event: { id: 'a' } },
      { index: 1, rejection: { code: 'line_not_json' } },
      { index: 2, event: { id: 'b' } },
    ]);
  });

  it('reads binary mode with percent-encoded and quoted headers', () => {
    const event = { specversion: '1.0', id: 'e-1', source: '/ide/Köln', type: 'com.example' };
    expect(parse('{"a":1}', binary)).toEqual([{ index: 0, event: { ...event, data: { a: 1 } } }]);
    expect(parse('', binary)).toEqual([{ index: 0, event }]);
    expect(parse('', { ...binary, 'ce-id': '100% of %61' })).toMatchObject([{ event: { id: '100% of a' } }]);
    expect(parse('hello', { ...binary, 'content-type': 'text/plain' })).toEqual([
      { index: 0, event: { ...event, data: 'hello' } },
    ]);
  });

  it('refuses a header that is not percent-encoded UTF-8, by its name', () => {
    expect(parse('{}', { ...binary, 'ce-id': '%ff' })).toMatchObject([
      { index: 0, rejection: { code: 'header_encoding_invalid', pointer: '/id' } },
    ]);
  });

  it.each([
    ['no JSON', '{"id":', structured, '400 body_not_json'],
    ['no JSON in binary mode', '{', binary, '400 body_not_json'],
    ['bytes in binary mode', 'x', { ...binary, 'content-type': 'image/png' }, '415 content_type_unsupported'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), json, '400 body_not_utf8'],
    ['no UTF-8 among lines', Uint8Array.of(0xff), ndjson, '400 body_not_utf8'],
    ['an empty body', '', json, '400 body_empty'],
    ['an empty batch', '[]', batch, '400 batch_empty'],
    ['no lines', '\n \n', ndjson, '400 batch_empty'],
    ['an object for a batch', '{}', batch, '400 batch_not_list'],
    ['too many events', '[1,2,3,4]', json, '413 batch_too_large'],
    ['too many lines', '1\n2\n3\n4\n', ndjson, '413 batch_too_large'],
    ['another content type', '{}', { 'content-type': 'text/plain' }, '415 content_type_unsupported'],
    ['no content type', '{}', {}, '415 content_type_unsupported'],
    [
      'another charset',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      '415 charset_unsupported',
    ],
  ])('refuses %s', (_name, body, headers, code) => {
    expect(codeOf(() => parse(body, headers))).toBe(code);
  });

  it('survives a bomb of nested lists', () => {
    const bomb = '['.repeat(400_000) + ']'.repeat(400_000);
    expect(parse(bomb, json)).toHaveLength(1);
    expect(codeOf(() => parse('['.repeat(900_000), json))).toBe('400 body_not_json');
  });

  it('answers any bytes with candidates or a foreseen error', () => {
    const headers = fc.constantFrom<IncomingHttpHeaders>(structured, batch, json, ndjson, binary);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), headers, (body, some) => {
        expect(codeOf(() => parse(body, some))).toMatch(/^(?:accepted|4\d\d )/);
      }),
    );
  });
});
