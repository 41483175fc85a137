import type { DisplayUnit } from './report-document.js';

/** How a number of a unit is written. Everything else of a unit is a suffix. */
export type NumberKind = 'plain' | 'ratio' | 'percent' | 'milliseconds' | 'seconds' | 'dollars' | 'bytes';

export interface UnitStyle {
  readonly kind: NumberKind;
  /** What stands in the head of a column. Empty where a number needs none. */
  readonly label: string;
  /** Sums of it mean something, so that bars may stand on zero. */
  readonly adds: boolean;
}

const plain: UnitStyle = { kind: 'plain', label: '', adds: true };
const ratio: UnitStyle = { kind: 'ratio', label: '%', adds: false };
const milliseconds: UnitStyle = { kind: 'milliseconds', label: 'ms', adds: false };
const seconds: UnitStyle = { kind: 'seconds', label: 's', adds: false };
const dollars: UnitStyle = { kind: 'dollars', label: 'USD', adds: true };
const bytes: UnitStyle = { kind: 'bytes', label: 'bytes', adds: true };

/** The units of the catalogue, and what Grafana calls the same. */
const styles: ReadonlyMap<string, UnitStyle> = new Map([
  ['count', plain],
  ['users', { kind: 'plain', label: 'users', adds: false }],
  ['tokens', { kind: 'plain', label: 'tokens', adds: true }],
  ['ratio', ratio],
  ['milliseconds', milliseconds],
  ['seconds', seconds],
  ['USD', dollars],
  ['bytes', bytes],
  ['none', plain],
  ['short', plain],
  ['locale', plain],
  ['percentunit', ratio],
  ['percent', { kind: 'percent', label: '%', adds: false }],
  ['ms', milliseconds],
  ['s', seconds],
  ['currencyUSD', dollars],
  ['decbytes', bytes],
]);

export function styleOf(unit: DisplayUnit): UnitStyle {
  if (unit === undefined || unit === '') return plain;
  return styles.get(unit) ?? { kind: 'plain', label: unit.replace(/^suffix:/, '').trim(), adds: false };
}
