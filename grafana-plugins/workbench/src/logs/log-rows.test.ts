import { FieldType, LogLevel, type DataFrame } from '@grafana/data';
import { toLogLevel, toLogRows } from './log-rows';

function frameOf(columns: Array<[string, FieldType, unknown[]]>): DataFrame {
  return {
    refId: 'A',
    fields: columns.map(([name, type, values]) => ({ name, type, values, config: {} })),
    length: columns[0]?.[2].length ?? 0,
  };
}

describe('toLogLevel', () => {
  it('knows abbreviations and calls the rest unknown', () => {
    expect(['ERR', 'warn', 'Information', 'odd', '', undefined].map(toLogLevel)).toEqual([
      LogLevel.error,
      LogLevel.warning,
      LogLevel.info,
      LogLevel.unknown,
      LogLevel.unknown,
      LogLevel.unknown,
    ]);
  });
});

describe('toLogRows', () => {
  it('reads the columns of log lines and puts the newest first', () => {
    const rows = toLogRows([
      frameOf([
        ['source', FieldType.string, ['x', 'y']],
        ['timestamp', FieldType.time, [1_000, 2_000]],
        ['body', FieldType.string, ['first', 'second']],
        ['severity', FieldType.string, ['error', 'info']],
        ['id', FieldType.string, ['a', 'b']],
        ['labels', FieldType.other, [{ team: 'atlas' }, null]],
      ]),
    ]);
    expect(rows.map(({ entry, logLevel, rowId, labels }) => [entry, logLevel, rowId, labels])).toEqual([
      ['second', LogLevel.info, 'b', {}],
      ['first', LogLevel.error, 'a', { team: 'atlas' }],
    ]);
    expect(rows[1]).toMatchObject({ rowIndex: 0, entryFieldIndex: 2, timeEpochNs: '1000000000' });
  });

  it('falls back to the first time and the first text, and has no rows without both', () => {
    const plain = frameOf([
      ['at', FieldType.time, [5]],
      ['line', FieldType.string, ['text']],
    ]);
    expect(toLogRows([plain]).map(({ entry }) => entry)).toEqual(['text']);
    expect(toLogRows([frameOf([['line', FieldType.string, ['text']]])])).toEqual([]);
  });
});
