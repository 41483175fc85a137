import { valueEmsOf } from './value-width';

describe('valueEmsOf', () => {
  // As Chromium draws them in Grafana's font; a value that is wider than it is said to be is cut.
  it.each([
    [{ prefix: '', text: '100', suffix: '%' }, 2.645],
    [{ prefix: '', text: '88.8', suffix: '%' }, 2.915],
    [{ prefix: '', text: '4.07', suffix: ' K' }, 2.891],
    [{ prefix: '', text: '1.23', suffix: ' Mil' }, 3.404],
    [{ prefix: '', text: '12.4', suffix: ' hours' }, 4.328],
    [{ prefix: '$', text: '1,234', suffix: '' }, 3.33],
  ])('is as wide as %j is drawn, and not much wider', (value, drawn) => {
    expect(valueEmsOf(value)).toBeGreaterThanOrEqual(drawn);
    expect(valueEmsOf(value)).toBeLessThanOrEqual(drawn * 1.1);
  });

  it('does without affixes', () => {
    expect(valueEmsOf({ text: '7' })).toBeCloseTo(0.655);
  });
});
