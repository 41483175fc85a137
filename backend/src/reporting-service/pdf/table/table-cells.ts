import type { AnswerCell } from '@coditect/contracts';
import { formatTime } from '../../document/format-times.js';
import { decimalsFor, formatCell, headOf, noValue } from '../../document/format-values.js';
import type { ControlTotal, TableColumn, TableSection } from '../../document/report-document.js';
import { styleOf } from '../../document/units.js';

/** A column as text: what its cells say is decided once, so that widths and drawing agree. */
export interface TextColumn {
  readonly head: string;
  readonly isNumber: boolean;
  readonly isTime: boolean;
  readonly cells: readonly string[];
  /** The sum below the column, where sums of its unit mean something. */
  readonly total: string;
}

export function textColumns(
  { columns, rows, controlTotals, origin }: TableSection,
  timeZone: string,
): TextColumn[] {
  return columns.map((column, index) => {
    const decimals = decimalsFor(numbersOf(rows, index), column.unit);
    return {
      head: headOf(origin === 'panel' ? column.name : titleOf(column), column.unit),
      isNumber: column.type === 'number',
      isTime: column.type === 'time',
      cells: rows.map((row) => writeCell(row[index] ?? null, column, { timeZone, decimals })),
      total: writeTotal(column, decimals, controlTotals),
    };
  });
}

function* numbersOf(rows: TableSection['rows'], index: number): Generator<number> {
  for (const row of rows) {
    const cell = row[index];
    if (typeof cell === 'number') yield cell;
  }
}

/** Columns of an answer are named in code; a reader sees words. Names of a panel stay as they were. */
function titleOf({ name }: TableColumn): string {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return name;
  const words = name.replaceAll(
    /([a-z0-9])([A-Z])/g,
    (_pair, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface CellStyle {
  readonly timeZone: string;
  readonly decimals: number;
}

function writeCell(cell: AnswerCell, column: TableColumn, { timeZone, decimals }: CellStyle): string {
  if (cell === null) return noValue;
  if (typeof cell === 'number') return formatCell(cell, column.unit, decimals);
  if (column.type === 'time') return formatTime(cell, timeZone, column.interval);
  return cell === '' ? '(none)' : cell;
}

function writeTotal({ name, unit }: TableColumn, decimals: number, totals: readonly ControlTotal[]): string {
  const total = totals.find(({ column }) => column === name);
  return total === undefined || total.values === 0 || !styleOf(unit).adds
    ? ''
    : formatCell(total.sum, unit, decimals);
}
