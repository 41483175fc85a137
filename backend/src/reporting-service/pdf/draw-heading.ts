import type { Notice } from '@coditect/contracts';
import { formatPeriod } from '../document/format-times.js';
import type { Section } from '../document/report-document.js';
import { bad, muted, ink as black } from './theme.js';
import { margin, type Flow } from './flow.js';
import { type, type Ink } from './ink.js';

const above = 20;
const lineHeight = 16;
const noteHeight = 11.5;

export interface Heading {
  readonly title: string;
  /** A sentence under the title. */
  readonly lead?: string;
  readonly notices?: readonly Notice[];
}

/** What a reader must know of all values of a section. */
export function leadOf(
  { origin, comparedTo }: Pick<Section, 'origin' | 'comparedTo'>,
  timeZone: string,
): string {
  const sentences = [
    ...(origin === 'panel' ? ['As shown in the panel, not recomputed.'] : []),
    ...(comparedTo === undefined ? [] : [`Compared with ${formatPeriod(comparedTo, timeZone)}.`]),
  ];
  return sentences.join(' ');
}

/** A heading stays with what it heads: `keepWith` points below it must fit on the same page. */
export function drawHeading(flow: Flow, ink: Ink, heading: Heading, keepWith: number): void {
  const { fitter } = ink;
  const titles = fitter.wrap(heading.title, type.heading, flow.width, 2);
  const lead = heading.lead ?? '';
  const leads = lead === '' ? [] : fitter.wrap(lead, type.small, flow.width, 3);
  const notices = (heading.notices ?? []).flatMap(({ severity, text }) =>
    fitter
      .wrap(severity === 'warning' ? `Note: ${text}` : text, type.small, flow.width, 3)
      .map((line) => ({ line, colour: severity === 'warning' ? bad : muted })),
  );
  const own = titles.length * lineHeight + (leads.length + notices.length) * noteHeight + 6;
  const isFresh = flow.ensure(above + own + keepWith) || flow.y() === margin.top;
  if (!isFresh) flow.advance(above);
  flow.mark(heading.title);
  const { canvas } = flow.sheet();
  for (const line of titles) {
    flow.advance(lineHeight);
    canvas.text(line, { x: flow.left, y: flow.y() - 4 }, type.heading, black);
  }
  for (const { line, colour } of [...leads.map((line) => ({ line, colour: muted })), ...notices]) {
    flow.advance(noteHeight);
    canvas.text(line, { x: flow.left, y: flow.y() - 3 }, type.small, colour);
  }
  flow.advance(6);
}
