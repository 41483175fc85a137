import { formatValue } from '../../document/format-values.js';
import type { Bar, BarsSection } from '../../document/report-document.js';
import { drawHeading, leadOf } from '../draw-heading.js';
import type { Flow } from '../flow.js';
import { type, type Ink } from '../ink.js';
import { hairline, ink as black, muted, shade } from '../theme.js';

const rowHeight = 17;
const barHeight = 9.5;

interface Columns {
  readonly nameWidth: number;
  readonly from: number;
  readonly width: number;
  readonly zero: number;
  readonly scale: number;
}

export function drawBars(flow: Flow, ink: Ink, section: BarsSection): void {
  const { title, notices, bars } = section;
  const lead = sayBars(section, ink.cover.timeZone);
  const own = Math.min(bars.length, 6) * rowHeight;
  drawHeading(flow, ink, { title, notices, lead }, own);
  const columns = layOutColumns(flow, ink, section);
  for (const bar of bars) {
    flow.ensure(rowHeight);
    drawBar(flow, ink, section, { bar, columns });
    flow.advance(rowHeight);
  }
}

function sayBars(section: BarsSection, timeZone: string): string {
  const { bars, barsLeftOut } = section;
  const isCompared = bars.some(({ previous }) => previous !== undefined);
  return [
    leadOf(section, timeZone),
    ...(barsLeftOut > 0 ? [`The first ${bars.length}; ${barsLeftOut} more are in the table.`] : []),
    ...(isCompared ? ['The upright line marks the value before.'] : []),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** Names get what they need up to a third; figures stand to the right of all bars, so that they line up. */
function layOutColumns({ left, width }: Flow, { fitter }: Ink, { bars, unit }: BarsSection): Columns {
  const widest = Math.max(
    ...bars.map(({ name }) => fitter.measure(fitter.cut(name, type.small, width / 3), type.small)),
  );
  const nameWidth = Math.min(width / 3, widest);
  const figures = Math.max(
    ...bars.map(({ value }) => fitter.measure(formatValue(value, unit), type.smallBold)),
  );
  const from = left + nameWidth + 10;
  const available = left + width - figures - 10 - from;
  const shown = bars.flatMap(({ value, previous }) => [value ?? 0, previous ?? 0]);
  const lowest = Math.min(0, ...shown);
  const highest = Math.max(0, ...shown);
  const scale = highest === lowest ? 0 : available / (highest - lowest);
  return { nameWidth, from, width: available, zero: from - lowest * scale, scale };
}

function drawBar(
  flow: Flow,
  { fitter, theme }: Ink,
  { unit }: BarsSection,
  { bar, columns }: { bar: Bar; columns: Columns },
): void {
  const { canvas } = flow.sheet();
  const { nameWidth, zero, scale } = columns;
  const top = flow.y() + (rowHeight - barHeight) / 2;
  const base = flow.y() + rowHeight / 2 + 2.9;
  canvas.text(fitter.cut(bar.name, type.small, nameWidth), { x: flow.left, y: base }, type.small, black);
  canvas.fillBox({ x: columns.from, y: top, width: columns.width, height: barHeight }, theme.tint);
  const length = (bar.value ?? 0) * scale;
  const start = Math.min(zero, zero + length);
  if (length !== 0) {
    canvas.fillBox(
      { x: start, y: top, width: Math.max(0.6, Math.abs(length)), height: barHeight },
      theme.brand,
    );
  }
  if (typeof bar.previous === 'number') {
    const at = zero + bar.previous * scale;
    const mark = [
      { x: at, y: top - 2 },
      { x: at, y: top + barHeight + 2 },
    ];
    canvas.line(mark, { colour: black, width: 1.1 });
  }
  if (zero > columns.from) {
    const axis = [
      { x: zero, y: flow.y() },
      { x: zero, y: flow.y() + rowHeight },
    ];
    canvas.line(axis, { colour: length === 0 ? hairline : shade, width: 0.6 });
  }
  const figure = { x: flow.left + flow.width, y: base };
  canvas.text(
    formatValue(bar.value, unit),
    figure,
    type.smallBold,
    bar.value === null ? muted : black,
    'right',
  );
}
