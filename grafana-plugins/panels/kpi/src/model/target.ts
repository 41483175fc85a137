import type { Direction, KpiFrameMeta, KpiTarget } from '@coditect/plugins-shared';
import type { KpiPanelOptions } from '../types';
import { computePace, type Pace } from './pace';
import type { Source } from './sources';

export interface TargetProgress {
  /** 0 to 1, what the bar shows. */
  share: number;
  isReached: boolean;
  /** `72 % of 500`, `120 % of $400`; for ratios `target 90%`, because a percentage of a percentage only confuses. */
  text: string;
  /** `72 %`, for where there is no room for more. */
  shortText: string;
  /** For a person: `target reached`, `below target`, `over target`. */
  verdict: string;
  judgement: 'good' | 'bad' | 'neutral';
  pace: Pace | undefined;
}

/** What the value is meant to be; `dates` are those of a target that came with the data. */
export interface WantedValue {
  value: number;
  dates: KpiTarget | undefined;
}

/** The panel's own number goes before the target that comes with the data, which is of all groups together. */
export function findTarget(
  source: Pick<Source, 'target' | 'meta' | 'isGroup'>,
  options: Pick<KpiPanelOptions, 'targetSource' | 'target'>,
): WantedValue | undefined {
  const { targetSource, target: own } = options;
  const field = source.target;
  if (targetSource === 'none') return undefined;
  if (targetSource === 'field') {
    return field === undefined || field === null ? undefined : { value: field, dates: undefined };
  }
  if (own !== undefined) return { value: own, dates: undefined };
  const given = source.isGroup ? undefined : source.meta?.target;
  return given && { value: given.value, dates: given };
}

/**
 * How far a value is from its target. Where down is good the target is a ceiling, such as a budget: the bar shows how
 * much of it is used.
 */
export function computeTarget(
  value: number | null,
  wanted: WantedValue | undefined,
  how: {
    direction: Direction;
    format: (value: number) => string;
    isRatio: boolean;
    pace: KpiPanelOptions['pace'];
    meta: KpiFrameMeta | undefined;
  },
): TargetProgress | undefined {
  if (value === null || wanted === undefined) {
    return undefined;
  }
  const { direction, format, isRatio } = how;
  const target = wanted.value;
  const isCeiling = direction === 'down';
  const isReached = isCeiling ? value <= target : value >= target;
  const share = target > 0 ? value / target : undefined;
  const percent =
    share === undefined || isRatio ? undefined : `${wholePercent(share, isReached, isCeiling)} %`;
  return {
    share: share === undefined ? Number(isReached) : Math.min(Math.max(share, 0), 1),
    isReached,
    text: percent === undefined ? `target ${format(target)}` : `${percent} of ${format(target)}`,
    shortText: percent ?? format(target),
    verdict: verdictOf(isCeiling, isReached),
    judgement: judgementOf(isCeiling, isReached),
    pace: computePace(share, isCeiling, how.pace, how.meta, wanted.dates),
  };
}

/** 99.6 % is not all of it, and 100.4 % of a budget is more than the budget. */
function wholePercent(share: number, isReached: boolean, isCeiling: boolean): number {
  const percent = Math.round(share * 100);
  return percent === 100 && !isReached ? percent + (isCeiling ? 1 : -1) : percent;
}

function verdictOf(isCeiling: boolean, isReached: boolean): string {
  if (isCeiling) {
    return isReached ? 'within target' : 'over target';
  }
  return isReached ? 'target reached' : 'below target';
}

/** Being on the way to a goal is no bad news yet; being over a ceiling is. */
function judgementOf(isCeiling: boolean, isReached: boolean): TargetProgress['judgement'] {
  if (isReached) {
    return 'good';
  }
  return isCeiling ? 'bad' : 'neutral';
}
