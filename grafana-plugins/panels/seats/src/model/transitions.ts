/** How a transition is called, what it means, and whether it is good news: told by an icon and words. */
export interface TransitionWords {
  title: string;
  meaning: string;
  news: 'good' | 'bad' | 'neutral';
}

const known = new Map<string, TransitionWords>([
  ['retained', { title: 'Retained', meaning: 'active before and now', news: 'good' }],
  ['reactivated', { title: 'Reactivated', meaning: 'idle before, active now', news: 'good' }],
  ['newlyassigned', { title: 'Newly assigned', meaning: 'given out in this period', news: 'neutral' }],
  ['lapsed', { title: 'Lapsed', meaning: 'active before, idle now', news: 'bad' }],
  ['stillatrisk', { title: 'Still at risk', meaning: 'idle before and now', news: 'bad' }],
  ['reclaimed', { title: 'Reclaimed', meaning: 'taken back in this period', news: 'neutral' }],
]);
const order = [...known.keys()];

/** A transition that isn't one of ours is shown under its own name. */
export function wordsOf(transition: string): TransitionWords {
  return known.get(keyOf(transition)) ?? { title: transition, meaning: '', news: 'neutral' };
}

/** Ours from good to bad, others behind them as they come. */
export function placeOf(transition: string): number {
  const place = order.indexOf(keyOf(transition));
  return place < 0 ? order.length : place;
}

function keyOf(transition: string): string {
  return transition.toLowerCase().replace(/[^a-z]/gu, '');
}
