import { computeTarget } from './target';

const format = (value: number) => `$${value}`;

describe('computeTarget', () => {
  it('shows the way to a goal, which is no bad news before it is reached', () => {
    expect(computeTarget(36, 50, 'up', format, false)).toEqual({
      share: 0.72,
      isReached: false,
      text: '72 % of $50',
      shortText: '72 %',
      verdict: 'below target',
      judgement: 'neutral',
    });
    expect(computeTarget(50, 50, 'up', format, false)).toMatchObject({
      share: 1,
      isReached: true,
      judgement: 'good',
    });
  });

  it('treats the target as a ceiling where down is good', () => {
    expect(computeTarget(400, 500, 'down', format, false)).toMatchObject({
      share: 0.8,
      verdict: 'within target',
      judgement: 'good',
    });
    expect(computeTarget(600, 500, 'down', format, false)).toMatchObject({
      share: 1,
      text: '120 % of $500',
      verdict: 'over target',
      judgement: 'bad',
    });
  });

  it('has no share of a target of zero, but still a verdict', () => {
    expect(computeTarget(3, 0, 'down', format, false)).toMatchObject({
      text: 'target $0',
      shortText: '$0',
      isReached: false,
    });
    expect(computeTarget(0, 0, 'down', format, false)).toMatchObject({ share: 1, isReached: true });
  });

  it('gives no percentage of a percentage', () => {
    expect(computeTarget(0.45, 0.9, 'up', format, true)).toMatchObject({
      share: 0.5,
      text: 'target $0.9',
      shortText: '$0.9',
    });
  });

  it('never draws outside its bar', () => {
    expect(computeTarget(-5, 10, 'up', format, false)?.share).toBe(0);
    expect(computeTarget(50, 10, 'up', format, false)?.share).toBe(1);
  });

  it('is silent without a target or a value', () => {
    expect(computeTarget(5, undefined, 'up', format, false)).toBeUndefined();
    expect(computeTarget(null, 5, 'up', format, false)).toBeUndefined();
  });
});
