import { cleanText, isInvisible, replacement } from './clean-text.js';
import type { Face, Faces, Weight } from './open-fonts.js';

/** Measures are in thousandths of the font size, as in the file. */
export interface PlacedGlyph {
  readonly hex: string;
  readonly x: number;
  readonly y: number;
}

/** Characters of one font. Plain runs are drawn in one stroke, shaped runs glyph by glyph. */
export interface Run {
  readonly face: Face;
  readonly text: string;
  readonly width: number;
  readonly hex: string;
  readonly glyphs: readonly PlacedGlyph[];
}

export interface Shaper {
  shape(text: string, weight: Weight): readonly Run[];
  /** In points. */
  measure(text: string, weight: Weight, size: number): number;
}

/** Reports repeat themselves: names of groups, dates, small numbers. */
const rememberedMax = 50_000;

export function createShaper(faces: Faces): Shaper {
  const remembered = new Map<string, readonly Run[]>();
  const plainGlyphs = new Map<Face, Map<string, Glyph>>();
  const shape = (text: string, weight: Weight): readonly Run[] => {
    const key = `${weight}/${text}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const runs = splitByFace(cleanText(text), faces[weight]).map((piece) => shapeRun(piece, plainGlyphs));
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(key, runs);
    return runs;
  };
  return {
    shape,
    measure: (text, weight, size) =>
      (shape(text, weight).reduce((sum, { width }) => sum + width, 0) * size) / 1_000,
  };
}

interface Piece {
  readonly face: Face;
  readonly text: string;
}

const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });

function splitByFace(text: string, faces: readonly Face[]): Piece[] {
  const [first] = faces;
  if (first === undefined || text === '') return [];
  if ([...text].every((character) => first.covers(character))) return [{ face: first, text }];
  const pieces = [...clusters.segment(text)].flatMap(({ segment }) => faceOf(segment, faces, first));
  return merge(joinAcrossBlanks(pieces));
}

/** A cluster stays in one font; what no font has becomes one visible sign, and what has no shape goes. */
function faceOf(cluster: string, faces: readonly Face[], first: Face): Piece[] {
  const visible = [...cluster].filter((character) => !isInvisible(character));
  const [base] = visible;
  if (base === undefined) return [];
  const face = faces.find((one) => one.covers(base));
  if (face === undefined) return [{ face: first, text: replacement }];
  if (face.isShaped) return [{ face, text: cluster }];
  return [{ face, text: visible.map((one) => (face.covers(one) ? one : replacement)).join('') }];
}

/** Words of a script from right to left change places with their blanks, so that they must be one run. */
function joinAcrossBlanks(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece, index) => {
    const before = pieces[index - 1]?.face;
    const after = pieces[index + 1]?.face;
    const isBetween = before !== undefined && before === after && before.isShaped && piece.face !== before;
    return isBetween && before.covers(piece.text) ? { face: before, text: piece.text } : piece;
  });
}

function merge(pieces: readonly Piece[]): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last?.face === piece.face) merged[merged.length - 1] = { ...last, text: last.text + piece.text };
    else merged.push(piece);
  }
  return merged;
}

interface Glyph {
  readonly hex: string;
  readonly width: number;
}

function shapeRun({ face, text }: Piece, plainGlyphs: Map<Face, Map<string, Glyph>>): Run {
  if (face.isShaped) return shapeJoined(face, text);
  const known = plainGlyphs.get(face) ?? new Map<string, Glyph>();
  plainGlyphs.set(face, known);
  let hex = '';
  let width = 0;
  for (const character of text) {
    const glyph = known.get(character) ?? lookUp(face, character);
    known.set(character, glyph);
    hex += glyph.hex;
    width += glyph.width;
  }
  return { face, text, width, hex, glyphs: [] };
}

function lookUp({ font }: Face, character: string): Glyph {
  const glyph = font.glyphForCodePoint(character.codePointAt(0) ?? 0);
  return { hex: hexOf(glyph.id), width: (glyph.advanceWidth * 1_000) / font.unitsPerEm };
}

function shapeJoined(face: Face, text: string): Run {
  const { glyphs, positions } = face.font.layout(text);
  const scale = 1_000 / face.font.unitsPerEm;
  let pen = 0;
  const placed = glyphs.map((glyph, index): PlacedGlyph => {
    const position = positions[index];
    const at = { x: (pen + (position?.xOffset ?? 0)) * scale, y: (position?.yOffset ?? 0) * scale };
    pen += position?.xAdvance ?? glyph.advanceWidth;
    return { hex: hexOf(glyph.id), ...at };
  });
  return { face, text, width: pen * scale, hex: '', glyphs: placed };
}

function hexOf(glyph: number): string {
  return glyph.toString(16).padStart(4, '0');
}
