import {
  beginText,
  closePath,
  drawObject,
  endMarkedContent,
  endText,
  fill,
  lineTo,
  moveTo,
  PDFHexString,
  PDFName,
  PDFOperator,
  PDFOperatorNames,
  popGraphicsState,
  pushGraphicsState,
  rectangle,
  setDashPattern,
  setFillingRgbColor,
  setFontAndSize,
  setLineCap,
  setLineJoin,
  setLineWidth,
  setStrokingRgbColor,
  setTextMatrix,
  setTextRenderingMode,
  showText,
  stroke,
  concatTransformationMatrix,
  appendBezierCurve,
  TextRenderingMode,
  type PDFImage,
  type PDFPage,
} from 'pdf-lib';
import type { TextStyle } from './fonts/fit-text.js';
import type { Run, Shaper } from './fonts/shape-text.js';
import type { Colour } from './theme.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}
export interface LineStyle {
  readonly colour: Colour;
  readonly width: number;
  readonly dash?: readonly number[];
}
export type Align = 'left' | 'right' | 'centre';

/** One page. `y` grows downwards from the upper edge, in points; of a text it is the base line. */
export interface Canvas {
  text(text: string, at: Point, style: TextStyle, colour: Colour, align?: Align): void;
  fillBox(box: Box, colour: Colour): void;
  fillShape(points: readonly Point[], colour: Colour): void;
  line(points: readonly Point[], style: LineStyle): void;
  dot(at: Point, radius: number, colour: Colour): void;
  image(image: PDFImage, box: Box): void;
}

export function createCanvas(page: PDFPage, shaper: Shaper): Canvas {
  const { height } = page.getSize();
  const known = new Set<string>();
  const up = (y: number): number => rounded(height - y);
  const push = (...operators: PDFOperator[]): void => {
    page.pushOperators(...operators);
  };
  const useFont = ({ face }: Run): string => {
    if (!known.has(face.name)) page.node.setFontDictionary(PDFName.of(face.name), face.ref);
    known.add(face.name);
    return face.name;
  };
  const path = (points: readonly Point[]): PDFOperator[] =>
    points.map(({ x, y }, index) => (index === 0 ? moveTo : lineTo)(rounded(x), up(y)));

  return {
    text(text, { x, y }, { size, weight }, colour, align = 'left') {
      const runs = shaper.shape(text, weight);
      const width = (runs.reduce((sum, run) => sum + run.width, 0) * size) / 1_000;
      let pen = x - shareLeftOf[align] * width;
      push(setFillingRgbColor(colour.red, colour.green, colour.blue));
      for (const run of runs) {
        push(...drawRun(run, useFont(run), { x: pen, y: up(y) }, size, colour));
        pen += (run.width * size) / 1_000;
      }
    },
    fillBox(box, { red, green, blue }) {
      const bottom = up(box.y + box.height);
      const [width, tall] = [rounded(box.width), rounded(box.height)];
      push(setFillingRgbColor(red, green, blue), rectangle(rounded(box.x), bottom, width, tall), fill());
    },
    fillShape(points, { red, green, blue }) {
      push(setFillingRgbColor(red, green, blue), ...path(points), closePath(), fill());
    },
    line(points, { colour, width, dash = [] }) {
      const { red, green, blue } = colour;
      // 1 is round, for caps and joins alike; a dashed line keeps its gaps with flat caps.
      const cap = dash.length > 0 ? 0 : 1;
      push(setStrokingRgbColor(red, green, blue), setLineWidth(width), setLineCap(cap), setLineJoin(1));
      push(setDashPattern([...dash], 0), ...path(points), stroke());
    },
    dot(at, radius, { red, green, blue }) {
      push(setFillingRgbColor(red, green, blue), ...circle({ x: at.x, y: up(at.y) }, radius), fill());
    },
    image(image, box) {
      const name = `Image${image.ref.objectNumber}`;
      page.node.setXObject(PDFName.of(name), image.ref);
      const place = concatTransformationMatrix(box.width, 0, 0, box.height, box.x, up(box.y + box.height));
      push(pushGraphicsState(), place, drawObject(name), popGraphicsState());
    },
  };
}

const shareLeftOf: Record<Align, number> = { left: 0, centre: 0.5, right: 1 };

/** A hundredth of a point is finer than any printer. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function drawRun(run: Run, font: string, at: Point, size: number, colour: Colour): PDFOperator[] {
  const shown =
    run.glyphs.length === 0
      ? [setTextMatrix(1, 0, 0, 1, rounded(at.x), at.y), showText(PDFHexString.of(run.hex))]
      : run.glyphs.flatMap(({ hex, x, y }) => {
          const [left, bottom] = [at.x + (x * size) / 1_000, at.y + (y * size) / 1_000];
          return [setTextMatrix(1, 0, 0, 1, rounded(left), rounded(bottom)), showText(PDFHexString.of(hex))];
        });
  const inText = [beginText(), setFontAndSize(font, size), ...shown, endText()];
  const thick = run.face.isThickened ? thicken(inText, size, colour) : inText;
  return run.glyphs.length === 0 ? thick : withActualText(thick, run.text);
}

function thicken(operators: readonly PDFOperator[], size: number, colour: Colour): PDFOperator[] {
  return [
    pushGraphicsState(),
    setStrokingRgbColor(colour.red, colour.green, colour.blue),
    setLineWidth(rounded(size * 0.03)),
    setDashPattern([], 0),
    setTextRenderingMode(TextRenderingMode.FillAndOutline),
    ...operators,
    popGraphicsState(),
  ];
}

/** Shapes of joined letters do not lead back to letters; whoever copies or reads aloud gets the text itself. */
function withActualText(operators: readonly PDFOperator[], text: string): PDFOperator[] {
  const properties = `<</ActualText ${PDFHexString.fromText(text).toString()}>>`;
  const begin = PDFOperator.of(PDFOperatorNames.BeginMarkedContentSequence, [PDFName.of('Span'), properties]);
  return [begin, ...operators, endMarkedContent()];
}

/** Four curves come within a thousandth of a circle. */
const circleHandle = 0.5523;

function circle({ x, y }: Point, r: number): PDFOperator[] {
  const h = r * circleHandle;
  return [
    moveTo(x + r, y),
    appendBezierCurve(x + r, y + h, x + h, y + r, x, y + r),
    appendBezierCurve(x - h, y + r, x - r, y + h, x - r, y),
    appendBezierCurve(x - r, y - h, x - h, y - r, x, y - r),
    appendBezierCurve(x + h, y - r, x + r, y - h, x + r, y),
    closePath(),
  ];
}
