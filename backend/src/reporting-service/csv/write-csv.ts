import { createHash, type Hash } from 'node:crypto';
import type { AnswerCell } from '@coditect/contracts';
import { stringify, type Options } from 'csv-stringify/sync';
import { createControlTotals } from '../document/control-totals.js';
import type { ControlTotal, TableColumn } from '../document/report-document.js';
import { createCellWriter, headCell, type CsvStyle } from './csv-cells.js';

export type CsvRow = readonly AnswerCell[];

export interface CsvSource {
  readonly columns: readonly TableColumn[];
  /** In batches: one is in memory at a time, and the next is asked for when the last was taken. */
  readonly rows: AsyncIterable<readonly CsvRow[]>;
  readonly style: CsvStyle;
  /** UTF-8's mark at the start, which Excel wants to read anything beyond ASCII. */
  readonly bom: boolean;
  /** Of the times in a formatted file. */
  readonly timeZone: string;
}

/** What proves a file whole. */
export interface CsvSummary {
  readonly rows: number;
  readonly controlTotals: readonly ControlTotal[];
  readonly bytes: number;
  readonly sha256: string;
}

export interface CsvFile {
  /** To be read once. Leaving early closes the source; an error of the source comes out here. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Throws until the last chunk was taken: a sum of half a file proves nothing. */
  summary(): CsvSummary;
}

/** RFC 4180: a head line, CRLF, quotes where needed. */
export function writeCsv(source: CsvSource): CsvFile {
  const tally = createTally(source.columns);
  return {
    chunks: countBytes(writeLines(source, tally), tally),
    summary: tally.summary,
  };
}

/** Line breaks of any kind are quoted, not only those that end a record. */
function optionsFor({ columns }: CsvSource): Options {
  // A row of one empty cell would be an empty line, which readers skip.
  return { record_delimiter: 'windows', quote_record_delimiter: true, quoted_empty: columns.length === 1 };
}

async function* writeLines(source: CsvSource, tally: Tally): AsyncGenerator<Buffer> {
  const { columns, rows, style, bom, timeZone } = source;
  const options = optionsFor(source);
  const writers = columns.map((column) => createCellWriter(column, style, timeZone));
  const head = stringify([columns.map((column) => headCell(column, style))], options);
  yield Buffer.from(bom ? `\uFEFF${head}` : head);
  for await (const batch of rows) {
    if (batch.length === 0) continue;
    for (const row of batch) tally.addRow(row);
    yield Buffer.from(
      stringify(
        batch.map((row) => writers.map((write, index) => write(row[index]))),
        options,
      ),
    );
  }
}

async function* countBytes(chunks: AsyncIterable<Buffer>, tally: Tally): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    tally.addBytes(chunk);
    yield chunk;
  }
  tally.end();
}

interface Tally {
  addRow(row: CsvRow): void;
  addBytes(chunk: Buffer): void;
  end(): void;
  summary(): CsvSummary;
}

function createTally(columns: readonly TableColumn[]): Tally {
  const hash: Hash = createHash('sha256');
  const totals = createControlTotals(columns);
  let [rows, bytes] = [0, 0];
  let sha256: string | undefined;
  return {
    addRow(row) {
      rows += 1;
      totals.add(row);
    },
    addBytes(chunk) {
      bytes += chunk.length;
      hash.update(chunk);
    },
    end() {
      sha256 = hash.digest('hex');
    },
    summary() {
      if (sha256 === undefined) throw new Error('the file is not written to its end yet');
      return { rows, controlTotals: totals.list(), bytes, sha256 };
    },
  };
}
