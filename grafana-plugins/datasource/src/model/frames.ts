import type { AnswerCell, AnswerMeta, MetricAnswer } from '@coditect/contracts';
import {
  grafanaUnitOf,
  previousRole,
  valueRole,
  type FieldRole,
  type KpiTotal,
} from '@coditect/plugins-shared';
import { FieldType, type DataFrame, type Field, type FieldConfig, type Labels } from '@grafana/data';
import { eventsLink } from './events-link';
import { toMs } from './frame-parts';
import { frameMeta, totalOf, type FrameContext } from './kpi-frame-meta';

type Row = readonly AnswerCell[];

const reservedColumns = new Set(['time', 'numerator', 'denominator', 'previous', 'value']);

/** One frame per group: time, value and, with a comparison, the previous period as a second, dashed field. */
export function toSeriesFrames(answer: MetricAnswer, context: FrameContext): DataFrame[] {
  const dimensions = dimensionColumns(answer);
  const totals = totalsByGroup(answer);
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

function seriesFrame(
  answer: MetricAnswer,
  rows: readonly Row[],
  labels: Labels,
  context: FrameContext,
  total: KpiTotal | undefined,
): DataFrame {
  const name = seriesName(answer.meta, labels, context);
  const cells = (column: string) => {
    const index = answer.columns.findIndex((candidate) => candidate.name === column);
    return index < 0 ? undefined : rows.map((row) => row[index] ?? null);
  };
  const previous = cells('previous');
  const times = (cells('time') ?? []).map(toMs);
  const values = cells('value') ?? [];
  const fields: Field[] = [
    { name: 'time', type: FieldType.time, values: times, config: {} },
    numberField(valueRole, values, labels, name, answer.meta, {
      links: eventsLink(context, labels),
    }),
  ];
  if (previous) {
    fields.push(numberField(previousRole, previous, labels, `${name} (previous)`, answer.meta, {}));
  }
  return {
    refId: context.refId,
    name,
    fields,
    length: rows.length,
    meta: { preferredVisualisationType: 'graph', ...frameMeta(answer.meta, context, total) },
  };
}

function numberField(
  role: FieldRole,
  values: AnswerCell[],
  labels: Labels,
  displayName: string,
  meta: AnswerMeta,
  config: FieldConfig,
): Field {
  const unit = grafanaUnitOf(meta.unit);
  const isPrevious = role === previousRole;
  return {
    name: role,
    type: FieldType.number,
    values,
    labels,
    config: {
      ...config,
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

function seriesName(
  { title }: AnswerMeta,
  labels: Labels,
  { legend, isOneOfSeveral = false }: FrameContext,
): string {
  if (legend !== '') {
    return legend.replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/gu, (_match, label: string) =>
      nameOf(label === 'metric' ? title : labels[label]),
    );
  }
  const group = Object.values(labels).map(nameOf);
  return [...(group.length === 0 || isOneOfSeveral ? [title] : []), ...group].join(', ');
}

/** Events that do not say it are a group, too. */
function nameOf(label: string | undefined): string {
  return label === '' ? '(empty)' : (label ?? '');
}

function totalsByGroup({ totals = [], ...series }: MetricAnswer): Map<string, KpiTotal> {
  const columns = series.columns.filter(({ name }) => name !== 'time');
  const answer = { ...series, columns };
  const dimensions = dimensionColumns(answer);
  return new Map(totals.map((row) => [groupKey(row, dimensions), totalOf(answer, row)]));
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
