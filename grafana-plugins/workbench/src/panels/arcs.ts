/** A point on a circle around the origin; 0 is at the top, 1 is a whole turn, clockwise. */
function pointOnCircle(radius: number, turn: number): { x: number; y: number } {
  const angle = turn * 2 * Math.PI;
  return { x: radius * Math.sin(angle), y: -radius * Math.cos(angle) };
}

const text = ({ x, y }: { x: number; y: number }): string => `${x.toFixed(3)} ${y.toFixed(3)}`;

/**
 * The path of a ring's part between two turns. A whole turn is cut a little short: an arc that ends where it begins is
 * not drawn at all.
 */
export function ringPath(outer: number, inner: number, from: number, to: number): string {
  const end = Math.min(to, from + 0.9999);
  const isLarge = end - from > 0.5 ? 1 : 0;
  return [
    `M ${text(pointOnCircle(outer, from))}`,
    `A ${outer} ${outer} 0 ${isLarge} 1 ${text(pointOnCircle(outer, end))}`,
    `L ${text(pointOnCircle(inner, end))}`,
    `A ${inner} ${inner} 0 ${isLarge} 0 ${text(pointOnCircle(inner, from))}`,
    'Z',
  ].join(' ');
}
