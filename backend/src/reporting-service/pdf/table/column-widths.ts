import type { TextFitter } from '../fonts/fit-text.js';
import { type } from '../ink.js';
import type { TextColumn } from './table-cells.js';

export const cellPadding = 5;
/** A text column is never squeezed below this; what does not fit then goes on below, beside its first column again. */
const textMin = 64;
const textMax = 260;

/** Some of the columns side by side, wide as the page at most. */
export interface Band {
  readonly columns: readonly { readonly index: number; readonly width: number }[];
}

interface Wish {
  readonly index: number;
  readonly min: number;
  readonly natural: number;
}

/** Numbers are never cut: their columns take what they need, texts share what is left. */
export function layOutBands(
  columns: readonly TextColumn[],
  width: number,
  fitter: TextFitter,
): readonly Band[] {
  const wishes = columns.map((column, index) => wishOf(column, index, { width, fitter }));
  return splitIntoBands(wishes, width).map((band) => ({ columns: share(band, width) }));
}

function wishOf(
  { head, cells, total, isNumber, isTime }: TextColumn,
  index: number,
  { width, fitter }: { width: number; fitter: TextFitter },
): Wish {
  const longestWord = Math.max(0, ...head.split(' ').map((word) => fitter.measure(word, type.smallBold)));
  const content = Math.max(widest(cells, fitter), fitter.measure(total, type.smallBold));
  const needed = 2 * cellPadding + Math.max(longestWord, content);
  if (isNumber || isTime) return { index, min: Math.min(needed, width), natural: Math.min(needed, width) };
  const natural = Math.min(textMax, Math.max(needed, 2 * cellPadding + fitter.measure(head, type.smallBold)));
  return { index, min: Math.min(textMin, natural), natural };
}

/** Digits are equally wide, so that nearly the longest text is the widest; measuring all would take longer. */
function widest(texts: readonly string[], fitter: TextFitter): number {
  let length = 0;
  let width = 0;
  const shortenedMax = 200;
  for (const text of texts) {
    if (text.length < length - 2) continue;
    length = Math.max(length, Math.min(text.length, shortenedMax));
    width = Math.max(width, fitter.measure(text.slice(0, shortenedMax), type.small));
  }
  return width;
}

function splitIntoBands(wishes: readonly Wish[], width: number): Wish[][] {
  const bands: Wish[][] = [[]];
  const [key] = wishes;
  for (const wish of wishes) {
    const band = bands.at(-1) ?? [];
    const taken = band.reduce((sum, { min }) => sum + min, 0);
    if (band.length === 0 || taken + wish.min <= width) band.push(wish);
    else bands.push(key !== undefined && key.min + wish.min <= width ? [key, wish] : [wish]);
  }
  return bands.filter((band) => band.length > 0);
}

function share(band: readonly Wish[], width: number): Band['columns'] {
  const natural = band.reduce((sum, wish) => sum + wish.natural, 0);
  if (natural <= width) {
    const extra = (width - natural) / band.length;
    return band.map((wish) => ({ index: wish.index, width: wish.natural + extra }));
  }
  const min = band.reduce((sum, wish) => sum + wish.min, 0);
  const part = natural === min ? 0 : (width - min) / (natural - min);
  return band.map((wish) => ({ index: wish.index, width: wish.min + (wish.natural - wish.min) * part }));
}
