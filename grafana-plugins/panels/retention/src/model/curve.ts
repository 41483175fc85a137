import type { RetentionRow, RetentionViewModel } from './build-view-model';

export interface CurvePoint {
  x: number;
  y: number;
  /** Place of the period among those that are shown. */
  column: number;
  spoken: string;
}

export interface CurveLine {
  key: string;
  label: string;
  path: string;
  points: CurvePoint[];
  isMean: boolean;
  /** 0 is the first cohort that is drawn, 1 the last one. */
  place: number;
}

export interface CurveShape {
  lines: CurveLine[];
  xTicks: { x: number; text: string }[];
  yTicks: { y: number; text: string }[];
}

export interface CurveBox {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** More lines than these can't be told apart. */
export const linesMax = 30;

/** Lines over periods within a box in pixels; the mean is the last of them. A line ends where periods have not. */
export function shapeCurve(model: RetentionViewModel, box: CurveBox): CurveShape {
  const rows = model.rows.slice(-linesMax);
  const drawn = model.mean ? [...rows, model.mean] : rows;
  const shares = drawn.flatMap(({ cells }) => cells.map((cell) => cell?.share ?? 0));
  const top = niceTop(Math.max(0, ...shares));
  const x = (column: number) =>
    model.periods.length < 2
      ? (box.left + box.right) / 2
      : box.left + (column / (model.periods.length - 1)) * (box.right - box.left);
  const y = (share: number) => box.bottom - (share / top) * (box.bottom - box.top);
  const lines = drawn.map((row, index): CurveLine => {
    const points = pointsOf(row, x, y);
    const isMean = row === model.mean;
    return {
      ...{ key: row.key, label: row.label, points, isMean },
      place: isMean || rows.length < 2 ? 1 : index / (rows.length - 1),
      path: points
        .map(({ x: px, y: py }, place) => `${place === 0 ? 'M' : 'L'}${px.toFixed(1)},${py.toFixed(1)}`)
        .join(''),
    };
  });
  const everyNth = Math.ceil(model.periods.length / Math.max(1, Math.floor((box.right - box.left) / 48)));
  return {
    lines,
    // The first one says what is counted.
    xTicks: model.periods.flatMap(({ key, label }, column) =>
      column % everyNth === 0 ? [{ x: x(column), text: column === 0 ? label : String(key) }] : [],
    ),
    yTicks: [0, 0.5, 1].map((part) => ({
      y: y(part * top),
      text: model.formatShare(part * top).replace('.0%', '%'),
    })),
  };
}

function pointsOf(
  { cells }: RetentionRow,
  x: (column: number) => number,
  y: (share: number) => number,
): CurvePoint[] {
  return cells.flatMap((cell, column) =>
    cell?.share === null || cell === undefined
      ? []
      : [{ x: x(column), y: y(cell.share), column, spoken: cell.spoken }],
  );
}

/** The end of an axis that half of it is a round share of, too. */
function niceTop(largest: number): number {
  const tops = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];
  return tops.find((top) => largest <= top) ?? Math.ceil(largest);
}
