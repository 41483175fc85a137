import type { Interval } from '@coditect/contracts';
import { formatTimeInWords } from '../../document/format-times.js';
import { axisFormatter, formatValue } from '../../document/format-values.js';
import type { Series, SeriesSection } from '../../document/report-document.js';
import type { Box, Canvas, Point } from '../canvas.js';
import { drawHeading, leadOf, type Heading } from '../draw-heading.js';
import type { Flow } from '../flow.js';
import { type, type Ink } from '../ink.js';
import { hairline, muted, shade, type Colour } from '../theme.js';
import { timeRangeOf, valuesOf, valueTicksOf, type TimeRange } from './chart-scale.js';
import type { Ticks } from './nice-ticks.js';
import { timeTicks } from './time-ticks.js';

const plotHeight = 168;
const axisHeight = 18;
const legendLine = 13;

interface Plot {
  readonly box: Box;
  readonly ticks: Ticks;
  readonly range: TimeRange;
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
}

export function drawSeries(flow: Flow, ink: Ink, section: SeriesSection): void {
  const range = timeRangeOf(section);
  const legend = layOutLegend(flow, ink, section);
  const legendHeight = legend.lines * legendLine + 6;
  drawHeading(flow, ink, headingOf(section, ink), legendHeight + plotHeight + axisHeight);
  const { canvas } = flow.sheet();
  for (const { name, colour, x, line, isPrevious } of legend.entries) {
    const at = { x: flow.left + x, y: flow.y() + (line + 1) * legendLine - 4 };
    drawSwatch(canvas, at, colour, isPrevious);
    canvas.text(name, { x: at.x + 18, y: at.y }, type.small, muted);
  }
  flow.advance(legendHeight);
  if (range !== undefined) drawPlot(flow, ink, section, range);
  flow.advance(plotHeight + axisHeight);
}

function headingOf(section: SeriesSection, { cover }: Ink): Heading {
  const { title, notices, series, unit, seriesLeftOut, interval } = section;
  const sentences = [
    leadOf(section, cover.timeZone),
    ...(seriesLeftOut > 0 ? [`The ${series.length} largest; ${seriesLeftOut} more are in the table.`] : []),
    ...extremesOf({ series, unit, interval }, cover.timeZone),
  ];
  return { title, notices, lead: sentences.filter((sentence) => sentence !== '').join(' ') };
}

type Named = Pick<SeriesSection, 'series' | 'unit'> & { readonly interval: Interval | undefined };

/** Of a single series, in words, so that nobody needs a ruler. */
function extremesOf({ series, unit, interval }: Named, timeZone: string): readonly string[] {
  const own = series.filter(({ isPrevious }) => !isPrevious);
  const points = (own[0]?.points ?? []).filter(({ value }) => value !== null);
  if (own.length !== 1 || points.length < 2) return [];
  const byValue = points.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const say = (point: (typeof points)[number] | undefined): string =>
    `${formatValue(point?.value ?? null, unit)} on ${formatTimeInWords(point?.time ?? '', timeZone, interval)}`;
  return byValue[0]?.value === byValue.at(-1)?.value
    ? []
    : [`Highest ${say(byValue.at(-1))}, lowest ${say(byValue[0])}.`];
}

interface LegendEntry {
  readonly name: string;
  readonly colour: Colour;
  readonly isPrevious: boolean;
  readonly x: number;
  readonly line: number;
}

/** A single line needs no legend: the heading names it. */
function layOutLegend(
  { width }: Flow,
  { fitter, theme }: Ink,
  { series }: SeriesSection,
): { entries: readonly LegendEntry[]; lines: number } {
  if (series.length < 2) return { entries: [], lines: 0 };
  let [x, line] = [0, 0];
  const entries = series.map(({ name, isPrevious }, index): LegendEntry => {
    const fitting = fitter.cut(name, type.small, width / 2 - 24);
    const needed = fitter.measure(fitting, type.small) + 34;
    if (x > 0 && x + needed > width) [x, line] = [0, line + 1];
    const entry = { name: fitting, colour: colourOf(theme.series, index, isPrevious), isPrevious, x, line };
    x += needed;
    return entry;
  });
  return { entries, lines: line + 1 };
}

function colourOf(colours: readonly Colour[], index: number, isPrevious: boolean): Colour {
  return isPrevious ? shade : (colours[index % colours.length] ?? shade);
}

function drawSwatch(canvas: Canvas, { x, y }: Point, colour: Colour, isPrevious: boolean): void {
  const points = [
    { x, y: y - 2.8 },
    { x: x + 13, y: y - 2.8 },
  ];
  canvas.line(points, { colour, width: 2, ...(isPrevious && { dash: [3, 2] }) });
}

function drawPlot(flow: Flow, ink: Ink, section: SeriesSection, range: TimeRange): void {
  const { canvas } = flow.sheet();
  const ticks = valueTicksOf(valuesOf(section.series), section.unit, section.style === 'bars');
  const write = axisFormatter(Math.max(Math.abs(ticks.min), Math.abs(ticks.max)), ticks.step, section.unit);
  const labels = ticks.values.map((value) => ({ value, label: write(value) }));
  const room = Math.max(...labels.map(({ label }) => ink.fitter.measure(label, type.tiny))) + 7;
  const box = { x: flow.left + room, y: flow.y() + 4, width: flow.width - room - 4, height: plotHeight - 4 };
  const plot: Plot = {
    box,
    ticks,
    range,
    x: (time) => box.x + ((time - range.fromMs) / (range.toMs - range.fromMs)) * box.width,
    y: (value) => box.y + box.height - ((value - ticks.min) / (ticks.max - ticks.min)) * box.height,
  };
  for (const { value, label } of labels) {
    const y = plot.y(value);
    canvas.text(label, { x: box.x - 7, y: y + 2.5 }, type.tiny, muted, 'right');
    canvas.line(acrossAt(box, y), { colour: value === 0 ? shade : hairline, width: value === 0 ? 0.8 : 0.5 });
  }
  // A bar fills its bucket: its name stands below its middle.
  const slot = section.style === 'bars' ? plot.x(range.fromMs + range.bucketMs) - box.x : 0;
  drawTimeAxis(canvas, ink, plot, slot / 2);
  for (const [index, series] of section.series.entries()) {
    const colour = colourOf(ink.theme.series, index, series.isPrevious);
    if (section.style === 'bars' && !series.isPrevious) drawBars(canvas, plot, series, colour);
    else drawCurve(canvas, plot, series, { colour, fill: fillOf(section, ink) });
  }
}

/** Areas of several series would hide each other. */
function fillOf({ series }: SeriesSection, { theme }: Ink): Colour | undefined {
  return series.filter(({ isPrevious }) => !isPrevious).length === 1 ? theme.tint : undefined;
}

function acrossAt({ x, width }: Box, y: number): Point[] {
  return [
    { x, y },
    { x: x + width, y },
  ];
}

function drawTimeAxis(canvas: Canvas, { fitter, cover }: Ink, { box, range, x }: Plot, shift: number): void {
  const bottom = box.y + box.height;
  let free = box.x - 10;
  for (const { atMs, label } of timeTicks(range, cover.timeZone, 9, range.bucketMs)) {
    const at = x(atMs) + shift;
    if (at > box.x + box.width + 1) continue;
    const half = fitter.measure(label, type.tiny) / 2;
    canvas.line(
      [
        { x: at, y: bottom },
        { x: at, y: bottom + 3 },
      ],
      { colour: shade, width: 0.6 },
    );
    const centre = Math.min(at, box.x + box.width + 4 - half);
    if (centre - half < free) continue;
    canvas.text(label, { x: centre, y: bottom + 12 }, type.tiny, muted, 'centre');
    free = centre + half + 6;
  }
}

function drawBars(canvas: Canvas, { x, y, range }: Plot, { points }: Series, colour: Colour): void {
  for (const { time, value } of points) {
    if (value === null) continue;
    const start = x(Date.parse(time));
    const slot = x(Date.parse(time) + range.bucketMs) - start;
    const [top, bottom] = value < 0 ? [y(0), y(value)] : [y(value), y(0)];
    const width = Math.min(slot * 0.72, 46);
    const box = { x: start + (slot - width) / 2, y: top, width, height: Math.max(0.4, bottom - top) };
    canvas.fillBox(box, colour);
  }
}

interface CurveStyle {
  readonly colour: Colour;
  readonly fill: Colour | undefined;
}

/** A gap in the data is a gap in the line; a point between two gaps is a dot. */
function drawCurve(canvas: Canvas, plot: Plot, series: Series, { colour, fill }: CurveStyle): void {
  for (const piece of unbroken(series, plot)) {
    const [first] = piece;
    const last = piece.at(-1);
    if (first === undefined || last === undefined) continue;
    if (piece.length === 1) {
      canvas.dot(first, 2.2, colour);
      continue;
    }
    if (fill !== undefined && !series.isPrevious) {
      const base = plot.y(Math.max(plot.ticks.min, Math.min(0, plot.ticks.max)));
      canvas.fillShape([{ x: first.x, y: base }, ...piece, { x: last.x, y: base }], fill);
    }
    const dashed = series.isPrevious && { dash: [3, 2.4] };
    canvas.line(piece, { colour, width: series.isPrevious ? 1.1 : 1.6, ...dashed });
  }
}

function unbroken({ points }: Series, { x, y }: Plot): Point[][] {
  const pieces: Point[][] = [[]];
  for (const { time, value } of points) {
    if (value === null) pieces.push([]);
    else pieces.at(-1)?.push({ x: x(Date.parse(time)), y: y(value) });
  }
  return pieces.filter((piece) => piece.length > 0);
}
