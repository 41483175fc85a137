import fc from 'fast-check';
import { z } from 'zod';
import { createPageCursor, epochMsSchema } from './page-cursor.js';

const cursor = createPageCursor(z.tuple([z.string(), epochMsSchema]));
const toCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function refusalOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a cursor of pages', () => {
  it('is read as it was written, and can stand in an address as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (name, atMs) => {
        const written = cursor.write([name, atMs]);
        expect(written).toMatch(/^[\w-]+$/);
        expect(cursor.read(written)).toEqual([name, atMs]);
      }),
    );
  });

  it.each([
    ['of another shape', toCursor({ name: 'a', atMs: 1 })],
    ['too short', toCursor(['a'])],
    ['before all instants', toCursor(['a', -1])],
    ['behind all instants', toCursor(['a', 1e300])],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['not encoded', '["a",1]'],
    ['empty', ''],
  ])('that is %s is refused with 400', (_what, forged) => {
    expect(refusalOf(() => cursor.read(forged))).toMatchObject({
      code: 'cursor_invalid',
      status: 400,
      pointer: '/cursor',
    });
  });

  it('is pointed to under the name that the question gives it', () => {
    const before = createPageCursor(z.string(), '/before');
    expect(refusalOf(() => before.read('%'))).toMatchObject({ pointer: '/before' });
  });
});
