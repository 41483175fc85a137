import fc from 'fast-check';
import { checkEvent } from './check-event.js';
import { defaultCollectorLimits } from './limits.js';

const nowMs = Date.parse('2026-06-15T12:00:00Z');
const limits = { ...defaultCollectorLimits, attributesMax: 4, attributeCharsMax: 20, depthMax: 4 };

function check(event: unknown) {
  return checkEvent(event, { limits, nowMs });
}

function anEvent(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { specversion: '1.0', id: 'e-1', source: '/ide', type: 'com.example.thing', ...changes };
}

function aRun(data: unknown): Record<string, unknown> {
  return anEvent({ type: 'ai.coditect.agent.run.finished.v1', data });
}

function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

function refusalOf(event: unknown): string {
  const result = check(event);
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.pointer}`;
}

function acceptedOf(event: unknown) {
  const result = check(event);
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.rejection)}`);
  return result.value;
}

describe('checkEvent on the attributes of an event', () => {
  it.each([
    ['no object', 'text', 'event_not_object '],
    ['a list', [], 'event_not_object '],
    ['null', null, 'event_not_object '],
    ['no id', anEvent({ id: undefined }), 'id_missing /id'],
    ['an id of null', anEvent({ id: null }), 'id_missing /id'],
    ['an empty id', anEvent({ id: '' }), 'id_invalid /id'],
    ['a number for an id', anEvent({ id: 7 }), 'id_invalid /id'],
    ['a very long id', anEvent({ id: 'x'.repeat(513) }), 'text_too_long /id'],
    ['no source', anEvent({ source: undefined }), 'source_missing /source'],
    ['an empty source', anEvent({ source: '' }), 'source_invalid /source'],
    ['no type', anEvent({ type: undefined }), 'type_missing /type'],
    ['an object for a type', anEvent({ type: {} }), 'type_invalid /type'],
    ['no specversion', anEvent({ specversion: undefined }), 'specversion_missing /specversion'],
    ['another specversion', anEvent({ specversion: '0.3' }), 'specversion_unsupported /specversion'],
    ['a bad time', anEvent({ time: 'soon' }), 'time_invalid /time'],
    ['a future time', anEvent({ time: '2026-06-17T00:00:00Z' }), 'time_in_future /time'],
    ['a bad subject', anEvent({ subject: 5 }), 'subject_invalid /subject'],
    ['NUL in the id', anEvent({ id: 'a\0b' }), 'text_has_nul /id'],
    ['a lone surrogate in the source', anEvent({ source: '/\ud800' }), 'text_not_unicode /source'],
  ])('refuses %s', (_name, event, refusal) => {
    expect(refusalOf(event)).toBe(refusal);
  });

  it('keeps extension attributes beside the data', () => {
    const event = anEvent({ traceparent: '00-ab', data: { a: 1 } });
    expect(acceptedOf(event).attributes).toEqual({ a: '1', traceparent: '00-ab' });
  });
});

describe('checkEvent on data of a known type', () => {
  it('sorts data into columns and attributes', () => {
    const data = { userId: 'ada', status: 'failed', durationMs: 12.5, tokensInput: 3, extra: true };
    expect(acceptedOf(aRun(data))).toMatchObject({
      columns: { userId: 'ada', status: 'failed', durationMs: 12.5, tokensInput: 3 },
      attributes: { extra: 'true' },
    });
  });

  it.each([
    ['a missing field', {}, 'field_missing /data/status'],
    ['no data at all', undefined, 'field_missing /data/status'],
    ['data that is a text', 'text', 'data_not_object /data'],
    ['data that is a list', [1], 'data_not_object /data'],
    ['another outcome', { status: 'great' }, 'value_not_allowed /data/status'],
    ['a negative duration', { status: 'failed', durationMs: -1 }, 'number_negative /data/durationMs'],
    ['a cost no column holds', { status: 'failed', costUsd: 1e12 }, 'number_out_of_range /data/costUsd'],
    ['an endless duration', { status: 'failed', durationMs: 1e13 }, 'number_out_of_range /data/durationMs'],
    ['tokens beyond sums', { status: 'failed', tokensInput: 1e13 }, 'number_out_of_range /data/tokensInput'],
    ['a text for a number', { status: 'failed', durationMs: 'NaN' }, 'field_type /data/durationMs'],
    ['an infinite number', { status: 'failed', durationMs: Infinity }, 'number_not_finite /data/durationMs'],
    ['NaN', { status: 'failed', durationMs: Number.NaN }, 'number_not_finite /data/durationMs'],
    ['half a token', { status: 'failed', tokensInput: 0.5 }, 'number_not_whole /data/tokensInput'],
    ['too many tokens', { status: 'failed', tokensInput: 1e300 }, 'number_out_of_range /data/tokensInput'],
    ['a number for a text', { status: 'failed', team: 5 }, 'field_type /data/team'],
    ['a long name', { status: 'failed', team: 'x'.repeat(257) }, 'text_too_long /data/team'],
    ['NUL in a column', { status: 'failed', team: 'a\0' }, 'text_has_nul /data/team'],
    ['a lone surrogate', { status: 'failed', team: '\udfff' }, 'text_not_unicode /data/team'],
  ])('refuses %s', (_name, data, refusal) => {
    expect(refusalOf(aRun(data))).toBe(refusal);
  });

  it('names the field of an API request that is out of its range', () => {
    const type = 'ai.coditect.api.request.completed.v1';
    const data = { method: 'GET', route: '', statusCode: 99 };
    expect(refusalOf(anEvent({ type, data }))).toBe('text_too_short /data/route');
    expect(refusalOf(anEvent({ type, data: { ...data, route: '/' } }))).toBe(
      'number_out_of_range /data/statusCode',
    );
  });
});

describe('checkEvent on data of an unknown type', () => {
  it('keeps a number that its column can not hold as an attribute', () => {
    const { columns, attributes } = acceptedOf(anEvent({ data: { costUsd: 1e12, durationMs: 1e-300 } }));
    expect(columns).toEqual({ durationMs: 0 });
    expect(attributes).toEqual({ costUsd: '1000000000000' });
  });

  it('keeps data whole: what does not fit a column stays an attribute', () => {
    const data = { team: 'core', durationMs: -5, tokensInput: 'many', statusCode: 42 };
    expect(acceptedOf(anEvent({ data }))).toMatchObject({
      columns: { team: 'core' },
      attributes: { durationMs: '-5', tokensInput: 'many', statusCode: '42' },
    });
  });

  it.each([
    ['a text', 'hello', { data: 'hello' }],
    ['a number', 5, { data: '5' }],
    ['a list', [1, 'a'], { data: '[1,"a"]' }],
    ['null', null, {}],
    ['nothing', undefined, {}],
    ['objects', { a: { b: { c: 1 } }, d: [{ e: 2 }], f: null }, { 'a.b.c': '1', d: '[{"e":2}]' }],
  ])('flattens %s', (_name, data, attributes) => {
    expect(acceptedOf(anEvent({ data })).attributes).toEqual(attributes);
  });

  it('reads data_base64 that holds JSON and refuses other bytes', () => {
    const encode = (text: string) => Buffer.from(text).toString('base64');
    expect(acceptedOf(anEvent({ data_base64: encode('{"a":1}') })).attributes).toEqual({ a: '1' });
    expect(refusalOf(anEvent({ data_base64: encode('\u0001') }))).toBe('data_invalid /data_base64');
    expect(refusalOf(anEvent({ data_base64: 5 }))).toBe('data_invalid /data_base64');
  });

  it.each([
    ['too many attributes', { a: 1, b: 2, c: 3, d: 4, e: 5 }, 'too_many_attributes /data/e'],
    ['a long attribute', { a: 'x'.repeat(21) }, 'attribute_too_long /data/a'],
    ['a text of 10 MB', { a: 'x'.repeat(10_000_000) }, 'attribute_too_long /data/a'],
    ['a long list', { a: Array.from({ length: 30 }, () => 1) }, 'attribute_too_long /data/a'],
    ['a long name', { ['n'.repeat(257)]: 1 }, `attribute_name_too_long /data/${'n'.repeat(128)}`],
    ['nested objects', { a: { b: { c: { d: {} } } } }, 'too_deep /data/a/b/c/d'],
    ['nested lists', { a: nested(100_000) }, 'too_deep /data/a'],
    ['NUL in a name', { 'a\0': 1 }, 'text_has_nul /data/a\0'],
    ['NUL within a list', { a: ['\0'] }, 'text_has_nul /data/a/0'],
    ['a surrogate within a list', { a: [{ '\ud800': 1 }] }, 'text_not_unicode /data/a/0/\ufffd'],
    ['an infinite number', { a: 1e999 }, 'number_not_finite /data/a'],
    ['an infinite number within a list', { a: [1e999] }, 'number_not_finite /data/a/0'],
    ['a slash in a name', { 'a/~b': 'x'.repeat(21) }, 'attribute_too_long /data/a~1~0b'],
  ])('refuses %s', (_name, data, refusal) => {
    expect(refusalOf(anEvent({ data }))).toBe(refusal);
  });

  it('refuses a key that would change the prototype, and changes none', () => {
    const event: unknown = JSON.parse(
      JSON.stringify(anEvent()).replace('}', ',"data":{"__proto__":{"x":"y"}}}'),
    );
    expect(acceptedOf(event).attributes).toEqual({ '__proto__.x': 'y' });
    const flat: unknown = JSON.parse(JSON.stringify(anEvent()).replace('}', ',"data":{"__proto__":"y"}}'));
    expect(refusalOf(flat)).toBe('attribute_name_reserved /data/__proto__');
    expect(Object.getPrototypeOf({})).not.toHaveProperty('x');
    expect(acceptedOf(anEvent({ data: { constructor: 'c', toString: 't' } })).attributes).toEqual({
      constructor: 'c',
      toString: 't',
    });
  });
});

describe('checkEvent on anything', () => {
  const known = fc.constantFrom(
    'ai.coditect.agent.run.finished.v1',
    'ai.coditect.api.request.completed.v1',
    'x',
  );

  it('answers and never throws, whatever JSON it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        const result = check(event);
        expect(typeof result.ok).toBe('boolean');
      }),
    );
  });

  it('answers and never throws, whatever data an event has', () => {
    fc.assert(
      fc.property(known, fc.anything(), (type, data) => {
        const result = check(anEvent({ type, data }));
        expect(result.ok || result.rejection.code !== '').toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
