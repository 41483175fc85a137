import {
  dateTimeFormat,
  DataFrameType,
  FieldType,
  LogLevel,
  type DataFrame,
  type Field,
  type Labels,
  type LogRowModel,
} from '@grafana/data';

const levels = new Map<string, LogLevel>(Object.entries(LogLevel));

/** The level that a text names; abbreviations count, anything else is unknown. */
export function toLogLevel(text: unknown): LogLevel {
  const name = typeof text === 'string' ? text.toLowerCase() : '';
  return name === '' ? LogLevel.unknown : (levels.get(name) ?? LogLevel.unknown);
}

interface LogColumns {
  time: Field;
  body: Field;
  severity: Field | undefined;
  id: Field | undefined;
  labels: Field | undefined;
}

/** The columns of a frame of log lines, by their names or else by type and order. */
function findColumns(frame: DataFrame): LogColumns | undefined {
  const named = (names: string[]): Field | undefined =>
    frame.fields.find((field) => names.includes(field.name));
  const time = named(['timestamp']) ?? frame.fields.find((field) => field.type === FieldType.time);
  const body = named(['body']) ?? frame.fields.find((field) => field.type === FieldType.string);
  if (time === undefined || body === undefined) {
    return undefined;
  }
  const [severity, id, labels] = [named(['severity', 'level']), named(['id']), named(['labels'])];
  return { time, body, severity, id, labels };
}

function isLabels(value: unknown): value is Labels {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);

function toRow(frame: DataFrame, columns: LogColumns, rowIndex: number): LogRowModel[] {
  const time: unknown = columns.time.values[rowIndex];
  if (typeof time !== 'number') {
    return [];
  }
  const entry = textOf(columns.body.values[rowIndex]);
  const labels: unknown = columns.labels?.values[rowIndex];
  const rowId = columns.id === undefined ? undefined : textOf(columns.id.values[rowIndex]);
  return [
    {
      entryFieldIndex: frame.fields.indexOf(columns.body),
      rowIndex,
      dataFrame: frame,
      rowId,
      uid: `${frame.refId ?? ''}-${rowId ?? rowIndex}`,
      entry,
      raw: entry,
      hasAnsi: false,
      hasUnescapedContent: false,
      labels: isLabels(labels) ? labels : {},
      logLevel: toLogLevel(columns.severity?.values[rowIndex]),
      timeEpochMs: time,
      timeEpochNs: `${time}000000`,
      timeFromNow: '',
      timeLocal: dateTimeFormat(time, { timeZone: 'browser' }),
      timeUtc: dateTimeFormat(time, { timeZone: 'utc' }),
    },
  ];
}

/** Whether a frame says that its rows are log lines. */
export function isLogFrame(frame: DataFrame): boolean {
  return frame.meta?.type === DataFrameType.LogLines || frame.meta?.preferredVisualisationType === 'logs';
}

/** Rows as Grafana hands them to data sources, the newest first. Rows of one time keep the order of their frame. */
export function toLogRows(frames: readonly DataFrame[]): LogRowModel[] {
  return frames
    .flatMap((frame) => {
      const columns = findColumns(frame);
      const indexes = Array.from({ length: frame.length }, (_unused, index) => index);
      return columns === undefined ? [] : indexes.flatMap((index) => toRow(frame, columns, index));
    })
    .sort((left, right) => right.timeEpochMs - left.timeEpochMs);
}
