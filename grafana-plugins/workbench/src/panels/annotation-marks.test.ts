import { FieldType, type DataFrame } from '@grafana/data';
import { marksWithin, toAnnotationMarks } from './annotation-marks';

function frameOf(columns: Record<string, unknown[]>): DataFrame {
  const fields = Object.entries(columns).map(([name, values]) => ({
    name,
    type: FieldType.other,
    config: {},
    values,
  }));
  return { fields, length: fields[0]?.values.length ?? 0 };
}

describe('toAnnotationMarks', () => {
  it('tells moments from regions and puts them in order', () => {
    const marks = toAnnotationMarks([
      frameOf({
        time: [300, 100],
        timeEnd: [undefined, 200],
        text: ['release 2', 'outage'],
        tags: [['release', ''], undefined],
        color: ['blue', 'orange'],
      }),
    ]);
    expect(marks).toEqual([
      { fromMs: 100, toMs: 200, color: 'orange', title: '', text: 'outage', tags: [] },
      { fromMs: 300, toMs: 300, color: 'blue', title: '', text: 'release 2', tags: ['release'] },
    ]);
  });

  it('has no marks of a frame without times', () => {
    expect(toAnnotationMarks([frameOf({ text: ['lost'] })])).toEqual([]);
    expect(toAnnotationMarks(undefined)).toEqual([]);
  });
});

describe('marksWithin', () => {
  it('cuts a region to the range and leaves out what lies beside it', () => {
    const marks = toAnnotationMarks([frameOf({ time: [0, 150, 900], timeEnd: [120, 150, 950] })]);
    expect(marksWithin(marks, 100, 200).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [100, 120],
      [150, 150],
    ]);
  });
});
