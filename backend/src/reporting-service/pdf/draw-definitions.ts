import { formatInstant } from '../document/format-times.js';
import type { Definition, Direction, ReportDocument } from '../document/report-document.js';
import { styleOf } from '../document/units.js';
import { drawHeading } from './draw-heading.js';
import type { TextStyle } from './fonts/fit-text.js';
import type { Flow } from './flow.js';
import { type, type Ink } from './ink.js';
import { ink as black, muted, type Colour } from './theme.js';

const definitionsTitle = 'Definitions and sources';
const lineHeight = 12;

/** What each number means, where it comes from, and how far it is complete. */
export function drawDefinitions(
  flow: Flow,
  ink: Ink,
  document: ReportDocument,
  remarks: readonly string[],
): void {
  const { definitions, provenance } = document;
  const closing = [
    ...(provenance.hasPanelValues
      ? ['Values marked as shown are those of the panel at the time of the export. They were not recomputed.']
      : []),
    ...remarks,
  ];
  if (definitions.length === 0 && closing.length === 0) return;
  drawHeading(flow, ink, { title: definitionsTitle }, 4 * lineHeight);
  for (const definition of definitions) drawDefinition(flow, ink, definition);
  for (const remark of closing) drawParagraph(flow, ink, remark, { style: type.body, colour: black });
}

const directions: Record<Direction, string> = {
  up: 'higher is better',
  down: 'lower is better',
  neutral: 'neither way is better',
};

function drawDefinition(flow: Flow, ink: Ink, definition: Definition): void {
  const { title, text, unit, direction, source, asOf, completeUntil } = definition;
  flow.ensure(4 * lineHeight);
  drawParagraph(flow, ink, title, { style: type.bodyBold, colour: black });
  drawParagraph(flow, ink, text, { style: type.body, colour: black });
  const label = unit === undefined || styleOf(unit).label === '' ? 'number' : styleOf(unit).label;
  const zone = ink.cover.timeZone;
  const facts = [
    `Unit: ${label}, ${directions[direction]}`,
    `source: ${source.join(', ')}`,
    `as of ${formatInstant(asOf, zone)}`,
    `complete until ${formatInstant(completeUntil, zone)}`,
  ];
  drawParagraph(flow, ink, `${facts.join('; ')}.`, { style: type.small, colour: muted });
  flow.advance(8);
}

function drawParagraph(
  flow: Flow,
  { fitter }: Ink,
  text: string,
  { style, colour }: { style: TextStyle; colour: Colour },
): void {
  for (const line of fitter.wrap(text, style, flow.width, 12)) {
    flow.ensure(lineHeight);
    flow.advance(lineHeight);
    flow.sheet().canvas.text(line, { x: flow.left, y: flow.y() - 3 }, style, colour);
  }
}
