import type { Direction } from '@coditect/plugins-shared';

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
}

/**
 * How far a value is from its target. Where down is good the target is a ceiling, such as a budget: the bar shows how
 * much of it is used.
 */
export function computeTarget(
  value: number | null,
  target: number | undefined,
  direction: Direction,
  format: (value: number) => string,
  isRatio: boolean,
): TargetProgress | undefined {
  if (value === null || target === undefined) {
    return undefined;
  }
  const isCeiling = direction === 'down';
  const isReached = isCeiling ? value <= target : value >= target;
  const share = target > 0 ? value / target : undefined;
  const percent = share === undefined || isRatio ? undefined : `${Math.round(share * 100)} %`;
  return {
    share: share === undefined ? Number(isReached) : Math.min(Math.max(share, 0), 1),
    isReached,
    text: percent === undefined ? `target ${format(target)}` : `${percent} of ${format(target)}`,
    shortText: percent ?? format(target),
    verdict: verdictOf(isCeiling, isReached),
    judgement: judgementOf(isCeiling, isReached),
  };
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
