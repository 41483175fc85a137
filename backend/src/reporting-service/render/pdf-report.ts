import type { AnswerCell, MetricAnswer, MetricQuery, Notice } from '@coditect/contracts';
import { withTarget, type FoundTarget } from '../../metric-queries/find-target.js';
import { createControlTotals } from '../document/control-totals.js';
import { layOutReport } from '../document/lay-out-report.js';
import type { Branding, ReportDocument } from '../document/report-document.js';
import type { AnswerPart, ReportPart } from '../document/report-part.js';
import type { Rendered, RenderOut } from '../jobs/make-report.js';
import { fileNameOf, manifestOf, noticesOf, type WrittenTable } from './describe-report.js';
import { readInTurn, type Subject } from './read-in-turn.js';

export interface PdfOptions {
  readonly branding: Branding;
  /** Of each question, in the order of the tables. */
  readonly targets: readonly FoundTarget[];
  readonly drawPdf: DrawPdf;
}

export type DrawPdf = (
  document: ReportDocument,
  options: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
) => Promise<Uint8Array>;

/** Reading goes up to here, drawing from here to the end. */
const readShare = 0.5;

const logoLeftOut: Notice = {
  severity: 'warning',
  code: 'logo_left_out',
  text: 'The logo could not be read as PNG or JPEG and was left out.',
};

/** Reads every table, then draws them all. */
export async function renderPdf(subject: Subject, out: RenderOut, options: PdfOptions): Promise<Rendered> {
  const { job, cover, tables } = subject;
  const reading = readInTurn(subject, out, (share) => {
    out.onProgress(share * readShare);
  });
  const written: WrittenTable[] = [];
  const parts: ReportPart[] = [...subject.panels];
  for (const [index, table] of tables.entries()) {
    const rows: AnswerCell[][] = [];
    const totals = createControlTotals(table.columns);
    for await (const part of reading.rowsOf(index)) {
      for (const row of part) {
        rows.push([...row]);
        totals.add(row);
      }
    }
    const read = reading.answerOf(index);
    const found = options.targets[index] ?? {};
    const answer = read === undefined ? undefined : withTarget(read, found);
    written.push({
      table,
      name: table.title,
      meta: answer?.meta,
      rows: rows.length,
      controlTotals: totals.list(),
      sha256: null,
    });
    const query = subject.planned[index]?.query;
    if (answer === undefined || query === undefined) continue;
    const { columns, meta } = answer;
    const isLevel = table.columns.some((column) => column.isLevel === true);
    parts.push({ ...partOfAnswer(query, { columns: [...columns], rows, meta }), isLevel });
  }
  const { branding, drawPdf } = options;
  const document = layOutReport({ cover, branding, page: job.request.options.page, parts });
  const bytes = await drawPdf(document, {
    signal: out.signal,
    onProgress: (share) => {
      out.onProgress(readShare + share * (1 - readShare));
    },
  });
  await out.write(inOneChunk(bytes));
  return {
    name: fileNameOf(job.request.title, 'pdf'),
    contentType: 'application/pdf',
    rows: written.reduce((sum, { rows }) => sum + rows, 0),
    notices: [...(branding.isLogoLeftOut === true ? [logoLeftOut] : []), ...noticesOf(job, written)],
    manifest: manifestOf(job, cover, written),
  };
}

function partOfAnswer(query: MetricQuery, answer: MetricAnswer): AnswerPart {
  const target = answer.meta.target?.value;
  return { kind: 'answer', query, answer, ...(target !== undefined && { target }) };
}

async function* inOneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
