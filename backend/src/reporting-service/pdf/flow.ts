import type { PDFDocument, PDFPage } from 'pdf-lib';
import type { PageSize } from '../document/report-document.js';
import type { OutlineEntry } from './write-outline.js';
import { createCanvas, type Canvas } from './canvas.js';
import type { Shaper } from './fonts/shape-text.js';

/** Points: A4 is 210 by 297 mm, Letter 8.5 by 11 inches. */
const sizes: Record<PageSize, readonly [number, number]> = { A4: [595.28, 841.89], Letter: [612, 792] };

export const margin = { side: 54, top: 64, bottom: 62 } as const;

export interface Sheet {
  readonly page: PDFPage;
  readonly canvas: Canvas;
}

/** Where the next thing goes: down the page, and on to the next. */
export interface Flow {
  readonly left: number;
  readonly width: number;
  readonly pageHeight: number;
  readonly sheets: readonly Sheet[];
  /** Headings so far, for the outline. */
  readonly marks: readonly OutlineEntry[];
  /** From the upper edge of the current page. */
  y(): number;
  /** Points that are left on this page. */
  room(): number;
  /** The page being written on. */
  sheet(): Sheet;
  /** Goes on to the next page unless there is room. Says whether it did. */
  ensure(height: number): boolean;
  advance(height: number): void;
  /** Notes that something with this title begins here. */
  mark(title: string): void;
}

export function createFlow(document: PDFDocument, size: PageSize, shaper: Shaper): Flow {
  const [pageWidth, pageHeight] = sizes[size];
  const sheets: Sheet[] = [];
  const marks: OutlineEntry[] = [];
  const addSheet = (): Sheet => {
    const page = document.addPage([pageWidth, pageHeight]);
    const added = { page, canvas: createCanvas(page, shaper) };
    sheets.push(added);
    return added;
  };
  let current = addSheet();
  let y: number = margin.top;
  const room = (): number => pageHeight - margin.bottom - y;
  return {
    left: margin.side,
    width: pageWidth - 2 * margin.side,
    pageHeight,
    sheets,
    marks,
    y: () => y,
    room,
    sheet: () => current,
    ensure(height) {
      // What is taller than a page starts on a fresh one, and no further.
      if (room() >= height || y === margin.top) return false;
      current = addSheet();
      y = margin.top;
      return true;
    },
    advance(height) {
      y += height;
    },
    mark(title) {
      marks.push({ title, page: current.page.ref, top: pageHeight - y + 10 });
    },
  };
}
