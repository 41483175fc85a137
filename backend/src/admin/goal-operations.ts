import type { GoalKind, Goals, StoredGoals } from '@coditect/contracts';
import type { GoalSettings, NamedGoal } from '../platform/goals.js';

/** Goals of a tenant, by its id or by its name. Each answers with all of them as they are then. */
export interface GoalOperations {
  getGoals(idOrName: string): Promise<StoredGoals>;
  /** Replaces those that came from no file. */
  replaceGoals(idOrName: string, goals: Goals): Promise<StoredGoals>;
  putGoal(idOrName: string, named: NamedGoal): Promise<StoredGoals>;
  removeGoal(idOrName: string, kind: GoalKind, name: string): Promise<StoredGoals>;
}

export function createGoalOperations(
  goals: GoalSettings,
  getId: (idOrName: string) => Promise<string>,
): GoalOperations {
  return {
    getGoals: async (idOrName) => goals.get(await getId(idOrName)),
    replaceGoals: async (idOrName, wanted) => goals.replace(await getId(idOrName), wanted),
    putGoal: async (idOrName, named) => goals.put(await getId(idOrName), named),
    removeGoal: async (idOrName, kind, name) => goals.remove(await getId(idOrName), kind, name),
  };
}
