import fc from 'fast-check';
import type { DeadLetter } from '../../platform/dead-letters.js';
import { AppError } from '../../platform/errors.js';
import { anEvent } from '../../testkit/an-event.js';
import {
  countByTenant,
  decodeEvents,
  encodeEvents,
  fitLetter,
  mergeEvents,
  readCursor,
  writeCursor,
} from './letter-content.js';

const id = '12858265-8962-4e50-b2db-165c62710d28';

describe('encodeEvents', () => {
  it('gives the same events back, whatever text they hold', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    // The collector refuses this one: attribute_name_reserved.
    const name = text.filter((given) => given !== '__proto__');
    const given = fc.array(fc.record({ subject: text, attributes: fc.dictionary(name, text) }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(given, async (list) => {
        const events = list.map((changes) => anEvent(changes));
        expect(await decodeEvents(await encodeEvents(events))).toEqual(events);
      }),
      { numRuns: 50 },
    );
  });

  it('is no bytes for no events', async () => {
    expect(await encodeEvents([])).toHaveLength(0);
    expect(await decodeEvents(Buffer.alloc(0))).toEqual([]);
  });
});

describe('mergeEvents', () => {
  it('keeps each identity once, in the order in which they came', () => {
    const [one, two, three] = [anEvent(), anEvent(), anEvent()];
    expect(mergeEvents([one, two], [three, one])).toEqual([one, two, three]);
  });

  it('says when there is nothing new', () => {
    const event = anEvent();
    expect(mergeEvents([event], [event])).toBeUndefined();
    expect(mergeEvents([event], [])).toBeUndefined();
  });
});

describe('countByTenant', () => {
  it('counts the events of each, and names a tenant of whom there are only bytes', () => {
    const events = [anEvent({ tenantId: 'a' }), anEvent({ tenantId: 'b' }), anEvent({ tenantId: 'a' })];
    expect([...countByTenant(events, undefined)]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect([...countByTenant([], 'c')]).toEqual([['c', 0]]);
    expect([...countByTenant(events, 'a')]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

describe('fitLetter', () => {
  const letter: DeadLetter = {
    messageId: 'm',
    origin: 'intake',
    code: 'c',
    reason: 'r',
    attempts: 1,
    events: [],
    raw: { tenantId: 'a', contentType: 't', body: Buffer.from('\u0000') },
  };

  it('leaves alone what fits', () => {
    expect(fitLetter(letter)).toEqual(letter);
  });

  it('shortens what would not fit, and leaves bytes as they are', () => {
    const raw = { tenantId: 'a', contentType: 'a\u0000b', body: Buffer.from('\u0000') };
    const fitted = fitLetter({ ...letter, reason: 'x'.repeat(3_000), raw });
    expect(fitted.reason).toHaveLength(2_000);
    expect(fitted.raw).toEqual({ ...raw, contentType: 'ab' });
  });

  it.each([
    [Number.NaN, 0],
    [-1, 0],
    [2.9, 2],
    [1e20, 2_147_483_647],
  ])('makes %d attempts %d', (attempts, fitted) => {
    expect(fitLetter({ ...letter, attempts }).attempts).toBe(fitted);
  });
});

describe('readCursor', () => {
  it('reads what was written', () => {
    const position = { firstAt: new Date('2026-03-01T12:00:00.123Z'), id };
    expect(readCursor(writeCursor(position))).toEqual(position);
  });

  it('takes nothing else, and says so with 400', () => {
    const forged = [[0], [0, 'x'], ['0', id], [-1, id], [1e300, id], { firstAt: 0, id }, null];
    const texts = ['', '{', '%', ...forged.map((value) => JSON.stringify(value))];
    for (const text of texts) {
      for (const cursor of [text, Buffer.from(text).toString('base64url')]) {
        expect(() => readCursor(cursor)).toThrow(AppError);
      }
    }
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        expect(() => readCursor(cursor)).toThrow('earlier answer');
      }),
    );
  });
});
