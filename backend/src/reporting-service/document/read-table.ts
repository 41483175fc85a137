import type { AnswerCell, Interval, Notice, QueryRange } from '@coditect/contracts';
import type { AnswerPart, PanelField, PanelPart, ReportPart } from './report-part.js';
import type { DisplayUnit, TableColumn } from './report-document.js';

/** What answers and frames have in common: enough to choose sections by. */
export interface ReadTable {
  readonly title: string;
  readonly origin: 'computed' | 'panel';
  readonly notices: readonly Notice[];
  readonly interval: Interval | undefined;
  readonly comparedTo: QueryRange | undefined;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly AnswerCell[])[];
  /** Indexes of columns; `values` are what a chart shows. */
  readonly time: number | undefined;
  readonly groups: readonly number[];
  readonly values: readonly number[];
  readonly previous: number | undefined;
}

export function readTable(part: ReportPart): ReadTable {
  return part.kind === 'answer' ? readAnswer(part) : readPanel(part);
}

/** The contract fixes the order: time, groups, both sides of a ratio, previous, and the value last. */
function readAnswer({ title, query, answer, isLevel = false }: AnswerPart): ReadTable {
  const { meta, rows } = answer;
  const columns = answer.columns.map(({ name, type, unit }): TableColumn => {
    const interval = type === 'time' ? query.interval : undefined;
    const ofMoments = isLevel && type === 'number';
    return {
      name,
      type,
      unit,
      ...(interval !== undefined && { interval }),
      ...(ofMoments && { isLevel: ofMoments }),
    };
  });
  const previous = columns.findIndex(({ name, type }) => name === 'previous' && type === 'number');
  return {
    title: title ?? meta.title,
    origin: 'computed',
    notices: meta.notices,
    interval: query.interval,
    comparedTo: meta.comparedTo,
    columns: columns.map((column) => ({ ...column, unit: unitOf(column, meta.unit) })),
    rows,
    ...indexesOf(columns),
    values: columns.length === 0 ? [] : [columns.length - 1],
    previous: previous === -1 ? undefined : previous,
  };
}

function unitOf({ name, type, unit }: TableColumn, ofAnswer: string): DisplayUnit {
  if (type !== 'number') return undefined;
  return unit ?? (name === 'value' || name === 'previous' ? ofAnswer : undefined);
}

function readPanel({ title, fields }: PanelPart): ReadTable {
  const columns = fields.map(({ name, type, unit }): TableColumn => ({ name, type, unit }));
  const length = Math.max(0, ...fields.map(({ values }) => values.length));
  return {
    title,
    origin: 'panel',
    notices: [],
    interval: undefined,
    comparedTo: undefined,
    columns,
    rows: Array.from({ length }, (_row, index) => fields.map((field) => readCell(field, index))),
    ...indexesOf(columns),
    values: columns.flatMap(({ type }, index) => (type === 'number' ? [index] : [])),
    previous: undefined,
  };
}

/** What can't be read as its type is shown as it came: nothing of a panel gets lost. */
function readCell({ type, values }: PanelField, index: number): AnswerCell {
  const value = values[index] ?? null;
  if (value === null) return null;
  if (type === 'time') return readTime(value);
  if (type === 'number')
    return typeof value === 'number' && Number.isFinite(value) ? value : textOrNull(value);
  return typeof value === 'string' ? value : String(value);
}

function textOrNull(value: string | number | boolean): AnswerCell {
  return typeof value === 'number' ? null : String(value);
}

const furthestMs = 8.64e15;

function readTime(value: string | number | boolean): string {
  const isInstant = typeof value === 'number' && Math.abs(value) <= furthestMs;
  return isInstant ? new Date(value).toISOString() : String(value);
}

function indexesOf(columns: readonly TableColumn[]): { time: number | undefined; groups: readonly number[] } {
  const time = columns.findIndex(({ type }) => type === 'time');
  return {
    time: time === -1 ? undefined : time,
    groups: columns.flatMap(({ type }, index) => (type === 'string' ? [index] : [])),
  };
}
