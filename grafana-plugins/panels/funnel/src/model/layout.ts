import type { FunnelLayout } from '../types';

export interface FunnelShape {
  isVertical: boolean;
  /** Whether the loss and the time fit between two bars. */
  hasRoomBetween: boolean;
  /** Whether a value fits above each bar of a group. */
  hasRoomAbove: boolean;
}

/** A bar is as wide as five parts, the way to the next one as four. */
export const barParts = { bar: 5, between: 4 };

/** Bars need room for their names; rows always fit, they scroll. */
export function chooseShape(
  wanted: FunnelLayout,
  {
    width,
    height,
    stepCount,
    groupCount,
  }: { width: number; height: number; stepCount: number; groupCount: number },
): FunnelShape {
  const parts = stepCount * barParts.bar + (stepCount - 1) * barParts.between;
  const part = width / Math.max(parts, 1);
  const isRoomy = part * barParts.bar >= 64 && height >= 130;
  return {
    isVertical: wanted === 'auto' ? isRoomy : wanted === 'vertical',
    hasRoomBetween: part * barParts.between >= 60 && height >= 130,
    hasRoomAbove: (part * barParts.bar) / Math.max(groupCount, 1) >= 40,
  };
}
