import { axisFormatter, decimalsFor, formatCell, formatDelta, formatValue, headOf } from './format-values.js';

describe('formatValue', () => {
  it.each([
    [412, 'users', '412 users'],
    [128_460, 'count', '128,460'],
    [3_412_884_213, 'tokens', '3.41B tokens'],
    [999_999_999, 'count', '1B'],
    [0.9234, 'ratio', '92.3%'],
    [0.0042, 'ratio', '0.42%'],
    [0, 'ratio', '0.0%'],
    [48_211.37, 'USD', '$48,211.37'],
    [-1_234_567, 'USD', '-$1.23M'],
    [0.000_000_3, 'USD', '$3.0e-7'],
    [184.2, 'milliseconds', '184 ms'],
    [1_240, 'milliseconds', '1.24 s'],
    [192, 'seconds', '3.2 min'],
    [918_238_112_331, 'bytes', '918 GB'],
    [5.5e18, 'count', '5.50e18'],
    [-0.0001, 'percent', '-0.00010%'],
    [12.25, 'req/s', '12.3 req/s'],
    [50, 'percent', '50.0%'],
    [null, 'count', '–'],
    [Number.NaN, 'count', '–'],
  ])('writes %p %s as %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });
});

describe('formatCell', () => {
  it('gives all values of a column as many decimals as one of them needs', () => {
    const values = [1, 2.5, null];
    const decimals = decimalsFor(values, 'count');
    expect(values.map((value) => formatCell(value, 'count', decimals))).toEqual(['1.00', '2.50', '–']);
  });

  it('leaves whole numbers whole', () => {
    expect(formatCell(1_234_567, 'count', decimalsFor([1, 1_234_567], 'count'))).toBe('1,234,567');
  });

  it('never writes a negative zero', () => {
    expect(formatCell(-0, 'USD', 2)).toBe('0.00');
  });

  it('keeps the digits of what is smaller than its decimals', () => {
    expect(formatCell(0.000_12, 'USD', 2)).toBe('0.00012');
  });
});

describe('headOf', () => {
  it('carries the unit that the cells leave out', () => {
    expect([headOf('Cost', 'USD'), headOf('Runs', 'count'), headOf('Rate', 'ratio')]).toEqual([
      'Cost (USD)',
      'Runs',
      'Rate (%)',
    ]);
  });
});

describe('formatDelta', () => {
  it.each([
    [110, 100, 'count', '+10.0%', 1],
    [0.92, 0.95, 'ratio', '-3.0 pp', -1],
    [5, 5, 'count', 'no change', 0],
    [5, null, 'count', 'no earlier value', 0],
    [null, 5, 'count', 'no value in this period', 0],
    [5, 0, 'count', '+5', 1],
    [-12.5, 3, 'count', '-15.5', -1],
    [50, -50, 'USD', '+$100.00', 1],
    [10_000, 1, 'count', '+over 999%', 1],
  ])('of %p against %p %s is %s', (value, previous, unit, text, sign) => {
    expect(formatDelta(value, previous, unit)).toEqual({ text, sign });
  });
});

describe('axisFormatter', () => {
  it('writes all ticks in one scale with the decimals of the step', () => {
    const write = axisFormatter(2_000_000, 500_000, 'count');
    expect([0, 500_000, 2_000_000].map(write)).toEqual(['0', '0.5M', '2.0M']);
  });

  it('tells neighbouring percentages apart', () => {
    const write = axisFormatter(0.95, 0.025, 'ratio');
    expect([0.9, 0.925, 0.95].map(write)).toEqual(['90.0%', '92.5%', '95.0%']);
  });
});
