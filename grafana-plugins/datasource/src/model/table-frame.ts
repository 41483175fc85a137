import type { AnswerCell, AnswerColumn, MetricAnswer } from '@coditect/contracts';
import { previousRole, valueRole } from '@coditect/plugins-shared';
import type { DataFrame, FieldConfig } from '@grafana/data';
import type { TableOrder } from '../types';
import { eventsLink } from './events-link';
import { toField } from './frame-parts';
import { frameMeta, totalOf, type FrameContext } from './kpi-frame-meta';

export interface TableShape {
  order?: TableOrder | undefined;
  /** Rows beyond these are left out, with a notice. */
  rowsMax?: number | undefined;
  /** The answer over all groups, for the last row. */
  totals?: MetricAnswer | undefined;
}

type Row = readonly AnswerCell[];

/** How the first cell of the last row is called; the second is for a group that has the first name itself. */
const totalsLabels = ['Total', 'Total of all'] as const;

/** One frame with every column of the answer, a row per group. */
export function toTableFrame(answer: MetricAnswer, context: FrameContext, shape: TableShape = {}): DataFrame {
  const { rows, notices } = arrange(answer, shape);
  const totalsRow = shape.totals && toTotalsRow(answer, shape.totals);
  const all = totalsRow ? [...rows, totalsRow] : rows;
  const links = eventsLink(context, groupVariables(answer), totalsRow && groupOf(answer, totalsRow));
  const [total] = shape.totals?.rows ?? [];
  return {
    refId: context.refId,
    ...(context.isOneOfSeveral && { name: answer.meta.title }),
    fields: answer.columns.map((column, index) =>
      toField(
        column,
        all.map((row) => row[index] ?? null),
        configOf(column, answer, column.name === 'value' ? links : []),
      ),
    ),
    length: all.length,
    meta: {
      preferredVisualisationType: 'table',
      ...frameMeta(
        answer.meta,
        { ...context, notices: [...context.notices, ...notices] },
        shape.totals && total && totalOf(shape.totals, total),
      ),
    },
  };
}

/** Rows in the order that was asked for: "no value" last, equal ones as the service has them. */
function arrange(answer: MetricAnswer, { order, rowsMax }: TableShape): { rows: Row[]; notices: string[] } {
  const notices: string[] = [];
  let rows: Row[] = answer.rows;
  const index = answer.columns.findIndex(({ name }) => name === order?.column);
  if (order !== undefined && index >= 0) {
    const sign = order.direction === 'asc' ? 1 : -1;
    rows = [...rows].sort((one, other) => compareCells(one[index] ?? null, other[index] ?? null, sign));
  } else if (order !== undefined) {
    const names = answer.columns.map(({ name }) => name).join(', ');
    notices.push(`The table is not ordered by "${order.column}": it has the columns ${names}.`);
  }
  if (rowsMax !== undefined && rows.length > rowsMax) {
    notices.push(`The first ${rowsMax} of ${rows.length} rows are shown.`);
    rows = rows.slice(0, rowsMax);
  }
  return { rows, notices };
}

function compareCells(one: AnswerCell, other: AnswerCell, sign: number): number {
  if (one === null || other === null) {
    return Number(one === null) - Number(other === null);
  }
  if (typeof one === 'number' && typeof other === 'number') {
    return sign * (one - other);
  }
  return sign * String(one).localeCompare(String(other), 'en', { numeric: true });
}

/** The columns of the answer over all groups, by name; the first dimension says what the row is. */
function toTotalsRow(answer: MetricAnswer, totals: MetricAnswer): Row | undefined {
  const [row] = totals.rows;
  if (row === undefined) {
    return undefined;
  }
  const totalsLabel = totalsLabels[answer.rows.some(([first]) => first === totalsLabels[0]) ? 1 : 0];
  return answer.columns.map((column, index): AnswerCell => {
    if (column.type === 'string') {
      return index === 0 ? totalsLabel : '';
    }
    const found = totals.columns.findIndex(({ name }) => name === column.name);
    return row[found] ?? null;
  });
}

function configOf(
  column: AnswerColumn,
  { meta }: MetricAnswer,
  links: FieldConfig['links'] & object,
): FieldConfig {
  switch (column.name) {
    case 'value':
      return {
        displayNameFromDS: meta.title,
        description: meta.definition,
        custom: { coditectRole: valueRole },
        ...(links.length > 0 && { links }),
      };
    case 'previous':
      return { displayNameFromDS: `${meta.title} (previous)`, custom: { coditectRole: previousRole } };
    default:
      return {};
  }
}

function groupOf(answer: MetricAnswer, row: Row): Record<string, string> {
  return Object.fromEntries(
    answer.columns.flatMap(({ name, type }, index) =>
      type === 'string' ? [[name, String(row[index] ?? '')]] : [],
    ),
  );
}

/** Grafana fills in the cells of the row whose link is followed. */
function groupVariables(answer: MetricAnswer): Record<string, string> {
  return Object.fromEntries(
    answer.columns
      .filter(({ type }) => type === 'string')
      .map(({ name }) => [name, `\${__data.fields["${name}"]}`]),
  );
}
