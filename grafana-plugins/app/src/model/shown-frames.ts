import { FieldType, getFieldDisplayName, type DataFrame, type Field } from '@grafana/data';
import type { ReportFrame } from '@coditect/contracts';
import { kpiPanelId, readFieldRole, readKpiFrameMeta } from '@coditect/plugins-shared';

type ReportField = ReportFrame['fields'][number];
type Cell = ReportField['values'][number];

/** Bounds of the reporting service. */
const framesMax = 50;
const fieldsMax = 200;
const nameLengthMax = 200;
const bytesMax = 5_000_000;

export type ShownFrames =
  | { kind: 'frames'; frames: ReportFrame[]; rows: number }
  /** Why the values cannot be sent as they are. */
  | { kind: 'refused'; reason: string };

/**
 * The values that a panel has on screen, as tables of a report. Series with a time each become columns of one table
 * over the same times; the values over the whole range, which a KPI panel shows large, come first.
 */
export function toShownFrames(series: readonly DataFrame[], panelPluginId: string): ShownFrames {
  const frames = series.map(copyFrame).filter(({ fields }) => fields.length > 0);
  const named = frames.map((frame) => frame.fields.map((field) => toReportField(field, frame, frames)));
  const headline = panelPluginId === kpiPanelId ? headlineFrame(frames) : [];
  const lines = named.filter(isLine);
  const tables = named.filter((fields) => !isLine(fields));
  const tableNames = frames.filter((_, index) => !isLine(named[index] ?? [])).map(({ name }) => name);
  const shown = [
    ...headline,
    ...joinLines(lines),
    ...tables.map((fields, index) => withName({ fields }, tableNames[index])),
  ];
  return withinBounds(shown);
}

function withinBounds(frames: ReportFrame[]): ShownFrames {
  const rows = frames.reduce((sum, { fields }) => sum + (fields[0]?.values.length ?? 0), 0);
  if (rows === 0) {
    return { kind: 'refused', reason: 'The panel shows no values just now.' };
  }
  if (frames.length > framesMax || frames.some(({ fields }) => fields.length > fieldsMax)) {
    return { kind: 'refused', reason: 'The panel shows more tables or columns than a report can hold.' };
  }
  const bytes = new TextEncoder().encode(JSON.stringify(frames)).length;
  if (bytes > bytesMax) {
    return { kind: 'refused', reason: 'The panel shows more than 5 MB of values.' };
  }
  return { kind: 'frames', frames, rows };
}

/** A copy that may be written to: names are remembered in the fields, and what Grafana hands out is read-only. */
function copyFrame(frame: DataFrame): DataFrame {
  const fields = frame.fields.map(({ name, type, config, labels, values }): Field => ({
    name,
    type,
    config: { ...config },
    values: Array.from({ length: frame.length }, (_, row): unknown => values[row]),
    ...(labels && { labels: { ...labels } }),
  }));
  return {
    fields,
    length: frame.length,
    ...(frame.name !== undefined && { name: frame.name }),
    ...(frame.refId !== undefined && { refId: frame.refId }),
    ...(frame.meta && { meta: { ...frame.meta } }),
  };
}

function toReportField(field: Field, frame: DataFrame, frames: DataFrame[]): ReportField {
  const type = kindOf(field.type);
  const unit = field.config.unit;
  return {
    name: getFieldDisplayName(field, frame, frames).slice(0, nameLengthMax),
    type,
    values: field.values.map((value) => toCell(value, type)),
    ...(unit && { unit: unit.slice(0, 64) }),
  };
}

function kindOf(type: FieldType): ReportField['type'] {
  switch (type) {
    case FieldType.time:
      return 'time';
    case FieldType.number:
      return 'number';
    case FieldType.boolean:
      return 'boolean';
    default:
      return 'string';
  }
}

function toCell(value: unknown, type: ReportField['type']): Cell {
  if (value === null || value === undefined) {
    return null;
  }
  if (type === 'number' || type === 'time') {
    const number = typeof value === 'string' && type === 'time' ? Date.parse(value) : Number(value);
    return Number.isFinite(number) ? number : null;
  }
  if (type === 'boolean') {
    return Boolean(value);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One time and numbers over it: what a chart draws as lines. */
function isLine(fields: readonly ReportField[]): boolean {
  const [first, ...others] = fields;
  return first?.type === 'time' && others.length > 0 && others.every(({ type }) => type === 'number');
}

/** Lines side by side over all of their times; a line without a value at a time has none in that row. */
function joinLines(lines: ReportField[][]): ReportFrame[] {
  const [only] = lines;
  if (only === undefined) {
    return [];
  }
  if (lines.length === 1) {
    return [{ fields: only }];
  }
  const times = [...new Set(lines.flatMap(([time]) => time?.values ?? []))].filter(
    (time) => typeof time === 'number',
  );
  times.sort((left, right) => left - right);
  const columns = lines.flatMap(([time, ...values]) => {
    const rowOf = new Map(time?.values.map((at, row) => [at, row]));
    return values.map((field) => ({
      ...field,
      values: times.map((at) => {
        const row = rowOf.get(at);
        return row === undefined ? null : (field.values[row] ?? null);
      }),
    }));
  });
  const perFrame = fieldsMax - 1;
  const time: ReportField = { name: 'Time', type: 'time', values: times };
  return Array.from({ length: Math.ceil(columns.length / perFrame) }, (_, part) => ({
    fields: [time, ...columns.slice(part * perFrame, (part + 1) * perFrame)],
  }));
}

/** The totals that a KPI panel shows: no calculation over the intervals gives them. */
function headlineFrame(frames: DataFrame[]): ReportFrame[] {
  const items = frames.flatMap((frame) => {
    const total = readKpiFrameMeta(frame.meta?.custom)?.total;
    const field = frame.fields.find(({ config }) => readFieldRole(config.custom) === 'value');
    return total === undefined || field === undefined
      ? []
      : [{ name: getFieldDisplayName(field, frame, frames), unit: field.config.unit, total }];
  });
  if (items.length === 0) {
    return [];
  }
  const numbers = (name: string, values: Array<number | null>): ReportField => {
    const unit = items.every((item) => item.unit === items[0]?.unit) ? items[0]?.unit : undefined;
    return { name, type: 'number', values, ...(unit && { unit }) };
  };
  const isCompared = items.some(({ total }) => total.previous !== undefined);
  const fields: ReportField[] = [
    { name: 'KPI', type: 'string', values: items.map(({ name }) => name.slice(0, nameLengthMax)) },
    numbers(
      'Value',
      items.map(({ total }) => total.value),
    ),
  ];
  if (isCompared) {
    fields.push(
      numbers(
        'Previous',
        items.map(({ total }) => total.previous ?? null),
      ),
    );
  }
  return [{ name: 'Over the whole range', fields }];
}

function withName(frame: ReportFrame, name: string | undefined): ReportFrame {
  return name ? { ...frame, name: name.slice(0, nameLengthMax) } : frame;
}
