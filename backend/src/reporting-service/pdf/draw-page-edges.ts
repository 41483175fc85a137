import { formatInstant, formatPeriod } from '../document/format-times.js';
import type { Provenance } from '../document/report-document.js';
import type { Flow } from './flow.js';
import { type, type Ink } from './ink.js';
import { hairline, muted } from './theme.js';

/** What stands around the pages, once their number is known. */
export function drawPageEdges(flow: Flow, ink: Ink, provenance: Provenance): void {
  const foot = footOf(provenance, ink.cover.timeZone);
  const right = flow.left + flow.width;
  for (const [index, { canvas }] of flow.sheets.entries()) {
    const y = flow.pageHeight - 40;
    const across = (at: number): { x: number; y: number }[] => [
      { x: flow.left, y: at },
      { x: right, y: at },
    ];
    const number = `Page ${index + 1} of ${flow.sheets.length}`;
    const room = flow.width - ink.fitter.measure(number, type.tiny) - 14;
    canvas.line(across(y), { colour: hairline, width: 0.5 });
    for (const [line, text] of ink.fitter.wrap(foot, type.tiny, room, 2).entries()) {
      canvas.text(text, { x: flow.left, y: y + 11 + line * 9 }, type.tiny, muted);
    }
    canvas.text(number, { x: right, y: y + 11 }, type.tiny, muted, 'right');
    if (index > 0) drawRunningHead(flow, ink, index);
  }
}

function drawRunningHead({ sheets, left, width }: Flow, { fitter, cover }: Ink, index: number): void {
  const canvas = sheets[index]?.canvas;
  const period = cover.period === undefined ? '' : formatPeriod(cover.period, cover.timeZone);
  const title = fitter.cut(`${cover.tenant}  ·  ${cover.title}`, type.tiny, width * 0.6);
  canvas?.text(title, { x: left, y: 40 }, type.tiny, muted);
  canvas?.text(period, { x: left + width, y: 40 }, type.tiny, muted, 'right');
  const rule = [
    { x: left, y: 46 },
    { x: left + width, y: 46 },
  ];
  canvas?.line(rule, { colour: hairline, width: 0.5 });
}

function footOf({ asOf, completeUntil, queryHash, hasPanelValues }: Provenance, timeZone: string): string {
  return [
    ...(asOf === undefined ? [] : [`Data as of ${formatInstant(asOf, timeZone)}`]),
    ...(completeUntil === undefined ? [] : [`complete until ${formatInstant(completeUntil, timeZone)}`]),
    ...(hasPanelValues ? ['includes values as shown in a panel'] : []),
    `query ${queryHash}`,
  ].join('  ·  ');
}
