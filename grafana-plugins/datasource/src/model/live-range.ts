import type { RawTimeRange } from '@grafana/data';

/** A range that ends with now, and keeps its length or its start. */
export type LiveRange = { kind: 'sliding'; lengthMs: number } | { kind: 'growing'; fromMs: number };

/** `undefined` for a range that has ended: nothing about it changes from second to second. */
export function liveRangeOf(raw: RawTimeRange, fromMs: number, toMs: number): LiveRange | undefined {
  if (raw.to !== 'now') {
    return undefined;
  }
  return typeof raw.from === 'string' && /^now-\d+[a-z]+$/iu.test(raw.from)
    ? { kind: 'sliding', lengthMs: toMs - fromMs }
    : { kind: 'growing', fromMs };
}

export function slideRange(range: LiveRange, nowMs: number): { from: string; to: string } {
  const fromMs = range.kind === 'sliding' ? nowMs - range.lengthMs : range.fromMs;
  return { from: new Date(fromMs).toISOString(), to: new Date(nowMs).toISOString() };
}
