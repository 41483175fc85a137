import { computeDelta, judge, type DeltaInput } from './delta';

const input: DeltaInput = {
  value: 120,
  previous: 100,
  mode: 'auto',
  direction: 'up',
  neutralBandPercent: 0,
  unit: 'short',
  format: (difference) => `${difference} runs`,
};
const text = (changed: Partial<DeltaInput>) => computeDelta({ ...input, ...changed })?.text;

describe('computeDelta', () => {
  it('gives the change in percent of the previous value', () => {
    expect(computeDelta(input)).toEqual({ trend: 'up', judgement: 'good', text: '+20 %' });
    expect(text({ value: 95.5 })).toBe('−4.5 %');
    expect(text({ value: 100 })).toBe('±0.0 %');
  });

  it('has as many decimals as asked for', () => {
    expect(text({ decimals: 2 })).toBe('+20.00 %');
    expect(text({ value: 95.5, decimals: 0 })).toBe('−5 %');
    expect(text({ value: 0.5, previous: 0.256, unit: 'percentunit', decimals: 2 })).toBe('+24.40 pp');
  });

  it('measures against the size of a negative previous value', () => {
    expect(text({ value: -50, previous: -100 })).toBe('+50 %');
  });

  it('gives ratios in percentage points, because 25 % to 50 % is not "plus 100 %"', () => {
    expect(text({ value: 0.5, previous: 0.25, unit: 'percentunit' })).toBe('+25 pp');
    expect(text({ value: 50, previous: 25, unit: 'percent' })).toBe('+25 pp');
    expect(text({ value: 0.5, previous: 0.25, unit: 'percentunit', mode: 'percent' })).toBe('+100 %');
  });

  it("gives a difference in the value's own unit, also where points make no sense", () => {
    expect(text({ mode: 'absolute' })).toBe('+20 runs');
    expect(text({ mode: 'points' })).toBe('+20 runs');
  });

  it('takes no noise of floating point for a change, and writes no powers of ten', () => {
    const noise = { value: 0.1 + 0.2, previous: 0.3 };
    expect(computeDelta({ ...input, ...noise })).toEqual({
      trend: 'flat',
      judgement: 'neutral',
      text: '±0.0 %',
    });
    expect(text({ value: 1_000_000_001, previous: 1_000_000_000 })).toBe('+under 0.001 %');
    expect(text({ value: 1e-9, previous: 2e-9 })).toBe('−50 %');
  });

  it('does not divide by a previous value of zero', () => {
    expect(text({ value: 5, previous: 0 })).toBe('+5 runs');
    expect(text({ value: 0, previous: 0 })).toBe('±0 runs');
  });

  it('keeps absurd percentages short and tiny ones visible', () => {
    expect(text({ value: 5_000, previous: 1 })).toBe('+over 999 %');
    expect(text({ value: 1.0002, previous: 1 })).toBe('+0.02 %');
  });

  it('is silent when there is nothing to compare', () => {
    expect(text({ previous: null })).toBeUndefined();
    expect(text({ previous: undefined })).toBeUndefined();
    expect(text({ value: null })).toBeUndefined();
    expect(text({ mode: 'none' })).toBeUndefined();
  });

  it('judges a change inside the neutral band as neither good nor bad', () => {
    expect(computeDelta({ ...input, value: 104, neutralBandPercent: 5 })?.judgement).toBe('neutral');
    expect(computeDelta({ ...input, value: 105, neutralBandPercent: 5 })?.judgement).toBe('good');
    expect(computeDelta({ ...input, previous: 0, neutralBandPercent: 5 })?.judgement).toBe('good');
  });
});

it.each([
  ['up', 'up', 'good'],
  ['down', 'up', 'bad'],
  ['up', 'down', 'bad'],
  ['down', 'down', 'good'],
  ['up', 'neutral', 'neutral'],
  ['flat', 'up', 'neutral'],
] as const)('a change %s where %s is good is %s', (trend, direction, judgement) => {
  expect(judge(trend, direction)).toBe(judgement);
});
