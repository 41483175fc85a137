import type { GoalsReader, GoalsStore } from '../../platform/goals.js';
import { rememberReads } from '../../platform/remember-reads.js';
import { mergeGoals } from './choose-goals.js';

const trustedMs = 3_000;

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
  const read = rememberReads((tenantId) => store.read(tenantId).then(mergeGoals), { trustedMs, now });
  return { read };
}
