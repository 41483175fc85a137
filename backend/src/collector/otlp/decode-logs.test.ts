import fc from 'fast-check';
import protobuf from 'protobufjs';
import { AppError } from '../../platform/errors.js';
import { answerAccepted, answerRefused } from './answer-logs.js';
import { decodeLogs } from './decode-logs.js';
import { parseExportRequest } from './parse-logs.js';

const limits = { logRecordsMax: 3, depthMax: 4 };
const time = '1781524800123456789';

function aRequest(logRecords: readonly unknown[], resource: unknown = {}): unknown {
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'lib' }, logRecords }] }] };
}

function decodeJson(request: unknown) {
  return decodeLogs(Buffer.from(JSON.stringify(request)), 'json', limits).candidates;
}

function eventsOf(request: unknown): Record<string, unknown>[] {
  return decodeJson(request).map((candidate) =>
    'event' in candidate ? { ...(candidate.event as object) } : {},
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

describe('decodeLogs', () => {
  it('reads JSON with 64-bit numbers as text, hexadecimal ids and names of the .proto file', () => {
    const camel = {
      timeUnixNano: time,
      traceId: '5B8EFFF798038103D269B633813FC60C',
      attributes: [{ key: 'n', value: { intValue: '5' } }],
    };
    const snake = {
      time_unix_nano: Number(time),
      trace_id: '5b8efff798038103d269b633813fc60c',
      attributes: [{ key: 'n', value: { int_value: 5 } }],
    };
    for (const record of [camel, snake]) {
      expect(eventsOf(aRequest([record]))).toMatchObject([
        {
          time: '2026-06-15T12:00:00.123Z',
          data: { n: 5, 'trace.id': '5b8efff798038103d269b633813fc60c', 'otel.scope.name': 'lib' },
        },
      ]);
    }
  });

  it('keeps every kind of value', () => {
    const value = (some: object) => [{ key: 'v', value: some }];
    const read = (some: object) => eventsOf(aRequest([{ attributes: value(some) }]))[0]?.data;
    expect(read({ stringValue: 'a' })).toMatchObject({ v: 'a' });
    expect(read({ boolValue: false })).toMatchObject({ v: false });
    expect(read({ intValue: '9007199254740993' })).toMatchObject({ v: '9007199254740993' });
    expect(read({ doubleValue: 'NaN' })).toMatchObject({ v: 'NaN' });
    expect(read({ bytesValue: 'AQI=' })).toMatchObject({ v: 'AQI=' });
    expect(read({ arrayValue: { values: [{ intValue: 1 }, {}] } })).toMatchObject({ v: [1, null] });
    expect(read({ kvlistValue: { values: value({ intValue: 1 }) } })).toMatchObject({ v: { v: 1 } });
  });

  it('names equal records of a request apart, and the same in each repetition', () => {
    const record = { timeUnixNano: time, body: { stringValue: 'x' } };
    const request = aRequest([record, record, { ...record, timeUnixNano: '1781524800123456790' }]);
    const ids = eventsOf(request).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(eventsOf(request).map(({ id }) => id)).toEqual(ids);
    const elsewhere = eventsOf(aRequest([record], { attributes: [{ key: 'a', value: { intValue: 1 } }] }));
    expect(ids).not.toContain(elsewhere[0]?.id);
  });

  it('takes the name that a record has', () => {
    const attributes = [{ key: 'log.record.uid', value: { stringValue: '01HX' } }];
    expect(eventsOf(aRequest([{ attributes }]))[0]).toMatchObject({
      id: '01HX',
      source: '/otlp/unknown_service',
    });
  });

  it('refuses what is no record by itself', () => {
    expect(decodeJson(aRequest([5, {}]))).toMatchObject([
      { index: 0, rejection: { code: 'record_not_object' } },
      { index: 1, event: {} },
    ]);
  });

  it.each([
    ['no JSON', 'json', '{', '400 body_not_json'],
    ['a list', 'json', '[]', '400 body_not_otlp'],
    ['resource logs that are no list', 'json', '{"resourceLogs":5}', '400 body_not_otlp'],
    ['nothing', 'json', '', '400 body_empty'],
    ['no protobuf', 'protobuf', '{"a":1}', '400 body_not_protobuf'],
    ['a truncated message', 'protobuf', '\n\u0010\n', '400 body_not_protobuf'],
    ['too many records', 'json', JSON.stringify(aRequest([{}, {}, {}, {}])), '413 batch_too_large'],
  ] as const)('refuses %s', (_name, encoding, body, code) => {
    expect(codeOf(() => decodeLogs(Buffer.from(body), encoding, limits))).toBe(code);
  });

  it('takes an empty request', () => {
    expect(decodeJson({})).toEqual([]);
    expect(decodeLogs(Buffer.alloc(0), 'protobuf', limits).candidates).toEqual([]);
  });

  it('survives a bomb of nested values in protobuf', () => {
    let value = protobuf.Writer.create().finish();
    for (let level = 0; level < 2_000; level += 1) {
      const list = protobuf.Writer.create().uint32(10).bytes(value).finish();
      value = protobuf.Writer.create().uint32(42).bytes(list).finish();
    }
    const wrap = (tag: number, bytes: Uint8Array) =>
      protobuf.Writer.create().uint32(tag).bytes(bytes).finish();
    const bomb = wrap(10, wrap(18, wrap(18, wrap(42, value))));
    expect(codeOf(() => decodeLogs(bomb, 'protobuf', limits))).toBe('400 body_not_protobuf');
  });

  it('cuts nested values of JSON at the depth that is allowed', () => {
    let value: unknown = { intValue: 1 };
    for (let level = 0; level < 500; level += 1) value = { arrayValue: { values: [value] } };
    expect(decodeJson(aRequest([{ attributes: [{ key: 'v', value }] }]))).toMatchObject([
      { event: { data: { v: [[[[null]]]] } } },
    ]);
  });

  it('answers any bytes with candidates or a foreseen error', () => {
    const encodings = fc.constantFrom('json' as const, 'protobuf' as const);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), encodings, (body, encoding) => {
        expect(codeOf(() => decodeLogs(body, encoding, limits))).toMatch(/^(?:accepted|4\d\d )/);
      }),
      { numRuns: 300 },
    );
  });

  it('answers any JSON in the place of records', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (records, resource) => {
        const request = aRequest(records, resource);
        expect(parseExportRequest(request, { idEncoding: 'hex', depthMax: 4 })).toHaveLength(records.length);
      }),
    );
  });
});

describe('answerAccepted', () => {
  const rejected = [{ index: 4, code: 'time_invalid', pointer: '/time', reason: 'Bad.' }];

  it('is empty when every record was kept', () => {
    expect(answerAccepted([], 'json').body.toString()).toBe('{}');
    expect(answerAccepted([], 'protobuf')).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  it('counts what was refused, in both encodings', () => {
    expect(JSON.parse(answerAccepted(rejected, 'json').body.toString())).toEqual({
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage: 'time_invalid (1); the first is record 4, /time: Bad.',
      },
    });
    const { body } = answerAccepted(rejected, 'protobuf');
    // Field 1 (message) with field 1 (varint) of 1.
    expect(body.subarray(0, 1)).toEqual(Buffer.of(10));
    expect(body.subarray(2, 4)).toEqual(Buffer.of(8, 1));
    expect(body.toString()).toContain('time_invalid (1)');
  });
});

describe('answerRefused', () => {
  it('is a google.rpc.Status in the encoding of the request, with a time to wait', () => {
    const full = new AppError('bus_full', 'Full.', { status: 503, retryAfterSeconds: 3 });
    const answer = answerRefused(full, 'json');
    expect(answer).toMatchObject({ status: 503, retryAfterSeconds: 3, contentType: 'application/json' });
    expect(JSON.parse(answer.body.toString())).toEqual({ code: 14, message: 'bus_full: Full.' });
    expect(answerRefused(full, 'protobuf').body).toEqual(
      Buffer.concat([Buffer.of(8, 14, 18, 15), Buffer.from('bus_full: Full.')]),
    );
  });
});
