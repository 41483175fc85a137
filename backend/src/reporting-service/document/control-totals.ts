import type { AnswerCell } from '@coditect/contracts';
import { createExactSum, type ExactSum } from './exact-sum.js';
import type { ControlTotal, TableColumn } from './report-document.js';
import { styleOf } from './units.js';

/** Sums up the columns of numbers that add up, row by row: shares, durations, distinct users and levels do not. */
export interface ControlTotals {
  add(row: readonly AnswerCell[]): void;
  list(): ControlTotal[];
}

interface Column {
  readonly index: number;
  readonly column: TableColumn;
  readonly sum: ExactSum;
  values: number;
}

export function createControlTotals(columns: readonly TableColumn[]): ControlTotals {
  const summed = columns.flatMap((column, index): Column[] =>
    addsUp(column) ? [{ index, column, sum: createExactSum(), values: 0 }] : [],
  );
  return {
    add(row) {
      for (const entry of summed) {
        const value = row[entry.index];
        if (typeof value !== 'number' || !Number.isFinite(value)) continue;
        entry.sum.add(value);
        entry.values += 1;
      }
    },
    list: () =>
      summed.map(({ column: { name, unit }, values, sum }) => ({
        column: name,
        unit,
        values,
        sum: sum.total(),
      })),
  };
}

function addsUp({ type, unit, isLevel }: TableColumn): boolean {
  return type === 'number' && isLevel !== true && styleOf(unit).adds;
}
