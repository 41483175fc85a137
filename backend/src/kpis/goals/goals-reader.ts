import type { Goals } from '@coditect/contracts';
import { LRUCache } from 'lru-cache';
import type { GoalsReader, GoalsStore } from '../../platform/goals.js';
import { mergeGoals } from './choose-goals.js';

const tenantsMax = 10_000;
const trustedMs = 3_000;

interface Known {
  readonly goals: Promise<Goals>;
  readonly readAt: number;
}

/** Of tenants that have set nothing. */
export const noGoals: GoalsReader = {
  read: () => Promise.resolve({ targets: [], budgets: [], seatPrices: [] }),
};

/** Reads the goals of each tenant once in a few seconds, however many ask. A read that failed is not remembered. */
export function createGoalsReader(options: {
  readonly store: Pick<GoalsStore, 'read'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}): GoalsReader {
  const { now, store } = options;
  const known = new LRUCache<string, Known>({ max: tenantsMax });
  return {
    async read(tenantId) {
      const readAt = now();
      const found = known.get(tenantId);
      if (found !== undefined && readAt < found.readAt + trustedMs) return found.goals;
      const goals = store.read(tenantId).then(mergeGoals);
      const entry = { goals, readAt };
      known.set(tenantId, entry);
      goals.catch(() => {
        if (known.get(tenantId) === entry) known.delete(tenantId);
      });
      return goals;
    },
  };
}
