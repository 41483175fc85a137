import type { KpiFrameMeta, KpiTarget } from '@coditect/plugins-shared';
import { dateTimeParse } from '@grafana/data';
import type { PaceMode } from '../types';

/** Where a value should be by now on its way to a target. */
export interface Pace {
  /** Share of the time that has passed, 0 to 1. */
  elapsed: number;
  isKept: boolean;
  /** `ahead of pace, 62 % of the time`. */
  text: string;
}

/** Units of quantities that grow with time; a rate or a duration has no pace. */
const additiveUnits = new Set(['count', 'USD', 'tokens', 'bytes']);

interface Span {
  fromMs: number;
  toMs: number;
}

/**
 * Holds the share of the target against the share of the time. `undefined` where that says nothing: for quantities that
 * do not add up, without dates, and when the value does not count from where the target begins.
 * @param share value divided by target, not clipped
 */
export function computePace(
  share: number | undefined,
  isCeiling: boolean,
  mode: PaceMode,
  meta: KpiFrameMeta | undefined,
  target: KpiTarget | undefined,
): Pace | undefined {
  if (share === undefined || mode === 'none' || !meta || !additiveUnits.has(meta.unit)) {
    return undefined;
  }
  const span = mode === 'range' ? rangeOf(meta) : datesOf(meta, target);
  const nowMs = Date.parse(meta.asOf);
  if (!span || Number.isNaN(nowMs) || nowMs <= span.fromMs || nowMs >= span.toMs) {
    return undefined;
  }
  const elapsed = (nowMs - span.fromMs) / (span.toMs - span.fromMs);
  const isKept = isCeiling ? share <= elapsed : share >= elapsed;
  return { elapsed, isKept, text: `${words(isCeiling, isKept)}, ${Math.round(elapsed * 100)} % of the time` };
}

function words(isCeiling: boolean, isKept: boolean): string {
  if (isKept) return isCeiling ? 'within pace' : 'on pace';
  return isCeiling ? 'faster than pace' : 'behind pace';
}

function rangeOf({ range }: KpiFrameMeta): Span | undefined {
  if (!range) return undefined;
  const [fromMs, toMs] = [Date.parse(range.from), Date.parse(range.to)];
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}

/** A value that begins elsewhere than its target is no part of the way to it. */
function datesOf(meta: KpiFrameMeta, target: KpiTarget | undefined): Span | undefined {
  const range = rangeOf(meta);
  if (!range || target?.from === undefined || target.by === undefined) return undefined;
  const day = (text: string) => dateTimeParse(text, { timeZone: meta.timeZone, format: 'YYYY-MM-DD' });
  const [from, by] = [day(target.from), day(target.by)];
  if (!from.isValid() || !by.isValid() || from.valueOf() !== range.fromMs) return undefined;
  return { fromMs: from.valueOf(), toMs: by.add(1, 'day').valueOf() };
}
