import { csvFileName } from '../csv/csv-file-name.js';
import { writeCsv } from '../csv/write-csv.js';
import { zipCsv } from '../csv/zip-csv.js';
import type { Rendered, RenderOut } from '../jobs/make-report.js';
import { fileNameOf, manifestOf, noticesOf, type WrittenTable } from './describe-report.js';
import { readInTurn, type Subject } from './read-in-turn.js';

/** A table is a bare CSV, several are a zip with a file each and the manifest. Streamed: no table is in memory whole. */
export async function renderCsv(subject: Subject, out: RenderOut): Promise<Rendered> {
  const { job, cover, tables } = subject;
  const { numbers: style, byteOrderMark: bom } = job.request.options;
  const { timeZone, generatedAt } = cover;
  const reading = readInTurn(subject, out, out.onProgress);
  const [only, ...others] = tables;
  const isBare = only !== undefined && others.length === 0;
  const fileName = fileNameOf(job.request.title, isBare ? 'csv' : 'zip');
  const files = tables.map((table, index) => ({
    table,
    name: isBare ? fileName : csvFileName(index, table.title),
    csv: writeCsv({ columns: table.columns, rows: reading.rowsOf(index), style, bom, timeZone }),
  }));
  const written = (): readonly WrittenTable[] =>
    files.map(({ table, name, csv }, index) => {
      const { rows, controlTotals, sha256 } = csv.summary();
      return { table, name, meta: reading.answerOf(index)?.meta, rows, controlTotals, sha256 };
    });
  const manifest = (): Rendered['manifest'] => manifestOf(job, cover, written());
  const [first] = files;
  await out.write(
    isBare && first !== undefined ? first.csv.chunks : zipCsv({ generatedAt, files, manifest }),
  );
  return {
    name: fileName,
    contentType: isBare ? 'text/csv; charset=utf-8' : 'application/zip',
    rows: written().reduce((sum, { rows }) => sum + rows, 0),
    notices: noticesOf(job, written()),
    manifest: manifest(),
  };
}
