import { ThresholdsMode, type FieldConfig } from '@grafana/data';
import { computeStatus } from './status';

const config: FieldConfig = {
  color: { mode: 'thresholds' },
  thresholds: {
    mode: ThresholdsMode.Absolute,
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 10, color: 'dark-orange' },
      { value: 20, color: 'red' },
      { value: 30, color: '#abcdef' },
    ],
  },
};

describe('computeStatus', () => {
  it.each([
    [5, 'check-circle', 'good, level 1 of 4'],
    [10, 'exclamation-triangle', 'warning, level 2 of 4'],
    [25, 'exclamation-circle', 'critical, level 3 of 4'],
    [99, 'info-circle', 'threshold, level 4 of 4'],
  ])('tells %d by an icon and a word, not by colour alone', (value, icon, label) => {
    expect(computeStatus(value, undefined, config)).toEqual({ icon, label });
  });

  it('compares thresholds in percent with the place between min and max', () => {
    const percent = {
      ...config,
      thresholds: { mode: ThresholdsMode.Percentage, steps: config.thresholds?.steps ?? [] },
    };
    expect(computeStatus(1_000, 0.15, percent)?.icon).toBe('exclamation-triangle');
  });

  it('is silent without thresholds, without a value, and when colours mean something else', () => {
    expect(computeStatus(5, undefined, {})).toBeUndefined();
    expect(computeStatus(null, undefined, config)).toBeUndefined();
    expect(computeStatus(5, undefined, { ...config, color: { mode: 'fixed' } })).toBeUndefined();
  });
});
