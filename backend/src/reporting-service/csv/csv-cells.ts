import type { AnswerCell } from '@coditect/contracts';
import { formatTime } from '../document/format-times.js';
import { decimalsFor, formatCell, headOf } from '../document/format-values.js';
import type { TableColumn } from '../document/report-document.js';

/** `raw`: instants in UTC and numbers as they are. `formatted`: as in the PDF, units in the head. */
export type CsvStyle = 'raw' | 'formatted';

/** What a spreadsheet may take for a formula at the start of a text, wide forms and line starts included. */
const formulaStart = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
/** The same inside of one, where a spreadsheet may split that expects another separator and knows no quotes there. */
const formulaInside = /([;\t\r\n]"*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

/** A text that could be run as a formula is shown as a text. Numbers never come here: they stay numbers. */
function defuse(text: string): string {
  const inside = text.replaceAll(formulaInside, "$1'");
  return formulaStart.test(text) ? `'${inside}` : inside;
}

export function headCell({ name, unit }: TableColumn, style: CsvStyle): string {
  return defuse(style === 'raw' ? name : headOf(name, unit));
}

/** No value is an empty cell, in either style. */
export type CellWriter = (cell: AnswerCell | undefined) => string;

export function createCellWriter(column: TableColumn, style: CsvStyle, timeZone: string): CellWriter {
  const writeNumber = style === 'raw' ? String : formatNumber(column);
  const writeText = style === 'formatted' && column.type === 'time' ? timeWriter(column, timeZone) : defuse;
  return (cell) => {
    if (cell === null || cell === undefined) return '';
    if (typeof cell === 'string') return writeText(cell);
    return Number.isFinite(cell) ? writeNumber(cell) : '';
  };
}

function formatNumber({ unit }: TableColumn): (value: number) => string {
  return (value) => formatCell(value, unit, decimalsFor([value], unit));
}

/** Rows of a series come by time, so that the last time is mostly the next one too. */
function timeWriter({ interval }: TableColumn, timeZone: string): (instant: string) => string {
  let last = { instant: '', text: '' };
  return (instant) => {
    if (instant !== last.instant) last = { instant, text: defuse(formatTime(instant, timeZone, interval)) };
    return last.text;
  };
}
