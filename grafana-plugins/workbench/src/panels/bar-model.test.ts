import { FieldType, type DataFrame } from '@grafana/data';
import { placeBars, toBarModel } from './bar-model';

const frame: DataFrame = {
  length: 2,
  fields: [
    { name: 'agent', type: FieldType.string, config: {}, values: ['planner', 'reviewer'] },
    { name: 'runs', type: FieldType.number, config: {}, values: [3, null] },
    { name: 'failed', type: FieldType.number, config: {}, values: [1, 2] },
    {
      name: 'hidden',
      type: FieldType.number,
      config: { custom: { hideFrom: { viz: true } } },
      values: [9, 9],
    },
  ],
};

describe('toBarModel', () => {
  it('takes the first text for the categories and leaves a gap where there is no number', () => {
    const model = toBarModel([frame], undefined, false);
    expect(model?.categories).toEqual(['planner', 'reviewer']);
    expect(model?.series.map(({ bars }) => bars.map((bar) => bar?.value))).toEqual([
      [3, undefined],
      [1, 2],
    ]);
    expect([model?.min, model?.max]).toEqual([0, 3]);
  });

  it('reaches up to the sums when bars stand on each other', () => {
    expect(toBarModel([frame], undefined, true)?.max).toBe(4);
  });

  it('draws nothing without categories or numbers', () => {
    expect(toBarModel([], undefined, false)).toBeUndefined();
    expect(toBarModel([{ length: 2, fields: frame.fields.slice(0, 1) }], undefined, false)).toBeUndefined();
  });
});

describe('placeBars', () => {
  const placed = (isStacked: boolean) => {
    const model = toBarModel([frame], undefined, isStacked);
    return (model === undefined ? [] : placeBars(model, isStacked)).map(({ bar, across, along }) => [
      bar.label,
      ...[across.start, across.size, along.start, along.size].map((share) => Math.round(share * 100)),
    ]);
  };

  it('puts bars of one category side by side', () => {
    expect(placed(false)).toEqual([
      ['runs', 6, 19, 0, 100],
      ['failed', 25, 19, 0, 33],
      ['failed', 75, 19, 0, 67],
    ]);
  });

  it('puts them on top of each other when they are stacked', () => {
    expect(placed(true)).toEqual([
      ['runs', 6, 38, 0, 75],
      ['failed', 6, 38, 75, 25],
      ['failed', 56, 38, 0, 50],
    ]);
  });
});
