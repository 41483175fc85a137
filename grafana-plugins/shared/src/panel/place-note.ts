export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const gap = 6;

/** Where a note goes: above its mark, below it where there is no room, and never out of the window. */
export function placeNote(
  mark: Box,
  note: { width: number; height: number },
  window: { width: number; height: number },
): { left: number; top: number } {
  const above = mark.top - gap - note.height;
  const below = mark.top + mark.height + gap;
  const fitsBelow = below + note.height <= window.height;
  return {
    left: clamp(mark.left + mark.width / 2 - note.width / 2, window.width - note.width - gap),
    top: clamp(above >= gap || !fitsBelow ? above : below, window.height - note.height - gap),
  };
}

function clamp(place: number, max: number): number {
  return Math.max(Math.min(place, max), gap);
}
