import type { AnswerCell, AnswerMeta, Interval, MetricAnswer } from '@coditect/contracts';
import {
  frameMetaKind,
  grafanaUnitOf,
  previousRole,
  valueRole,
  type FieldRole,
  type KpiFrameMeta,
  type KpiTotal,
} from '@coditect/plugins-shared';
import {
  FieldType,
  type DataFrame,
  type Field,
  type Labels,
  type QueryResultMetaNotice,
} from '@grafana/data';

export interface FrameContext {
  refId: string;
  /** Template of a series' name; empty for the default, the group's values or the KPI's title. */
  legend: string;
  compareTo?: string | undefined;
  interval?: Interval | undefined;
  /** Sentences to show beside the service's own notices. */
  notices: readonly string[];
}

type Row = readonly AnswerCell[];

const reservedColumns = new Set(['time', 'numerator', 'denominator', 'previous', 'value']);

/** One frame per group: time, value and, with a comparison, the previous period as a second, dashed field. */
export function toSeriesFrames(
  answer: MetricAnswer,
  context: FrameContext,
  total: MetricAnswer | undefined,
): DataFrame[] {
  const dimensions = dimensionColumns(answer);
  const totals = total ? totalsByGroup(total) : new Map<string, KpiTotal>();
  const groups = groupRows(answer, dimensions);
  if (groups.size === 0 && totals.size === 0) {
    return [seriesFrame(answer, [], {}, context, undefined)];
  }
  const keys = [...new Set([...groups.keys(), ...(dimensions.length === 0 ? totals.keys() : [])])];
  return keys.map((key) => {
    const rows = groups.get(key) ?? [];
    return seriesFrame(answer, rows, labelsOf(dimensions, answer, rows[0]), context, totals.get(key));
  });
}

/** One frame with every column of the answer, a row per group. */
export function toTableFrame(answer: MetricAnswer, context: FrameContext): DataFrame {
  const fields = answer.columns.map((column, index): Field => {
    const values = answer.rows.map((row) => row[index] ?? null);
    const role = roleOfColumn(column.name);
    const unit = grafanaUnitOf(column.unit);
    return {
      name: column.name,
      type: fieldTypes[column.type],
      values: column.type === 'time' ? values.map((cell) => toMs(cell)) : values,
      config: {
        ...(unit !== undefined && { unit }),
        ...(column.name === 'value' && {
          displayNameFromDS: answer.meta.title,
          description: answer.meta.definition,
        }),
        ...(column.name === 'previous' && { displayNameFromDS: `${answer.meta.title} (previous)` }),
        ...(role !== undefined && { custom: { coditectRole: role } }),
      },
    };
  });
  return {
    refId: context.refId,
    fields,
    length: answer.rows.length,
    meta: {
      preferredVisualisationType: 'table',
      custom: frameMeta(answer.meta, context),
      ...frameNotices(answer, context),
    },
  };
}

const fieldTypes = { time: FieldType.time, string: FieldType.string, number: FieldType.number } as const;

function seriesFrame(
  answer: MetricAnswer,
  rows: readonly Row[],
  labels: Labels,
  context: FrameContext,
  total: KpiTotal | undefined,
): DataFrame {
  const name = seriesName(answer.meta, labels, context.legend);
  const cells = (column: string) => {
    const index = answer.columns.findIndex((candidate) => candidate.name === column);
    return index < 0 ? undefined : rows.map((row) => row[index] ?? null);
  };
  const previous = cells('previous');
  const fields: Field[] = [
    { name: 'time', type: FieldType.time, values: (cells('time') ?? []).map(toMs), config: {} },
    numberField('value', cells('value') ?? [], labels, name, answer.meta, valueRole),
  ];
  if (previous) {
    fields.push(numberField('previous', previous, labels, `${name} (previous)`, answer.meta, previousRole));
  }
  const custom: KpiFrameMeta = { ...frameMeta(answer.meta, context), ...(total && { total }) };
  return {
    refId: context.refId,
    name,
    fields,
    length: rows.length,
    meta: { preferredVisualisationType: 'graph', custom, ...frameNotices(answer, context) },
  };
}

function numberField(
  name: string,
  values: AnswerCell[],
  labels: Labels,
  displayName: string,
  meta: AnswerMeta,
  role: FieldRole,
): Field {
  const unit = grafanaUnitOf(meta.unit);
  const isPrevious = role === previousRole;
  return {
    name,
    type: FieldType.number,
    values,
    labels,
    config: {
      displayNameFromDS: displayName,
      description: meta.definition,
      ...(unit !== undefined && { unit }),
      // The dash is what Grafana's own time series panel reads.
      custom: {
        coditectRole: role,
        ...(isPrevious && { lineStyle: { fill: 'dash', dash: [6, 6] }, fillOpacity: 0 }),
      },
    },
  };
}

function seriesName(meta: AnswerMeta, labels: Labels, legend: string): string {
  if (legend !== '') {
    return legend.replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/gu, (_match, label: string) => labels[label] ?? '');
  }
  return Object.values(labels).join(', ') || meta.title;
}

function frameMeta(meta: AnswerMeta, context: FrameContext): KpiFrameMeta {
  const { metric, title, unit, direction, definition, asOf, completeUntil, source, timeZone, comparedTo } =
    meta;
  return {
    kind: frameMetaKind,
    ...{ metric, title, unit, direction, definition, asOf, completeUntil, source, timeZone },
    ...(context.compareTo !== undefined && context.compareTo !== 'none' && { compareTo: context.compareTo }),
    ...(comparedTo && { comparedTo }),
    ...(context.interval !== undefined && { interval: context.interval }),
  };
}

function frameNotices(answer: MetricAnswer, context: FrameContext): { notices?: QueryResultMetaNotice[] } {
  const notices: QueryResultMetaNotice[] = [
    ...answer.meta.notices.map(({ severity, text }) => ({ severity, text })),
    ...context.notices.map((text) => ({ severity: 'warning' as const, text })),
  ];
  return notices.length > 0 ? { notices } : {};
}

function totalsByGroup(answer: MetricAnswer): Map<string, KpiTotal> {
  const dimensions = dimensionColumns(answer);
  return new Map(answer.rows.map((row) => [groupKey(row, dimensions), totalOf(answer, row)]));
}

function totalOf(answer: MetricAnswer, row: Row): KpiTotal {
  const cell = (name: string) => {
    const index = answer.columns.findIndex((column) => column.name === name);
    return index < 0 ? undefined : toNumber(row[index]);
  };
  const [previous, numerator, denominator] = [cell('previous'), cell('numerator'), cell('denominator')];
  return {
    value: cell('value') ?? null,
    ...(previous !== undefined && { previous }),
    ...(numerator !== undefined && { numerator }),
    ...(denominator !== undefined && { denominator }),
  };
}

function groupRows(answer: MetricAnswer, dimensions: readonly number[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of answer.rows) {
    const key = groupKey(row, dimensions);
    const rows = groups.get(key);
    if (rows) {
      rows.push(row);
    } else {
      groups.set(key, [row]);
    }
  }
  return groups;
}

function groupKey(row: Row, dimensions: readonly number[]): string {
  return JSON.stringify(dimensions.map((index) => row[index] ?? null));
}

function dimensionColumns(answer: MetricAnswer): number[] {
  return answer.columns.flatMap((column, index) =>
    column.type === 'string' && !reservedColumns.has(column.name) ? [index] : [],
  );
}

function labelsOf(dimensions: readonly number[], answer: MetricAnswer, row: Row | undefined): Labels {
  return Object.fromEntries(
    dimensions.flatMap((index) => {
      const column = answer.columns[index];
      return column && row ? [[column.name, String(row[index] ?? '')]] : [];
    }),
  );
}

function roleOfColumn(name: string): FieldRole | undefined {
  return name === 'value' || name === 'previous' ? name : undefined;
}

function toMs(cell: AnswerCell): number | null {
  const time = cell === null ? Number.NaN : new Date(cell).getTime();
  return Number.isNaN(time) ? null : time;
}

function toNumber(cell: AnswerCell | undefined): number | null {
  return typeof cell === 'number' ? cell : null;
}
