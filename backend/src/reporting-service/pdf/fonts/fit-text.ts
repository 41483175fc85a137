import type { Weight } from './open-fonts.js';
import type { Shaper } from './shape-text.js';

export interface TextStyle {
  readonly size: number;
  readonly weight: Weight;
}

/** How texts are made to fit: always by measure, never by count. */
export interface TextFitter {
  measure(text: string, style: TextStyle): number;
  /** The text, or as much of it as fits before an ellipsis. */
  cut(text: string, style: TextStyle, width: number): string;
  /** Lines no wider than `width`; the last one ends in an ellipsis where more would be needed. */
  wrap(text: string, style: TextStyle, width: number, linesMax: number): readonly string[];
}

const ellipsis = '…';
const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Beyond this nobody reads on, and measuring it would take longer than the page. */
const charactersMax = 4_000;

/** After blanks, slashes, hyphens and dots, and around characters that need no blanks. */
const wordPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}/\-._]*[/\-._]*\s*/gu;

export function createTextFitter({ measure: measureText }: Pick<Shaper, 'measure'>): TextFitter {
  const measure = (text: string, { size, weight }: TextStyle): number => measureText(text, weight, size);

  const cut = (text: string, style: TextStyle, width: number): string => {
    if (text.length <= charactersMax && measure(text, style) <= width) return text;
    return `${longestStart(text.slice(0, charactersMax), style, width, ellipsis)}${ellipsis}`;
  };

  const longestStart = (text: string, style: TextStyle, width: number, tail: string): string => {
    const parts = [...clusters.segment(text)].map(({ segment }) => segment);
    let [low, high] = [0, parts.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const isFitting = measure(parts.slice(0, middle).join('').trimEnd() + tail, style) <= width;
      if (isFitting) low = middle;
      else high = middle - 1;
    }
    return parts.slice(0, low).join('').trimEnd();
  };

  /** At least one character a line, or a column narrower than a letter would never end. */
  const takeLine = (words: string[], style: TextStyle, width: number): string => {
    let line = '';
    while (words.length > 0) {
      const next = words[0] ?? '';
      if (measure((line + next).trimEnd(), style) > width) break;
      line += next;
      words.shift();
    }
    if (line !== '' || words.length === 0) return line.trimEnd();
    const word = words.shift() ?? '';
    const start = longestStart(word, style, width, '') || firstCluster(word);
    words.unshift(word.slice(start.length));
    return start;
  };

  return {
    measure,
    cut,
    wrap(text, style, width, linesMax) {
      if (text.length <= charactersMax && measure(text, style) <= width) return [text];
      const words = [...text.slice(0, charactersMax).matchAll(wordPattern)].map(([word]) => word);
      const waiting = words.filter((word) => word !== '');
      const lines: string[] = [];
      while (waiting.length > 0 && lines.length < linesMax - 1) lines.push(takeLine(waiting, style, width));
      if (waiting.length > 0) lines.push(cut(waiting.join('').trimEnd(), style, width));
      return lines;
    },
  };
}

function firstCluster(text: string): string {
  for (const { segment } of clusters.segment(text)) return segment;
  return text;
}
