import { FieldType, type DataFrame } from '@grafana/data';
import { frameMetaKind, kpiPanelId } from '@coditect/plugins-shared';
import { toShownFrames } from './shown-frames';

function series(name: string, times: number[], values: Array<number | null>, total?: number): DataFrame {
  return {
    name,
    length: times.length,
    meta: {
      custom: { kind: frameMetaKind, ...(total !== undefined && { total: { value: total, previous: 1 } }) },
    },
    fields: [
      { name: 'time', type: FieldType.time, config: {}, values: times },
      {
        name: 'value',
        type: FieldType.number,
        config: { displayNameFromDS: name, unit: 'percentunit', custom: { coditectRole: 'value' } },
        values,
      },
    ],
  };
}

function framesOf(shown: ReturnType<typeof toShownFrames>) {
  if (shown.kind === 'refused') throw new Error(shown.reason);
  return shown.frames;
}

/** As Grafana hands it to extensions. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

describe('toShownFrames', () => {
  it('puts lines side by side over all of their times', () => {
    const frames = framesOf(
      toShownFrames(frozen([series('a', [1, 2], [10, null]), series('b', [2, 3], [20, 30])]), 'timeseries'),
    );
    expect(frames).toHaveLength(1);
    expect(frames[0]?.fields.map(({ name, values }) => [name, values])).toEqual([
      ['Time', [1, 2, 3]],
      ['a', [10, null, null]],
      ['b', [null, 20, 30]],
    ]);
    expect(frames[0]?.fields[1]?.unit).toBe('percentunit');
  });

  it('gives the totals that a KPI panel shows, which its intervals do not', () => {
    const frames = framesOf(toShownFrames([series('Success', [1, 2], [0.5, 1], 0.9)], kpiPanelId));
    expect(frames[0]?.fields.map(({ name, values }) => [name, values])).toEqual([
      ['KPI', ['Success']],
      ['Value', [0.9]],
      ['Previous', [1]],
    ]);
    expect(frames[1]?.fields).toHaveLength(2);
    expect(framesOf(toShownFrames([series('Success', [1], [1], 0.9)], 'timeseries'))).toHaveLength(1);
  });

  it('writes whatever a table holds as values of a report', () => {
    const table: DataFrame = {
      name: 'T',
      length: 2,
      fields: [
        { name: 'who', type: FieldType.string, config: {}, values: ['x', undefined] },
        { name: 'n', type: FieldType.number, config: {}, values: [Number.NaN, 2] },
        { name: 'raw', type: FieldType.other, config: {}, values: [{ a: 1 }, 7] },
      ],
    };
    expect(framesOf(toShownFrames([table], 'table'))).toEqual([
      {
        name: 'T',
        fields: [
          { name: 'who', type: 'string', values: ['x', null] },
          { name: 'n', type: 'number', values: [null, 2] },
          { name: 'raw', type: 'string', values: ['{"a":1}', '7'] },
        ],
      },
    ]);
  });

  it('refuses what is empty or too large, and cuts nothing off', () => {
    expect(toShownFrames([], 'table').kind).toBe('refused');
    const many = Array.from({ length: 60 }, (_, index) => ({
      ...series(`t${index}`, [1], [1]),
      fields: [{ name: 'text', type: FieldType.string, config: {}, values: ['x'] }],
    }));
    expect(toShownFrames(many, 'table')).toMatchObject({ kind: 'refused' });
    const long = series('long', [...Array(400_000).keys()], Array<number>(400_000).fill(0.123_456_789));
    const refused = toShownFrames([long], 'timeseries');
    expect(refused.kind === 'refused' && refused.reason).toContain('5 MB');
  });
});
