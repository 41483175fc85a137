import type { LayoutMode } from '../types';

/** What fits into one cell, and how large. All sizes are pixels. */
export interface CellLayout {
  width: number;
  height: number;
  padding: number;
  /** `row`: text on the left, trend on the right. `line`: everything beside each other. */
  orientation: 'column' | 'row' | 'line';
  valueSize: number;
  /** What stands behind the value where there is no title. */
  showMarks: boolean;
  showTitle: boolean;
  showDelta: boolean;
  /** `vs previous period` after the change. */
  showDeltaLabel: boolean;
  showTarget: boolean;
  /** What the target is, after how much of it is reached. */
  showTargetText: boolean;
  showFooter: boolean;
  sparkline: { width: number; height: number } | undefined;
}

export interface GridLayout {
  columns: number;
  gap: number;
  /** More cells than fit: the grid scrolls. */
  isScrolling: boolean;
  cell: CellLayout;
}

/** What the largest item of a grid wants to show. */
export interface LayoutWishes {
  mode: LayoutMode;
  count: number;
  /** Width of the widest value with its prefix and suffix, as a multiple of its font's size. */
  valueEms: number;
  /** A cell with a background of its own; without one the panel's own padding is enough. */
  hasPadding: boolean;
  hasTitle: boolean;
  hasDelta: boolean;
  /** With what the change is against. */
  deltaLength: number;
  deltaTextLength: number;
  hasTarget: boolean;
  targetLength: number;
  hasFooter: boolean;
  hasSparkline: boolean;
  /** Icons before the value, in icons' widths. */
  iconCount: number;
  /** The same for the marks behind it. */
  markCount: number;
}

const gap = 8;
const cellWidthMin = 92;
const cellHeightMin = 48;
const lineHeight = 20;
const compactHeight = 32;
const compactWidthMin = 220;
const rowHeightMin = 56;
const targetHeight = 30;
/** With the gap beside it. */
const iconWidth = 22;
/** Widest digit of Grafana's font in the lines of small text. */
const smallGlyphWidth = 6.6;
const valueSizeMin = 13;
const valueSizeMax = 72;
/** Of three digits, so that tiles beside each other do not differ more than they must. */
const valueEmsMin = 1.95;

/** Cuts a panel into cells and decides what each has room for. The value always stays; the rest goes step by step. */
export function layoutGrid(width: number, height: number, wishes: LayoutWishes): GridLayout {
  if (wishes.mode === 'compact') {
    return layoutLines(width, height, wishes);
  }
  const columns = wishes.mode === 'row' ? 1 : columnsOf(width, height, wishes.count);
  const rows = Math.ceil(wishes.count / columns);
  const cellWidth = Math.floor((width - gap * (columns - 1)) / columns);
  const fitting = Math.floor((height - gap * (rows - 1)) / rows);
  const isScrolling = wishes.count > 1 && fitting < (wishes.mode === 'row' ? rowHeightMin : cellHeightMin);
  // The scroll bar takes its own width.
  const cell = layoutCell(
    cellWidth - (isScrolling ? 8 : 0),
    isScrolling ? 2 * cellHeightMin : fitting,
    wishes,
  );
  return { columns, gap, isScrolling, cell };
}

/** One line for each: many KPIs in little room. */
function layoutLines(width: number, height: number, wishes: LayoutWishes): GridLayout {
  const fitting = Math.max(1, Math.min(wishes.count, Math.floor((width + gap) / (compactWidthMin + gap))));
  const rows = Math.ceil(wishes.count / fitting);
  const columns = Math.ceil(wishes.count / rows);
  const cellWidth = Math.floor((width - gap * (columns - 1)) / columns);
  const isScrolling = wishes.count > 1 && rows * (compactHeight + gap) - gap > height;
  const inner = cellWidth - 8 - (isScrolling ? 8 : 0);
  const valueSize = Math.max(valueSizeMin, Math.min(18, height / 1.2));
  const marksWidth = wishes.markCount * iconWidth;
  const plainWidth = wishes.valueEms * valueSize + wishes.iconCount * iconWidth;
  const showMarks = inner >= plainWidth + marksWidth;
  const valueWidth = plainWidth + (showMarks ? marksWidth : 0);
  const deltaWidth = (wishes.deltaTextLength + 3) * smallGlyphWidth;
  const showDelta = wishes.hasDelta && inner >= valueWidth + deltaWidth;
  const left = inner - valueWidth - (showDelta ? deltaWidth : 0);
  const trendWidth = wishes.hasSparkline && left >= 160 ? Math.min(120, left - 100) : 0;
  return {
    columns,
    gap,
    isScrolling,
    cell: {
      width: cellWidth,
      height: compactHeight,
      padding: 4,
      orientation: 'line',
      valueSize: Math.floor(valueSize),
      showMarks,
      showTitle: wishes.hasTitle && left >= 40,
      showDelta,
      showDeltaLabel: false,
      showTarget: false,
      showTargetText: false,
      showFooter: false,
      sparkline: trendWidth > 0 ? { width: Math.floor(trendWidth), height: compactHeight - 8 } : undefined,
    },
  };
}

/** The number of columns that leaves cells closest to a card's shape, 2 to 1. */
function columnsOf(width: number, height: number, count: number): number {
  const columnsMax = Math.max(1, Math.min(count, Math.floor((width + gap) / (cellWidthMin + gap))));
  let best = 1;
  let bestScore = -Infinity;
  for (let columns = 1; columns <= columnsMax; columns += 1) {
    const rows = Math.ceil(count / columns);
    // With fewer columns there would be as many rows, and none of them nearly empty.
    if (columns !== Math.ceil(count / rows)) continue;
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    const empty = columns * rows - count;
    const tooLow = cellHeight < cellHeightMin ? 10 + rows : 0;
    const score = -Math.abs(Math.log(cellWidth / Math.max(cellHeight, 1) / 2)) - empty * 0.1 - tooLow;
    if (score > bestScore) {
      best = columns;
      bestScore = score;
    }
  }
  return best;
}

function layoutCell(width: number, height: number, wishes: LayoutWishes): CellLayout {
  const padding = paddingOf(width, height, wishes.hasPadding);
  const inner = { width: width - 2 * padding, height: height - 2 * padding };
  const isRow = wishes.hasSparkline && isWide(inner, wishes.mode);
  const textWidth = isRow ? Math.min(inner.width * 0.5, 480) : inner.width;
  const room = reserve(inner.height, valueSizeMin * 1.3);

  // In the order of what a reader can least do without.
  const showTitle = wishes.hasTitle && room.take(lineHeight);
  const showDelta = wishes.hasDelta && room.take(lineHeight);
  const showTarget = wishes.hasTarget && room.take(targetHeight);
  const sparklineHeightMin = 22;
  const wantsTrend = wishes.hasSparkline && !isRow;
  const showTrend =
    wantsTrend &&
    inner.width >= 60 &&
    room.left() >= sparklineHeightMin + 14 &&
    room.take(sparklineHeightMin);
  const showFooter = wishes.hasFooter && inner.width >= 200 && room.left() >= 60 && room.take(lineHeight);

  const valueShare = showTrend ? 0.55 : 1;
  const valueHeight = valueSizeMin * 1.3 + room.left() * valueShare;
  const { valueSize, showMarks } = valueRowOf(textWidth, valueHeight, wishes);
  const left = room.left() + valueSizeMin * 1.3 - valueSize * 1.2;
  const trendHeight = Math.floor(sparklineHeightMin + Math.max(0, left) - 4);
  return {
    width,
    height,
    padding,
    orientation: isRow ? 'row' : 'column',
    valueSize,
    showMarks,
    showTitle,
    showDelta,
    showDeltaLabel: textWidth >= wishes.deltaLength * smallGlyphWidth + 30,
    showTargetText: textWidth >= wishes.targetLength * smallGlyphWidth + 20,
    showTarget,
    showFooter,
    sparkline: trendBox(isRow, showTrend, inner, textWidth, trendHeight),
  };
}

function isWide(inner: { width: number; height: number }, mode: LayoutMode): boolean {
  if (mode === 'card') return false;
  if (mode === 'row') return inner.width >= 200;
  return inner.width >= 280 && inner.width > 3.2 * inner.height;
}

function paddingOf(width: number, height: number, hasPadding: boolean): number {
  if (!hasPadding) {
    return 0;
  }
  return width < 160 || height < 90 ? 4 : 8;
}

function trendBox(
  isRow: boolean,
  showTrend: boolean,
  inner: { width: number; height: number },
  textWidth: number,
  trendHeight: number,
): CellLayout['sparkline'] {
  if (isRow) {
    return { width: Math.floor(inner.width - textWidth - 12), height: Math.floor(inner.height) };
  }
  return showTrend ? { width: Math.floor(inner.width), height: trendHeight } : undefined;
}

/** The value is never cut for the marks behind it: where both don't fit at the smallest size, the marks go. */
function valueRowOf(
  textWidth: number,
  valueHeight: number,
  { valueEms, iconCount, markCount }: LayoutWishes,
): Pick<CellLayout, 'valueSize' | 'showMarks'> {
  const room = textWidth - 4 - iconCount * iconWidth;
  const ems = Math.max(valueEms, valueEmsMin);
  const showMarks = room - markCount * iconWidth >= ems * valueSizeMin;
  const byWidth = (room - (showMarks ? markCount * iconWidth : 0)) / ems;
  const size = Math.max(Math.min(byWidth, valueHeight / 1.2, valueSizeMax), valueSizeMin);
  return { valueSize: Math.floor(size), showMarks };
}

function reserve(height: number, kept: number) {
  let left = height - kept;
  return {
    left: () => Math.max(0, left),
    take: (size: number) => {
      if (left < size) {
        return false;
      }
      left -= size;
      return true;
    },
  };
}
