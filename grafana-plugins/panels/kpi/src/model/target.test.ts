import type { Direction } from '@coditect/plugins-shared';
import { frameMeta } from './kpi-frames.fixture';
import { computeTarget as compute, findTarget } from './target';

function format(value: number): string {
  return `$${value}`;
}
function computeTarget(
  value: number | null,
  target: number | undefined,
  direction: Direction,
  isRatio: boolean,
) {
  const wanted = target === undefined ? undefined : { value: target, dates: undefined };
  return compute(value, wanted, { direction, format, isRatio, pace: 'auto', meta: undefined });
}

describe('computeTarget', () => {
  it('shows the way to a goal, which is no bad news before it is reached', () => {
    expect(computeTarget(36, 50, 'up', false)).toEqual({
      share: 0.72,
      isReached: false,
      text: '72 % of $50',
      shortText: '72 %',
      verdict: 'below target',
      judgement: 'neutral',
      pace: undefined,
    });
    expect(computeTarget(50, 50, 'up', false)).toMatchObject({
      share: 1,
      isReached: true,
      judgement: 'good',
    });
  });

  it('treats the target as a ceiling where down is good', () => {
    expect(computeTarget(400, 500, 'down', false)).toMatchObject({
      share: 0.8,
      verdict: 'within target',
      judgement: 'good',
    });
    expect(computeTarget(600, 500, 'down', false)).toMatchObject({
      share: 1,
      text: '120 % of $500',
      verdict: 'over target',
      judgement: 'bad',
    });
  });

  it('never says 100 % of what is not reached, or is passed', () => {
    expect(computeTarget(49.8, 50, 'up', false)?.text).toBe('99 % of $50');
    expect(computeTarget(502, 500, 'down', false)?.text).toBe('101 % of $500');
    expect(computeTarget(500, 500, 'down', false)?.text).toBe('100 % of $500');
  });

  it('has no share of a target of zero, but still a verdict', () => {
    expect(computeTarget(3, 0, 'down', false)).toMatchObject({
      text: 'target $0',
      shortText: '$0',
      isReached: false,
    });
    expect(computeTarget(0, 0, 'down', false)).toMatchObject({ share: 1, isReached: true });
  });

  it('gives no percentage of a percentage', () => {
    expect(computeTarget(0.45, 0.9, 'up', true)).toMatchObject({
      share: 0.5,
      text: 'target $0.9',
      shortText: '$0.9',
    });
  });

  it('never draws outside its bar', () => {
    expect(computeTarget(-5, 10, 'up', false)?.share).toBe(0);
    expect(computeTarget(50, 10, 'up', false)?.share).toBe(1);
  });

  it('is silent without a target or a value', () => {
    expect(computeTarget(5, undefined, 'up', false)).toBeUndefined();
    expect(computeTarget(null, 5, 'up', false)).toBeUndefined();
  });
});

describe('findTarget', () => {
  const given = { name: 'q1', value: 5, from: '2026-03-01', by: '2026-03-31' };
  const source = { target: 7, isGroup: false, meta: { ...frameMeta, target: given } };

  it("takes the panel's own number before the one that comes with the data", () => {
    expect(findTarget(source, { targetSource: 'auto', target: 9 })).toEqual({ value: 9, dates: undefined });
    expect(findTarget(source, { targetSource: 'auto' })).toEqual({ value: 5, dates: given });
  });

  it('takes that of a field, or none, when told to', () => {
    expect(findTarget(source, { targetSource: 'field', target: 9 })?.value).toBe(7);
    expect(findTarget({ ...source, target: null }, { targetSource: 'field', target: 9 })).toBeUndefined();
    expect(findTarget(source, { targetSource: 'none', target: 9 })).toBeUndefined();
    expect(
      findTarget({ target: undefined, isGroup: false, meta: frameMeta }, { targetSource: 'auto' }),
    ).toBeUndefined();
  });

  it('holds no single group against the target of all of them', () => {
    expect(findTarget({ ...source, isGroup: true }, { targetSource: 'auto' })).toBeUndefined();
    expect(findTarget({ ...source, isGroup: true }, { targetSource: 'auto', target: 9 })?.value).toBe(9);
  });
});
