import type { SeatCounts } from './read-seats';

export type PartKind = 'active' | 'recent' | 'idle' | 'unassigned' | 'excess';

export interface SeatPart {
  kind: PartKind;
  count: number;
  /** 0 to 1, of the whole bar. */
  share: number;
}

/**
 * Cuts the bar. Purchased seats are its length, and assigned ones where there are more of them: what is over is an excess.
 * Assigned seats that are neither active nor idle were given out lately.
 */
export function partsOf({ purchased, assigned, active, idle }: SeatCounts): SeatPart[] {
  const given = assigned ?? active ?? 0;
  const bought = purchased ?? given;
  const used = Math.min(active ?? 0, given);
  const unused = Math.min(idle ?? 0, given - used);
  const excess = Math.max(0, given - bought);
  const counts: [PartKind, number][] = [
    ['active', used],
    ['recent', given - used - unused],
    ['idle', unused],
    ['unassigned', Math.max(0, bought - given)],
  ];
  const whole = Math.max(bought, given);
  const parts = counts.map(([kind, count]) => ({ kind, count, share: whole > 0 ? count / whole : 0 }));
  // Drawn as a mark over the bar's end, not as a part beside the others: these seats are assigned, too.
  return excess > 0 ? [...parts, { kind: 'excess', count: excess, share: excess / whole }] : parts;
}
