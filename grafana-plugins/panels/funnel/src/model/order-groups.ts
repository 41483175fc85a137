import type { GroupOrder } from '../types';
import type { FunnelGroup } from './read-funnel';
import { conversionOf } from './shares';

/** The groups with the most first, so that what is cut off is the least. Groups without a number come last. */
export function orderGroups(
  groups: readonly FunnelGroup[],
  keys: readonly string[],
  order: GroupOrder,
): FunnelGroup[] {
  const usersOf = ({ steps }: FunnelGroup, key: string | undefined) => steps.get(key ?? '')?.users ?? null;
  switch (order) {
    case 'none':
      return [...groups];
    case 'name':
      return [...groups].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    case 'users':
      return [...groups].sort((a, b) => descending(usersOf(a, keys[0]), usersOf(b, keys[0])));
    case 'conversion': {
      const conversion = (group: FunnelGroup) =>
        conversionOf(usersOf(group, keys.at(-1)), usersOf(group, keys[0]));
      return [...groups].sort((a, b) => descending(conversion(a), conversion(b)));
    }
  }
}

function descending(a: number | null, b: number | null): number {
  return (b ?? -1) - (a ?? -1);
}
