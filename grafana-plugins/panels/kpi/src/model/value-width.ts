import type { FormattedValue } from '@grafana/data';

/** Prefix and suffix are drawn smaller than the number between them. */
const affixShare = 0.7;
/** Of Grafana's font at medium weight, as multiples of its size; digits have one width. */
const ems: Readonly<Record<string, number>> = { '.': 0.28, ',': 0.28, ' ': 0.28, '%': 1, i: 0.28, l: 0.28 };
const wide = /[mwMW]/;

/** How wide a value is drawn, as a multiple of its font's size. */
export function valueEmsOf({ prefix = '', text, suffix = '' }: FormattedValue): number {
  return emsOf(text) + affixShare * emsOf(`${prefix}${suffix}`);
}

function emsOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (ems[letter] ?? (wide.test(letter) ? 0.95 : 0.655)), 0);
}
