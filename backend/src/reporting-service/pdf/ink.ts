import type { Cover } from '../document/report-document.js';
import type { TextFitter, TextStyle } from './fonts/fit-text.js';
import type { Theme } from './theme.js';

/** What everything that draws is given: how to measure, which colours, whose clock. */
export interface Ink {
  readonly fitter: TextFitter;
  readonly theme: Theme;
  readonly cover: Cover;
}

/** The whole scale of sizes. */
export const type = {
  title: { size: 22, weight: 'bold' },
  heading: { size: 12.5, weight: 'bold' },
  figure: { size: 19, weight: 'bold' },
  body: { size: 9, weight: 'regular' },
  bodyBold: { size: 9, weight: 'bold' },
  small: { size: 8, weight: 'regular' },
  smallBold: { size: 8, weight: 'bold' },
  tiny: { size: 7, weight: 'regular' },
} as const satisfies Record<string, TextStyle>;
