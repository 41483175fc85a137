/** Values in the order of time; `null` is a gap. */
export interface SparklineSeries {
  values: (number | null)[];
  previous?: (number | null)[];
}

export interface SparklineShape {
  line: string;
  area: string;
  previous: string;
  /** The values as columns that stand on zero, when asked for. */
  bars: Bar[];
  /** The last value, to be marked with a dot. */
  last: { x: number; y: number } | undefined;
}

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Box {
  width: number;
  height: number;
}

const inset = 3;

/**
 * SVG paths for a box in pixels. Both series share one scale, which starts at zero unless that would flatten the
 * line: then it starts a little below the smallest value.
 */
export function shapeSparkline(
  { values, previous = [] }: SparklineSeries,
  box: Box,
  asBars = false,
): SparklineShape {
  const scale = scaleOf([...values, ...previous, ...(asBars ? [0] : [])], box);
  const count = Math.max(values.length, previous.length);
  const place = (value: number, index: number) => ({
    x: count < 2 ? box.width / 2 : inset + (index / (count - 1)) * (box.width - 2 * inset),
    y: scale(value),
  });
  const runs = toRuns(values, place);
  return {
    line: runs.map(toPath).join(' '),
    area: runs.map((run) => toArea(run, box.height)).join(' '),
    previous: toRuns(previous, place).map(toPath).join(' '),
    bars: asBars ? toBars(values, scale, box) : [],
    last: runs.at(-1)?.at(-1),
  };
}

interface Point {
  x: number;
  y: number;
}

function scaleOf(values: readonly (number | null)[], { height }: Box): (value: number) => number {
  const numbers = values.filter((value) => value !== null);
  const max = numbers.reduce((largest, value) => Math.max(largest, value), -Infinity);
  const min = numbers.reduce((smallest, value) => Math.min(smallest, value), Infinity);
  const bottom = min >= 0 && min <= max / 2 ? 0 : min - (max - min) * 0.1;
  const span = max - bottom;
  const room = height - 2 * inset;
  return (value) => (span > 0 ? inset + (1 - (value - bottom) / span) * room : height / 2);
}

function toRuns(
  values: readonly (number | null)[],
  place: (value: number, index: number) => Point,
): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  values.forEach((value, index) => {
    if (value !== null) {
      run.push(place(value, index));
    } else if (run.length > 0) {
      runs.push(run);
      run = [];
    }
  });
  return run.length > 0 ? [...runs, run] : runs;
}

function toBars(values: readonly (number | null)[], scale: (value: number) => number, box: Box): Bar[] {
  const slot = (box.width - 2 * inset) / Math.max(values.length, 1);
  const width = Math.max(1, slot - Math.min(2, slot * 0.25));
  return values.flatMap((value, index) => {
    if (value === null) return [];
    const [top, ground] = [scale(Math.max(value, 0)), scale(Math.min(value, 0))];
    return [{ x: inset + index * slot, y: top, width, height: Math.max(1, ground - top) }];
  });
}

/** A single point becomes a line of no length, which a round line cap shows as a dot. */
function toPath(run: readonly Point[]): string {
  return `M${run.map(toText).join('L')}${run.length === 1 ? 'h0.01' : ''}`;
}

function toArea(run: readonly Point[], height: number): string {
  const [first, last] = [run[0], run.at(-1)];
  return first && last
    ? `M${toText({ x: first.x, y: height })}L${run.map(toText).join('L')}L${toText({ x: last.x, y: height })}Z`
    : '';
}

function toText({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
