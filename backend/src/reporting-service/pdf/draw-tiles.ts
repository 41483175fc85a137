import { formatDelta, formatValue } from '../document/format-values.js';
import type { Direction, Tile, TilesSection } from '../document/report-document.js';
import type { Box, Canvas } from './canvas.js';
import { drawHeading, leadOf } from './draw-heading.js';
import type { Flow } from './flow.js';
import { type, type Ink } from './ink.js';
import { bad, good, hairline, ink as black, muted, type Colour } from './theme.js';

const columns = 3;
const gap = 12;
const padding = 11;
const rowHeight = { title: 10.5, figure: 28, line: 12 };

export function drawTiles(flow: Flow, ink: Ink, section: TilesSection): void {
  const lead = leadOf(section, ink.cover.timeZone);
  const first = heightOf(section.tiles.slice(0, columns));
  const { title, notices } = section;
  drawHeading(flow, ink, { title, notices, lead }, first);
  const width = (flow.width - (columns - 1) * gap) / columns;
  for (let start = 0; start < section.tiles.length; start += columns) {
    const row = section.tiles.slice(start, start + columns);
    const height = heightOf(row);
    flow.ensure(height);
    for (const [index, tile] of row.entries()) {
      const box = { x: flow.left + index * (width + gap), y: flow.y(), width, height };
      drawTile(flow.sheet().canvas, ink, tile, box);
    }
    flow.advance(height + gap);
  }
  flow.advance(-gap + 4);
}

/** All tiles of a row are as tall as the tallest: a title of two lines leaves its neighbours in line. */
function heightOf(row: readonly Tile[]): number {
  const lines = Math.max(0, ...row.map(({ previous, target }) => countGiven(previous) + countGiven(target)));
  return 2 * padding + 2 * rowHeight.title + rowHeight.figure + lines * rowHeight.line;
}

function countGiven(value: number | null | undefined): number {
  return value === undefined ? 0 : 1;
}

function drawTile(canvas: Canvas, { fitter, theme }: Ink, tile: Tile, box: Box): void {
  frame(canvas, box, theme.brand);
  const x = box.x + padding + 2;
  const inner = box.width - 2 * padding - 2;
  let y = box.y + padding;
  for (const line of fitter.wrap(tile.title, type.small, inner, 2)) {
    y += rowHeight.title;
    canvas.text(line, { x, y: y - 2 }, type.small, muted);
  }
  y = box.y + padding + 2 * rowHeight.title + rowHeight.figure;
  const figure = formatValue(tile.value, tile.unit);
  const size = Math.min(1, inner / fitter.measure(figure, type.figure)) * type.figure.size;
  const style = { ...type.figure, size: Math.max(9, size) };
  const fitting = fitter.cut(figure, style, inner);
  canvas.text(fitting, { x, y: y - 6 }, style, tile.value === null ? muted : black);
  for (const line of [deltaLine(tile), targetLine(tile)]) {
    if (line === undefined) continue;
    y += rowHeight.line;
    drawLine(canvas, fitter.cut(line.text, type.small, inner - 10), line, { x, y: y - 3 });
  }
}

function frame(canvas: Canvas, { x, y, width, height }: Box, colour: Colour): void {
  const [right, bottom] = [x + width, y + height];
  const corners = [
    { x, y },
    { x: right, y },
    { x: right, y: bottom },
    { x, y: bottom },
    { x, y },
  ];
  canvas.line(corners, { colour: hairline, width: 0.7 });
  canvas.fillBox({ x, y: y - 0.35, width: 2.5, height: height + 0.7 }, colour);
}

interface Line {
  readonly text: string;
  readonly colour: Colour;
  /** Up or down as an arrow, a target as a dot. */
  readonly mark: 'up' | 'down' | 'dot' | 'none';
}

function drawLine(
  canvas: Canvas,
  text: string,
  { colour, mark }: Line,
  { x, y }: { x: number; y: number },
): void {
  if (mark === 'dot') canvas.dot({ x: x + 3, y: y - 2.8 }, 2, colour);
  if (mark === 'up') canvas.fillShape(triangle(x, y - 0.4, -5.2), colour);
  if (mark === 'down') canvas.fillShape(triangle(x, y - 5.6, 5.2), colour);
  canvas.text(text, { x: mark === 'none' ? x : x + 9.5, y }, type.small, colour);
}

function triangle(x: number, base: number, height: number): { x: number; y: number }[] {
  return [
    { x, y: base },
    { x: x + 6, y: base },
    { x: x + 3, y: base + height },
  ];
}

/** Said in words as well: a print may be grey, and not every eye tells red from green. */
function deltaLine({ value, previous, unit, direction }: Tile): Line | undefined {
  if (previous === undefined) return undefined;
  const { text, sign } = formatDelta(value, previous, unit);
  if (sign === 0) return { text, colour: muted, mark: 'none' };
  const verdict = verdictOf(direction, sign);
  const before = `${text} from ${formatValue(previous, unit)}`;
  return {
    text: verdict === undefined ? before : `${before}, ${verdict}`,
    colour: colourOf(verdict),
    mark: sign > 0 ? 'up' : 'down',
  };
}

type Verdict = 'better' | 'worse' | undefined;

function verdictOf(direction: Direction, sign: number): Verdict {
  if (direction === 'neutral') return undefined;
  return (direction === 'up') === sign > 0 ? 'better' : 'worse';
}

function colourOf(verdict: Verdict): Colour {
  if (verdict === undefined) return muted;
  return verdict === 'better' ? good : bad;
}

function targetLine({ value, target, unit, direction }: Tile): Line | undefined {
  if (target === undefined) return undefined;
  const wanted = `Target ${formatValue(target, unit)}`;
  if (value === null) return { text: wanted, colour: muted, mark: 'dot' };
  if (direction === 'neutral') return { text: wanted, colour: muted, mark: 'dot' };
  const isMet = direction === 'up' ? value >= target : value <= target;
  return { text: `${wanted}, ${isMet ? 'met' : 'not met'}`, colour: isMet ? good : bad, mark: 'dot' };
}
