import fc from 'fast-check';
import { createTextFitter } from './fit-text.js';

/** Every character is as wide as the font is tall. */
const fitter = createTextFitter({ measure: (text, _weight, size) => [...text].length * size });
const style = { size: 1, weight: 'regular' } as const;

describe('wrap', () => {
  it('breaks between words, and says with an ellipsis that there is more', () => {
    expect(fitter.wrap('the quick brown fox jumps', style, 10, 5)).toEqual([
      'the quick',
      'brown fox',
      'jumps',
    ]);
    expect(fitter.wrap('the quick brown fox jumps', style, 10, 2)).toEqual(['the quick', 'brown fox…']);
  });

  it('breaks Chinese anywhere and paths at their slashes', () => {
    expect(fitter.wrap('各团队的代理运行', style, 4, 5)).toEqual(['各团队的', '代理运行']);
    expect(fitter.wrap('coditect/service-12', style, 10, 5)).toEqual(['coditect/', 'service-12']);
  });

  it('never makes a line wider than it may be, and loses nothing while there are lines', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.integer({ min: 8, max: 30 }),
        (text, width) => {
          const lines = fitter.wrap(text, style, width, 100);
          expect(lines.every((line) => [...line].length <= width)).toBe(true);
          expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
        },
      ),
    );
  });
});

describe('cut', () => {
  it('leaves alone what fits', () => {
    expect(fitter.cut('twelve chars', style, 12)).toBe('twelve chars');
    expect(fitter.cut('twelve chars', style, 11)).toBe('twelve cha…');
  });

  it('does not take families apart', () => {
    expect(fitter.cut('ab👩‍💻cd', style, 5)).toBe('ab…');
  });
});
