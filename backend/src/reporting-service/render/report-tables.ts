import type { AnswerCell, MetricQuery, QueryRange, ReportFrame } from '@coditect/contracts';
import {
  answerInSlices,
  type SlicedAnswer,
  type SliceOptions,
} from '../../metric-queries/answer-in-slices.js';
import { columnsOf } from '../../metric-queries/build-answer.js';
import type { ReportJob } from '../../platform/reports.js';
import { hashQuestions } from '../document/query-hash.js';
import { readTable } from '../document/read-table.js';
import type { TableColumn } from '../document/report-document.js';
import type { PanelField, PanelPart } from '../document/report-part.js';
import type { PlannedQuery } from './plan-report.js';

/** One table of a report: the answer to a question, or what a panel showed. */
export interface ReportTable {
  readonly title: string;
  /** `null` for values of a panel. */
  readonly query: MetricQuery | null;
  readonly queryHash: string | null;
  readonly range: QueryRange | null;
  readonly columns: readonly TableColumn[];
  open(signal: AbortSignal): Promise<OpenTable>;
}

export interface OpenTable {
  /** `undefined` for values of a panel. */
  readonly answer: Pick<SlicedAnswer, 'columns' | 'meta'> | undefined;
  readonly rowCount: number;
  /** To be read once. */
  readonly rows: AsyncIterable<readonly (readonly AnswerCell[])[]>;
}

/** Opened when it is its turn, so that only one answer is read at a time. */
export function tableOfQuery(
  tenantId: string,
  { query, plan }: PlannedQuery,
  options: SliceOptions,
): ReportTable {
  const { interval } = plan;
  const isLevel = plan.kind === 'seats' && interval !== undefined;
  return {
    title: plan.kpi.title,
    query,
    queryHash: hashQuestions([{ ...query, revision: plan.kpi.revision }]),
    range: query.range,
    columns: columnsOf(plan).map(({ name, type, unit }) => ({
      name,
      type,
      unit,
      ...(type === 'time' && interval !== undefined && { interval }),
      ...(type === 'number' && isLevel && { isLevel }),
    })),
    async open(signal) {
      const { columns, meta, rowCount, rows } = await answerInSlices(tenantId, plan, signal, options);
      return { answer: { columns, meta }, rowCount, rows };
    },
  };
}

export function tableOfPanel(part: PanelPart, range: QueryRange | null): ReportTable {
  const { title, columns, rows } = readTable(part);
  async function* whole(): AsyncGenerator<readonly (readonly AnswerCell[])[]> {
    yield rows;
  }
  return {
    title,
    query: null,
    queryHash: null,
    range,
    columns,
    open: () => Promise.resolve({ answer: undefined, rowCount: rows.length, rows: whole() }),
  };
}

/** What the panel showed, named so that it can be found again: dashboard, panel and frame. */
export function panelParts({ request }: Pick<ReportJob, 'request'>): readonly PanelPart[] {
  const { dashboard, panel } = request.origin ?? {};
  return (request.frames ?? []).map(({ name, fields }) => {
    const names = [dashboard, panel, name].filter((part) => part !== undefined && part.trim() !== '');
    const title = names.length === 0 ? request.title : [...new Set(names)].join(' / ');
    return { kind: 'panel', title, fields: fields.map(toPanelField) };
  });
}

function toPanelField({ name, type, unit, values }: ReportFrame['fields'][number]): PanelField {
  return { name, type: type === 'boolean' ? 'string' : type, values, ...(unit !== undefined && { unit }) };
}
