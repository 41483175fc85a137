import type { Direction } from '@coditect/plugins-shared';
import type { DeltaMode } from '../types';

export type Judgement = 'good' | 'bad' | 'neutral';

export interface Delta {
  trend: 'up' | 'down' | 'flat';
  judgement: Judgement;
  /** With its sign: `+12.4 %`, `−3.1 pp`, `+$120`. */
  text: string;
}

export interface DeltaInput {
  value: number | null;
  previous: number | null | undefined;
  mode: DeltaMode;
  decimals?: number | undefined;
  direction: Direction;
  neutralBandPercent: number;
  /** Grafana's unit id of the value: ratios change by percentage points. */
  unit: string | undefined;
  /** Formats an absolute difference in the value's own unit. */
  format: (difference: number) => string;
}

/** The change against the previous period; `undefined` when there is nothing to compare with. */
export function computeDelta(input: DeltaInput): Delta | undefined {
  const { value, previous } = input;
  if (input.mode === 'none' || value === null || previous === null || previous === undefined) {
    return undefined;
  }
  const difference = subtract(value, previous);
  const trend = trendOf(difference);
  // Any change from nothing is infinitely many percent, and surely outside the band.
  const percent = previous === 0 ? undefined : (difference / Math.abs(previous)) * 100;
  const isNegligible = percent !== undefined && Math.abs(percent) < input.neutralBandPercent;
  return {
    trend,
    judgement: isNegligible ? 'neutral' : judge(trend, input.direction),
    text: signOf(difference) + describe(Math.abs(difference), percent, input),
  };
}

/**
 * 0.9 - 0.8 is 0.0999..., which would be shown with digits that mean nothing; and the same sum added up in another order
 * is no change.
 */
function subtract(value: number, previous: number): number {
  const difference = Number((value - previous).toPrecision(12));
  return Math.abs(difference) <= Math.max(Math.abs(value), Math.abs(previous)) * 1e-12 ? 0 : difference;
}

/** Whether a change is good news. */
export function judge(trend: Delta['trend'], direction: Direction): Judgement {
  if (trend === 'flat' || direction === 'neutral') {
    return 'neutral';
  }
  return trend === direction ? 'good' : 'bad';
}

/** Units in which 0.25 -> 0.5 is "plus 25 points" and not "plus 100 percent". */
export function isRatioUnit(unit: string | undefined): boolean {
  return unit === 'percentunit' || unit === 'percent';
}

function describe(size: number, percent: number | undefined, input: DeltaInput): string {
  const { mode, unit, format, decimals } = input;
  const isRatio = isRatioUnit(unit);
  if (isRatio && mode !== 'absolute' && mode !== 'percent') {
    return `${round(unit === 'percentunit' ? size * 100 : size, decimals)} pp`;
  }
  if (mode === 'absolute' || mode === 'points' || percent === undefined) {
    return format(size);
  }
  return Math.abs(percent) >= 1_000 ? 'over 999 %' : `${round(Math.abs(percent), decimals)} %`;
}

function trendOf(difference: number): Delta['trend'] {
  if (difference === 0) {
    return 'flat';
  }
  return difference > 0 ? 'up' : 'down';
}

function signOf(difference: number): string {
  if (difference === 0) {
    return '±';
  }
  return difference > 0 ? '+' : '−';
}

/** As many decimals as asked for, else one digit below ten, none above; small changes keep a digit that is not zero. */
function round(size: number, decimals: number | undefined): string {
  if (decimals !== undefined) {
    return size.toFixed(decimals);
  }
  if (size > 0 && size < 0.001) {
    return 'under 0.001';
  }
  if (size > 0 && size < 0.05) {
    return size.toPrecision(1);
  }
  const tenths = size.toFixed(1);
  return Number(tenths) < 10 ? tenths : Math.round(size).toString();
}
