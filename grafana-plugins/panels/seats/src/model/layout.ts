export interface SeatsLayout {
  hasBar: boolean;
  /** 0 where there is none. */
  trendHeight: number;
  hasTransitions: boolean;
  /** Beside the seats instead of under them. */
  isBeside: boolean;
}

export interface SeatsWishes {
  /** Estimated widths of the numbers, which go on a second line where one isn't enough. */
  numberWidths: readonly number[];
  bar: boolean;
  trend: boolean;
  transitionCount: number;
}

const lineHeight = 44;
const barHeight = 44;
const rowHeight = 24;
const shownRowsMin = 4;

/** What fits, in the order of what a reader can least do without; transitions scroll, but need room for a few rows. */
export function layoutSeats(width: number, height: number, wishes: SeatsWishes): SeatsLayout {
  const hasTable = wishes.transitionCount > 0;
  const isBeside = hasTable && width >= 640;
  const isUnder = hasTable && !isBeside;
  const tableHeight = isUnder ? (wishes.transitionCount + 1) * rowHeight : 0;
  const tableHeightMin = Math.min(tableHeight, shownRowsMin * rowHeight);

  const trendWidth = isBeside ? width / 2 : width;
  const heightMin = trendHeightMinOf(trendWidth);
  const underNumbers = height - linesOf(wishes.numberWidths, trendWidth) * lineHeight;
  const hasBar = wishes.bar && underNumbers >= barHeight;
  const underBar = underNumbers - (hasBar ? barHeight : 0);
  const hasTableUnder = isUnder && underBar >= tableHeightMin;
  const room = underBar - (hasTableUnder ? tableHeightMin : 0);
  // A table that would fit whole goes before a taller trend.
  const spare = underBar - (hasTableUnder ? tableHeight : 0);
  return {
    hasBar,
    trendHeight: wishes.trend && room >= heightMin ? Math.floor(Math.max(heightMin, spare)) : 0,
    hasTransitions: isBeside || hasTableUnder,
    isBeside,
  };
}

/** Dates and names of the lines need a line each where they don't fit side by side. */
export function isNarrowTrend(width: number): boolean {
  return width < 440;
}

function trendHeightMinOf(width: number): number {
  return isNarrowTrend(width) ? 96 : 72;
}

function linesOf(widths: readonly number[], available: number): number {
  let lines = 0;
  let left = 0;
  for (const width of widths) {
    if (width > left) {
      lines += 1;
      left = available;
    }
    left -= width;
  }
  return lines;
}

/** Of a number with its label, both in characters: no text is measured. */
export function numberWidthOf(label: string, text: string): number {
  return Math.max(label.length * 6.4 + 8, text.length * 10.5) + 20;
}
