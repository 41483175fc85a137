import type { Notice } from '@coditect/contracts';
import { bad, muted, ink as black } from './theme.js';
import type { Flow } from './flow.js';
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

/** A heading stays with what it heads: `keepWith` points below it must fit on the same page. */
export function drawHeading(flow: Flow, ink: Ink, heading: Heading, keepWith: number): void {
  const { fitter } = ink;
  const titles = fitter.wrap(heading.title, type.heading, flow.width, 2);
  const leads = heading.lead === undefined ? [] : fitter.wrap(heading.lead, type.small, flow.width, 3);
  const notices = (heading.notices ?? []).flatMap(({ severity, text }) =>
    fitter
      .wrap(severity === 'warning' ? `Note: ${text}` : text, type.small, flow.width, 3)
      .map((line) => ({ line, colour: severity === 'warning' ? bad : muted })),
  );
  const own = titles.length * lineHeight + (leads.length + notices.length) * noteHeight + 6;
  const isFresh = flow.ensure(above + own + keepWith) || flow.y() < 70;
  if (!isFresh) flow.advance(above);
  flow.mark(heading.title);
  const { canvas } = flow.sheet();
  for (const line of titles) {
    flow.advance(lineHeight);
    canvas.text(line, { x: flow.left, y: flow.y() - 4 }, type.heading, black);
  }
  for (const { line, colour } of [...leads.map((lead) => ({ line: lead, colour: muted })), ...notices]) {
    flow.advance(noteHeight);
    canvas.text(line, { x: flow.left, y: flow.y() - 3 }, type.small, colour);
  }
  flow.advance(6);
}
