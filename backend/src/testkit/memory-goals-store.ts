import { goalsSchema, type Goals, type StoredGoals } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import type { GoalsStore } from '../platform/goals.js';

/** Goals in memory, of these tenants. The suite of the real store runs on it, too. */
export function createMemoryGoalsStore(tenantIds: readonly string[]): GoalsStore {
  const all = new Map<string, StoredGoals>(
    tenantIds.map((id) => [id, { api: goalsSchema.parse({}), file: goalsSchema.parse({}) }]),
  );
  function get(tenantId: string): StoredGoals {
    const found = all.get(tenantId);
    if (found !== undefined) return found;
    throw new AppError('tenant_unknown', `There is no tenant ${tenantId}.`, { status: 404 });
  }
  const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
    left.name < right.name ? -1 : 1;
  function sorted({ budgets, seatPrices, targets }: Goals): Goals {
    return {
      targets: targets.toSorted(byName),
      budgets: budgets.toSorted(byName),
      seatPrices: seatPrices.toSorted(byName),
    };
  }
  return {
    read(tenantId) {
      const found = all.get(tenantId);
      const none = goalsSchema.parse({});
      return Promise.resolve(structuredClone(found ?? { api: none, file: none }));
    },
    async replace(tenantId, origin, goals) {
      all.set(tenantId, { ...get(tenantId), [origin]: sorted(structuredClone(goals)) });
    },
    async put(tenantId, { goal, kind }) {
      const { api, file } = get(tenantId);
      const kept = api[kind].filter(({ name }) => name !== goal.name);
      const changed = goalsSchema.parse({ ...api, [kind]: [...kept, goal] });
      all.set(tenantId, { file, api: sorted(changed) });
    },
    async remove(tenantId, kind, name) {
      const { api, file } = get(tenantId);
      const kept = api[kind].filter((goal) => goal.name !== name);
      if (kept.length === api[kind].length) return false;
      all.set(tenantId, { file, api: { ...api, [kind]: kept } });
      return true;
    },
  };
}
