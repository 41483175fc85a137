import type { DisplayUnit } from './report-document.js';
import { styleOf, type NumberKind } from './units.js';

/** What stands where a number would be. Never a zero. */
export const noValue = '–';

const grouped = new Map<string, Intl.NumberFormat>();

/** Digits with commas and a point, whatever the machine's locale. */
function group(value: number, decimalsMin: number, decimalsMax: number): string {
  const key = `${decimalsMin}/${decimalsMax}`;
  let format = grouped.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: decimalsMin,
      maximumFractionDigits: decimalsMax,
    });
    grouped.set(key, format);
  }
  return withoutNegativeZero(format.format(value));
}

function withoutNegativeZero(text: string): string {
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text;
}

const largestGrouped = 1e15;

/** Beyond fifteen digits a number says its magnitude, below a thousandth its first digits. */
function writePlain(value: number, decimals: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return noValue;
  if (size >= largestGrouped) return shortenExponent(value.toExponential(2));
  if (size !== 0 && size < 10 ** -decimals / 2) return shortenExponent(value.toPrecision(2));
  return group(value, decimals, decimals);
}

function shortenExponent(text: string): string {
  return text.replace('e+', 'e');
}

/** The number a reader sees in a cell: a ratio becomes a percentage, everything else stays. */
function shown(value: number, kind: NumberKind): number {
  return kind === 'ratio' ? value * 100 : value;
}

const decimalsMaxOf: Record<NumberKind, number> = {
  plain: 2,
  ratio: 1,
  percent: 1,
  milliseconds: 1,
  seconds: 2,
  dollars: 2,
  bytes: 0,
};

/** As many decimals as one of the values needs, so that the points of a column stand below each other. */
export function decimalsFor(values: Iterable<number | null>, unit: DisplayUnit): number {
  const { kind } = styleOf(unit);
  const most = decimalsMaxOf[kind];
  if (kind === 'dollars' || kind === 'ratio' || kind === 'percent') return most;
  for (const value of values) {
    if (value !== null && !Number.isInteger(shown(value, kind))) return most;
  }
  return 0;
}

/** A cell of a table: no unit, that stands in the column's head. */
export function formatCell(value: number | null, unit: DisplayUnit, decimals: number): string {
  if (value === null) return noValue;
  return writePlain(shown(value, styleOf(unit).kind), decimals);
}

/** `Value` or `Value (ms)`. */
export function headOf(name: string, unit: DisplayUnit): string {
  const { label } = styleOf(unit);
  return label === '' ? name : `${name} (${label})`;
}

interface Scale {
  readonly from: number;
  readonly by: number;
  readonly suffix: string;
}
const one: Scale = { from: 0, by: 1, suffix: '' };
const magnitudes: readonly Scale[] = [
  { from: 1e12, by: 1e12, suffix: 'T' },
  { from: 1e9, by: 1e9, suffix: 'B' },
  { from: 1e6, by: 1e6, suffix: 'M' },
  { from: 1e3, by: 1e3, suffix: 'k' },
];
const durations: readonly Scale[] = [
  { from: 86_400, by: 86_400, suffix: ' d' },
  { from: 3_600, by: 3_600, suffix: ' h' },
  { from: 60, by: 60, suffix: ' min' },
  { from: 1, by: 1, suffix: ' s' },
  { from: 0, by: 0.001, suffix: ' ms' },
];
const sizes: readonly Scale[] = [
  { from: 1e18, by: 1e18, suffix: ' EB' },
  { from: 1e15, by: 1e15, suffix: ' PB' },
  { from: 1e12, by: 1e12, suffix: ' TB' },
  { from: 1e9, by: 1e9, suffix: ' GB' },
  { from: 1e6, by: 1e6, suffix: ' MB' },
  { from: 1e3, by: 1e3, suffix: ' kB' },
  { from: 0, by: 1, suffix: ' B' },
];

/** A plain number is written out up to here. */
const writtenOutBelow = 1_000_000;

function scalesOf(kind: NumberKind): readonly Scale[] {
  if (kind === 'milliseconds' || kind === 'seconds') return durations;
  return kind === 'bytes' ? sizes : magnitudes;
}

/** By the size of the number as it will be written: 999,999 is 1M, not 1,000k. */
function scaleFor(size: number, kind: NumberKind, lowest: number): Scale {
  if (size < lowest || (size >= largestGrouped && scalesOf(kind) === magnitudes)) return one;
  return scalesOf(kind).find(({ from }) => size * 1.0005 >= from) ?? one;
}

function inBaseUnit(value: number, kind: NumberKind): number {
  return kind === 'milliseconds' ? value / 1_000 : value;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= largestGrouped) return shortenExponent(value.toExponential(2));
  if (size >= 99.95) return group(value, 0, 0);
  if (size >= 9.995) return group(value, 0, 1);
  if (size >= 0.01 || size === 0) return group(value, 0, 2);
  return shortenExponent(value.toPrecision(2));
}

/** A value that stands alone, as in a tile: with its unit, short enough to be read at a glance. */
export function formatValue(value: number | null, unit: DisplayUnit): string {
  if (value === null || !Number.isFinite(value)) return noValue;
  const { kind, label } = styleOf(unit);
  if (kind === 'ratio' || kind === 'percent') return formatPercentage(shown(value, kind));
  const amount = inBaseUnit(value, kind);
  const isScaled = kind === 'milliseconds' || kind === 'seconds' || kind === 'bytes';
  const scale = scaleFor(Math.abs(amount), kind, isScaled ? 0 : writtenOutBelow);
  const digits = scale === one ? writtenOut(amount, kind) : threeDigits(amount / scale.by);
  const text = `${digits}${scale.suffix}`;
  if (kind === 'dollars') return text.startsWith('-') ? `-$${text.slice(1)}` : `$${text}`;
  return kind === 'plain' && label !== '' ? `${text} ${label}` : text;
}

function formatPercentage(value: number): string {
  return `${writeShare(value)}%`;
}

/** Below one per cent a second decimal says whether a rate has doubled. */
function writeShare(value: number): string {
  return writePlain(value, Math.abs(value) < 1 && value !== 0 ? 2 : 1);
}

function writtenOut(value: number, kind: NumberKind): string {
  if (Math.abs(value) >= largestGrouped) return shortenExponent(value.toExponential(2));
  if (kind === 'dollars') return Math.abs(value) < 0.005 ? threeDigits(value) : group(value, 2, 2);
  return Number.isInteger(value) ? group(value, 0, 0) : decimal(value);
}

function decimal(value: number): string {
  return Math.abs(value) >= 100 ? group(value, 0, 1) : threeDigits(value);
}

/** One writer for all ticks of an axis: same scale, same decimals. `step` is the distance between two. */
export function axisFormatter(largest: number, step: number, unit: DisplayUnit): (value: number) => string {
  const { kind } = styleOf(unit);
  if (kind === 'ratio' || kind === 'percent') {
    const decimals = decimalsOfStep(shown(step, kind));
    return (value) => `${writePlain(shown(value, kind), decimals)}%`;
  }
  const size = Math.abs(inBaseUnit(largest, kind));
  const isScaled = kind === 'milliseconds' || kind === 'seconds' || kind === 'bytes';
  const scale = scaleFor(size, kind, isScaled ? 0 : 10_000);
  const decimals = decimalsOfStep(inBaseUnit(step, kind) / scale.by);
  return (value) => {
    const digits = writePlain(inBaseUnit(value, kind) / scale.by, decimals);
    const text = value === 0 ? '0' : `${digits}${scale.suffix}`;
    if (kind !== 'dollars') return text;
    return text.startsWith('-') ? `-$${text.slice(1)}` : `$${text}`;
  };
}

/** Enough to write the step itself: steps of 2.5 need one. */
function decimalsOfStep(step: number): number {
  if (step === 0 || !Number.isFinite(step)) return 0;
  const enough = [0, 1, 2, 3, 4, 5].find((decimals) => isWhole(Math.abs(step) * 10 ** decimals));
  return enough ?? 6;
}

function isWhole(value: number): boolean {
  return value > 0.5 && Math.abs(value - Math.round(value)) < 1e-6 * value;
}

export interface Delta {
  /** `+12.3%`, `-1.2 pp`, `no change`, `no earlier value`. */
  readonly text: string;
  readonly sign: -1 | 0 | 1;
}

/** Against the earlier value: ratios in percentage points, everything else in per cent of it. */
export function formatDelta(value: number | null, previous: number | null, unit: DisplayUnit): Delta {
  if (value === null) return { text: 'no value in this period', sign: 0 };
  if (previous === null) return { text: 'no earlier value', sign: 0 };
  const difference = value - previous;
  if (difference === 0) return { text: 'no change', sign: 0 };
  const sign = difference > 0 ? 1 : -1;
  const { kind } = styleOf(unit);
  const mark = sign > 0 ? '+' : '-';
  if (kind === 'ratio' || kind === 'percent') {
    return { text: `${mark}${writeShare(Math.abs(shown(difference, kind)))} pp`, sign };
  }
  // A percentage of nothing, or of a debt, misleads.
  if (previous <= 0 || value < 0) return { text: `${mark}${formatValue(Math.abs(difference), unit)}`, sign };
  return { text: `${mark}${percentOf(Math.abs(difference / previous) * 100)}`, sign };
}

/** Beyond a thousand per cent the digits say nothing more. */
function percentOf(percent: number): string {
  return percent > 999 ? 'over 999%' : `${writePlain(percent, 1)}%`;
}

/** What an axis counts in: steps are round in this unit, be it minutes or megabytes. */
export function axisDivisor(largest: number, unit: DisplayUnit): number {
  const { kind } = styleOf(unit);
  if (kind === 'ratio') return 0.01;
  if (kind !== 'milliseconds' && kind !== 'seconds') return 1;
  const { by } = scaleFor(Math.abs(inBaseUnit(largest, kind)), kind, 0);
  return kind === 'milliseconds' ? by * 1_000 : by;
}
