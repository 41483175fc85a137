import { createRandom, fractionOf, hashText } from './random.js';

describe('createRandom', () => {
  it('repeats itself from the same seed and differs from another', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it('stays in [0, 1) with a mean of one half', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 20_000 }, () => random.next());
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1);
  });

  it('draws log-normal values around their median, with a long right tail', () => {
    const random = createRandom(2);
    const values = Array.from({ length: 9_999 }, () => random.logNormal(100, 0.8)).sort((a, b) => a - b);
    expect(values[5_000]).toBeGreaterThan(93);
    expect(values[5_000]).toBeLessThan(107);
    expect(values[9_500]).toBeGreaterThan(300);
  });

  it('draws counts with the wanted mean', () => {
    const random = createRandom(3);
    const sum = Array.from({ length: 10_000 }, () => random.count(2.5)).reduce(
      (left, right) => left + right,
      0,
    );
    expect(sum / 10_000).toBeGreaterThan(2.4);
    expect(sum / 10_000).toBeLessThan(2.6);
  });

  it('picks by weight and never what weighs nothing', () => {
    const random = createRandom(4);
    const items = [
      { name: 'never', weight: 0 },
      { name: 'often', weight: 3 },
      { name: 'seldom', weight: 1 },
    ];
    const picked = Array.from({ length: 4_000 }, () => random.pickWeighted(items).name);
    expect(picked).not.toContain('never');
    expect(picked.filter((name) => name === 'often').length / 4_000).toBeCloseTo(0.75, 1);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRandom(5).pick([])).toThrow(RangeError);
    expect(() => createRandom(5).pickWeighted([])).toThrow(RangeError);
  });
});

describe('hashText', () => {
  it('gives neighbouring texts unrelated numbers', () => {
    const fractions = Array.from({ length: 1_000 }, (_, index) => fractionOf(`seat/${index}`));
    const low = fractions.filter((fraction) => fraction < 0.5).length;
    expect(low).toBeGreaterThan(430);
    expect(low).toBeLessThan(570);
    expect(new Set(fractions).size).toBe(1_000);
    expect(hashText('a', 1)).not.toBe(hashText('a', 2));
  });
});
