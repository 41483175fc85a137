import type { PDFDocument, PDFImage } from 'pdf-lib';
import { formatInstant, formatPeriod } from '../document/format-times.js';
import type { Flow } from './flow.js';
import { type, type Ink } from './ink.js';
import { hairline, ink as black, muted } from './theme.js';

const logoBox = { width: 130, height: 40 };
const stripe = 7;

/** The head of the first page: whose, what, when, and in whose time. */
export function drawCover(flow: Flow, { fitter, theme, cover }: Ink, logo: PDFImage | undefined): void {
  const { canvas, page } = flow.sheet();
  canvas.fillBox({ x: 0, y: 0, width: page.getSize().width, height: stripe }, theme.brand);
  const right = flow.left + flow.width;
  if (logo !== undefined) {
    const scale = Math.min(logoBox.width / logo.width, logoBox.height / logo.height);
    const [width, height] = [logo.width * scale, logo.height * scale];
    canvas.image(logo, { x: right - width, y: 40 + (logoBox.height - height) / 2, width, height });
  }
  const besideLogo = flow.width - (logo === undefined ? 0 : logoBox.width + 20);
  const tenant = { size: 9.5, weight: 'bold' } as const;
  canvas.text(fitter.cut(cover.tenant, tenant, besideLogo), { x: flow.left, y: 64 }, tenant, theme.brand);
  flow.advance(logo === undefined ? 8 : 26);
  for (const line of fitter.wrap(cover.title, type.title, flow.width, 3)) {
    flow.advance(27);
    canvas.text(line, { x: flow.left, y: flow.y() }, type.title, black);
  }
  const zone = cover.timeZone === 'UTC' ? 'UTC' : cover.timeZone.replaceAll('_', ' ');
  const period = cover.period === undefined ? 'As shown' : formatPeriod(cover.period, cover.timeZone);
  const when = { size: 11, weight: 'regular' } as const;
  flow.advance(20);
  canvas.text(
    fitter.cut(`${period}  ·  ${zone}`, when, flow.width),
    { x: flow.left, y: flow.y() },
    when,
    black,
  );
  flow.advance(14);
  const generated = `Generated ${formatInstant(cover.generatedAt, cover.timeZone)}`;
  canvas.text(generated, { x: flow.left, y: flow.y() }, type.small, muted);
  flow.advance(12);
  const rule = [
    { x: flow.left, y: flow.y() },
    { x: right, y: flow.y() },
  ];
  canvas.line(rule, { colour: hairline, width: 0.8 });
}

/** A picture that can't be read must not cost the report: it goes without. */
export async function embedLogo(
  document: PDFDocument,
  logo: Uint8Array | undefined,
): Promise<PDFImage | undefined> {
  if (logo === undefined) return undefined;
  const isPng = logo[0] === 0x89 && logo[1] === 0x50;
  // pdf-lib reads a JPEG from the start of the memory that the bytes are a part of.
  const alone = Uint8Array.from(logo);
  try {
    return isPng ? await document.embedPng(alone) : await document.embedJpg(alone);
  } catch {
    return undefined;
  }
}
