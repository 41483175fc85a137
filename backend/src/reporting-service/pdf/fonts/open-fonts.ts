import { readFile } from 'node:fs/promises';
import { create, type Font } from '@pdf-lib/fontkit';
import type { PDFDocument, PDFRef } from 'pdf-lib';
import subsetFont from 'subset-font';
import { isInvisible, replacement } from './clean-text.js';
import { fontChain, type FontFile } from './font-files.js';

/** A font in the document, with the glyphs that are used and no other. */
export interface Face {
  readonly name: string;
  readonly font: Font;
  readonly ref: PDFRef;
  readonly isShaped: boolean;
  /** Thickened by a stroke: the family has no bold of its own here. */
  readonly isThickened: boolean;
  covers(character: string): boolean;
}

export type Weight = 'regular' | 'bold';
export type Faces = Readonly<Record<Weight, readonly Face[]>>;

/** Where a run of joining letters holds a blank or a sign, its own font draws that too. */
const goesWithRuns = ' .,:;!?()[]/-0123456789\u200C\u200D\uFE0F';
/** Advances are enough for letters that stand side by side, and a table less is a font that is read faster. */
const layoutTables = ['GSUB', 'GPOS', 'GDEF'];

/** Opens as many fonts of the chain as the characters need. */
export async function openFonts(document: PDFDocument, characters: ReadonlySet<string>): Promise<Faces> {
  const regular: Face[] = [];
  const bold: Face[] = [];
  let missing = [...characters];
  for (const file of fontChain) {
    if (missing.length === 0) break;
    const bytes = await readFile(file.regular());
    const found = coveredBy(create(bytes), missing);
    if (found.length === 0) continue;
    missing = missing.filter((character) => !found.includes(character));
    const face = await embed(document, file, bytes, found, { name: file.name, isThickened: false });
    regular.push(face);
    bold.push(await embedBold(document, file, found, face));
  }
  return { regular, bold };
}

function coveredBy(font: Font, characters: readonly string[]): readonly string[] {
  return characters.filter((character) => hasGlyph(font, character));
}

function hasGlyph(font: Font, character: string): boolean {
  return font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}

async function embedBold(
  document: PDFDocument,
  file: FontFile,
  characters: readonly string[],
  regular: Face,
): Promise<Face> {
  if (file.bold === undefined) return { ...regular, isThickened: true };
  const bytes = await readFile(file.bold());
  return embed(document, file, bytes, characters, { name: `${file.name}-Bold`, isThickened: false });
}

/**
 * The subset is cut by HarfBuzz and embedded whole: fontkit's own subsets of these fonts lose outlines.
 * Numbers of glyphs in the page are then those of the subset.
 */
async function embed(
  document: PDFDocument,
  { isShaped }: FontFile,
  bytes: Uint8Array,
  characters: readonly string[],
  { name, isThickened }: { name: string; isThickened: boolean },
): Promise<Face> {
  const text = characters.join('') + (isShaped ? goesWithRuns : replacement);
  const subset = await subsetFont(bytes, text, {
    targetFormat: 'sfnt',
    noHinting: true,
    ...(!isShaped && { noLayoutClosure: true, dropTables: layoutTables }),
  });
  const font = create(subset);
  document.registerFontkit({ create: () => font });
  const { ref } = await document.embedFont(subset, { subset: false, customName: name });
  return {
    name,
    font,
    ref,
    isShaped,
    isThickened,
    covers: (character) => !isInvisible(character) && hasGlyph(font, character),
  };
}
