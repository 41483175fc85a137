import type { TableSection } from '../../document/report-document.js';
import type { Canvas } from '../canvas.js';
import { drawHeading } from '../draw-heading.js';
import type { Flow } from '../flow.js';
import { type, type Ink } from '../ink.js';
import { hairline, ink as black, muted, shade, zebra } from '../theme.js';
import { cellPadding, layOutBands, type Band } from './column-widths.js';
import { textColumns, type TextColumn } from './table-cells.js';

const lineHeight = 10;
const rowPadding = 5;
const headLinesMax = 3;
const cellLinesMax = 3;

export interface TableDrawing {
  readonly title: string;
  /** Called now and then with the number of rows that were drawn since. */
  readonly onRows: (count: number) => void;
}

/** All rows, the heads again on every page, and a last row that proves it: the count and the control totals. */
export function drawTable(
  flow: Flow,
  ink: Ink,
  section: TableSection,
  { title, onRows }: TableDrawing,
): void {
  const columns = textColumns(section, ink.cover.timeZone);
  const bands = columns.length === 0 ? [] : layOutBands(columns, flow.width, ink.fitter);
  const lead = leadOf(section, bands.length);
  drawHeading(flow, ink, { title, notices: section.notices, lead }, 3 * lineHeight + 4 * rowPadding);
  if (section.rows.length === 0) return;
  for (const [index, band] of bands.entries()) {
    if (index > 0) flow.advance(14);
    const grid: Grid = { flow, ink, columns, band, cells: createCells(ink, columns, band) };
    drawBand(grid, section, bands.length === 1 || index === 0 ? onRows : () => undefined);
  }
}

function leadOf({ rows, origin, columns, controlTotals }: TableSection, bands: number): string {
  const shown = origin === 'panel' ? 'As shown in the panel, not recomputed. ' : '';
  if (rows.length === 0) return `${shown}No rows in this period.`;
  const count =
    rows.length === 1 ? 'One row.' : `${rows.length.toLocaleString('en-US')} rows, none left out.`;
  const split = bands > 1 ? ` The ${columns.length} columns stand in ${bands} blocks below each other.` : '';
  const gaps = controlTotals.filter(({ values }) => values < rows.length);
  const without = gaps.map(
    ({ column, values }) => `${column} in ${(rows.length - values).toLocaleString('en-US')}`,
  );
  return `${shown}${count}${split}${without.length > 0 ? ` Rows without a value: ${without.join(', ')}.` : ''}`;
}

interface Grid {
  readonly flow: Flow;
  readonly ink: Ink;
  readonly columns: readonly TextColumn[];
  readonly band: Band;
  readonly cells: Cells;
}

interface Cells {
  readonly heads: readonly (readonly string[])[];
  linesOf(text: string, column: number, width: number): readonly string[];
}

function createCells({ fitter }: Ink, columns: readonly TextColumn[], band: Band): Cells {
  return {
    heads: band.columns.map(({ index, width }) =>
      fitter.wrap(columns[index]?.head ?? '', type.smallBold, width - 2 * cellPadding, headLinesMax),
    ),
    linesOf: (text, column, width) =>
      columns[column]?.isNumber === true
        ? [fitter.cut(text, type.small, width - 2 * cellPadding)]
        : fitter.wrap(text, type.small, width - 2 * cellPadding, cellLinesMax),
  };
}

function drawBand(grid: Grid, { rows }: TableSection, onRows: (count: number) => void): void {
  const { flow, columns, band, cells } = grid;
  const headHeight = heightOf(cells.heads);
  flow.ensure(headHeight + 2 * (lineHeight + rowPadding));
  drawHead(grid, headHeight);
  for (let row = 0; row < rows.length; row += 1) {
    const lines = band.columns.map(({ index, width }) =>
      cells.linesOf(columns[index]?.cells[row] ?? '', index, width),
    );
    const height = heightOf(lines);
    // The last row takes the totals along: they are never alone on a page.
    const isLast = row === rows.length - 1;
    if (flow.ensure(isLast ? height + lineHeight + 2 * rowPadding : height)) drawHead(grid, headHeight);
    drawRow(grid, lines, { height, isStriped: row % 2 === 1 });
    onRows(1);
  }
  drawTotals(grid, rows.length);
}

function heightOf(cells: readonly (readonly string[])[]): number {
  return Math.max(1, ...cells.map(({ length }) => length)) * lineHeight + rowPadding;
}

function drawHead({ flow, columns, band, cells }: Grid, height: number): void {
  const { canvas } = flow.sheet();
  let x = flow.left;
  for (const [position, { index, width }] of band.columns.entries()) {
    const lines = cells.heads[position] ?? [];
    const first = flow.y() + height - rowPadding - (lines.length - 1) * lineHeight;
    for (const [line, text] of lines.entries()) {
      const at = placeOf(columns[index], { x, width });
      canvas.text(text, { x: at.x, y: first + line * lineHeight }, type.smallBold, muted, at.align);
    }
    x += width;
  }
  flow.advance(height);
  rule(flow, canvas, 0.9, shade);
}

function drawRow(
  { flow, columns, band }: Grid,
  cells: readonly (readonly string[])[],
  { height, isStriped }: { height: number; isStriped: boolean },
): void {
  const { canvas } = flow.sheet();
  if (isStriped) canvas.fillBox({ x: flow.left, y: flow.y(), width: flow.width, height }, zebra);
  let x = flow.left;
  for (const [position, { index, width }] of band.columns.entries()) {
    const at = placeOf(columns[index], { x, width });
    for (const [line, text] of (cells[position] ?? []).entries()) {
      const y = flow.y() + (line + 1) * lineHeight;
      canvas.text(text, { x: at.x, y }, type.small, black, at.align);
    }
    x += width;
  }
  flow.advance(height);
}

function placeOf(
  column: TextColumn | undefined,
  { x, width }: { x: number; width: number },
): { x: number; align: 'left' | 'right' } {
  return column?.isNumber === true
    ? { x: x + width - cellPadding, align: 'right' }
    : { x: x + cellPadding, align: 'left' };
}

function drawTotals({ flow, ink, columns, band }: Grid, rows: number): void {
  const { canvas } = flow.sheet();
  rule(flow, canvas, 0.9, shade);
  const height = lineHeight + rowPadding;
  let x = flow.left;
  let free = flow.left + flow.width;
  for (const { index, width } of band.columns) {
    const column = columns[index];
    if (column !== undefined && column.total !== '') {
      const at = placeOf(column, { x, width });
      canvas.text(column.total, { x: at.x, y: flow.y() + lineHeight + 1 }, type.smallBold, black, at.align);
      free = Math.min(free, at.x - ink.fitter.measure(column.total, type.smallBold));
    }
    x += width;
  }
  const hasTotals = band.columns.some(({ index }) => columns[index]?.total !== '');
  const count = `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
  const label = hasTotals ? `${count}, control total` : count;
  const fitting = ink.fitter.cut(label, type.smallBold, free - flow.left - 2 * cellPadding);
  canvas.text(fitting, { x: flow.left + cellPadding, y: flow.y() + lineHeight + 1 }, type.smallBold, muted);
  flow.advance(height);
  rule(flow, canvas, 0.5, hairline);
}

function rule(flow: Flow, canvas: Canvas, width: number, colour: typeof shade): void {
  const points = [
    { x: flow.left, y: flow.y() },
    { x: flow.left + flow.width, y: flow.y() },
  ];
  canvas.line(points, { colour, width });
}
