import { frameMeta } from './kpi-frames.fixture';
import { computePace } from './pace';

const march = {
  ...frameMeta,
  unit: 'USD',
  timeZone: 'Europe/Berlin',
  // Midnight in Berlin; the last Sunday of March has 23 hours.
  range: { from: '2026-02-28T23:00:00Z', to: '2026-03-31T22:00:00Z' },
  asOf: '2026-03-16T10:30:00Z',
};
const target = { name: 'march', value: 100, from: '2026-03-01', by: '2026-03-31' };
const half = 15.479_166_666_666_666 / 30.958_333_333_333_332;

describe('computePace', () => {
  it('holds the share of the target against the share of the time, in days of the zone', () => {
    const pace = computePace(0.6, false, 'auto', march, target);
    expect(pace?.elapsed).toBeCloseTo(half, 6);
    expect(pace).toMatchObject({ isKept: true, text: 'on pace, 50 % of the time' });
    expect(computePace(0.4, false, 'auto', march, target)).toMatchObject({
      isKept: false,
      text: 'behind pace, 50 % of the time',
    });
  });

  it('wants a ceiling to be used no faster than time passes', () => {
    expect(computePace(0.6, true, 'auto', march, target)?.text).toBe('faster than pace, 50 % of the time');
    expect(computePace(0.4, true, 'auto', march, target)?.text).toBe('within pace, 50 % of the time');
  });

  it('takes the range of the dashboard when told to', () => {
    expect(computePace(0.6, false, 'range', march, undefined)?.elapsed).toBeCloseTo(half, 6);
  });

  it.each([
    ['a ratio', { ...march, unit: 'ratio' }, target],
    ['users', { ...march, unit: 'users' }, target],
    [
      'a value that begins elsewhere',
      { ...march, range: { ...march.range, from: '2026-03-05T23:00:00Z' } },
      target,
    ],
    ['a target without an end', march, { name: 'x', value: 100, from: '2026-03-01' }],
    ['a time that is over', { ...march, asOf: '2026-04-02T00:00:00Z' }, target],
    ['no target of the data', march, undefined],
    ['other data', undefined, target],
  ])('is silent for %s', (_what, meta, wanted) => {
    expect(computePace(0.6, false, 'auto', meta, wanted)).toBeUndefined();
  });

  it('is silent when switched off', () => {
    expect(computePace(0.6, false, 'none', march, target)).toBeUndefined();
  });
});
