import { createAnswerCache } from './answer-cache.js';

const answerOf = (text: string, readAtMs = 0, lifetimeMs = 1_000) => ({
  body: Buffer.from(text),
  readAtMs,
  lifetimeMs,
});

describe('the cache of answers', () => {
  it('gives an answer again until its lifetime after the read is over', () => {
    const cache = createAnswerCache(1_000_000);
    cache.keep('a', answerOf('1', 5_000));
    expect(cache.find('a', 5_999)?.body.toString()).toBe('1');
    expect(cache.find('a', 6_000)).toBeUndefined();
    expect(cache.find('a', 5_500)).toBeUndefined();
  });

  it('gives nothing that comes from the future of a clock that was set back', () => {
    const cache = createAnswerCache(1_000_000);
    cache.keep('a', answerOf('1', 5_000));
    expect(cache.find('a', 4_999)).toBeUndefined();
  });

  it('keeps the answer that was read last, whichever comes last', () => {
    const cache = createAnswerCache(1_000_000);
    cache.keep('a', answerOf('new', 5_000));
    cache.keep('a', answerOf('old', 4_900));
    expect(cache.find('a', 5_100)?.body.toString()).toBe('new');
  });

  it('stays within its bytes and drops what was asked for longest ago', () => {
    const cache = createAnswerCache(10_000);
    for (let n = 0; n < 30; n += 1) {
      cache.keep(`k${n}`, answerOf('x'.repeat(700)));
      cache.find('k0', 1);
      expect(cache.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(cache.find('k0', 1)).toBeDefined();
    expect(cache.find('k1', 1)).toBeUndefined();
    expect(cache.find('k29', 1)).toBeDefined();
  });

  it('keeps no answer that would push out many others', () => {
    const cache = createAnswerCache(10_000);
    cache.keep('small', answerOf('x'));
    cache.keep('large', answerOf('x'.repeat(2_000)));
    expect(cache.find('large', 1)).toBeUndefined();
    expect(cache.find('small', 1)).toBeDefined();
  });

  it('keeps nothing when it is switched off', () => {
    const cache = createAnswerCache(0);
    cache.keep('a', answerOf('1'));
    expect(cache.find('a', 1)).toBeUndefined();
  });
});
