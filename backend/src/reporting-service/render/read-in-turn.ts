import type { AnswerCell } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { ReportJob } from '../../platform/reports.js';
import type { Cover } from '../document/report-document.js';
import type { PanelPart } from '../document/report-part.js';
import type { RenderOut } from '../jobs/make-report.js';
import { pointInto, type PlannedQuery } from './plan-report.js';
import type { OpenTable, ReportTable } from './report-tables.js';

/** What a report is about, before anything of it is read. */
export interface Subject {
  readonly job: ReportJob;
  readonly cover: Cover;
  readonly tables: readonly ReportTable[];
  /** One for each table; none for values of a panel. */
  readonly planned: readonly PlannedQuery[];
  readonly panels: readonly PanelPart[];
  /** Of all tables together. */
  readonly rowsMax: number;
}

export interface Reading {
  /** To be read once, one table after the other. */
  rowsOf(index: number): AsyncIterable<readonly (readonly AnswerCell[])[]>;
  /** What a table that was read has answered; `undefined` for values of a panel. */
  answerOf(index: number): OpenTable['answer'];
}

/** Opens each table when it is its turn, and counts rows on the way. Throws 422 `too_many_rows`. */
export function readInTurn(
  { job, tables, rowsMax }: Subject,
  { signal }: Pick<RenderOut, 'signal'>,
  onProgress: (share: number) => void,
): Reading {
  const opened = new Map<number, OpenTable>();
  let rowsSoFar = 0;

  async function open(index: number): Promise<OpenTable> {
    const table = tables[index];
    if (table === undefined) throw new Error(`there is no table ${index}`);
    const open = await table.open(signal).catch((error: unknown) => {
      throw pointInto(index, error);
    });
    opened.set(index, open);
    rowsSoFar += open.rowCount;
    if (rowsSoFar > rowsMax) throw tooManyRows(job.request.format, rowsMax);
    return open;
  }

  return {
    async *rowsOf(index) {
      const { rowCount, rows } = await open(index);
      let done = 0;
      for await (const part of rows) {
        signal.throwIfAborted();
        yield part;
        done += part.length;
        onProgress((index + Math.min(1, done / Math.max(1, rowCount))) / tables.length);
      }
      onProgress((index + 1) / tables.length);
    },
    answerOf: (index) => opened.get(index)?.answer,
  };
}

function tooManyRows(format: 'pdf' | 'csv', limit: number): AppError {
  const most = `The report has more than ${limit} rows, which is the most of a ${format.toUpperCase()}.`;
  const advice = 'a wider interval, a shorter period, fewer groups, or "limit" for the greatest ones';
  const reason =
    format === 'pdf' ? `${most} Take CSV for all of them, or ${advice}.` : `${most} Take ${advice}.`;
  return new AppError('too_many_rows', reason, { status: 422, limit });
}
