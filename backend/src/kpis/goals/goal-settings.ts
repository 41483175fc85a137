import {
  goalsSchema,
  targetSchema,
  type GoalProblem,
  type Goals,
  type StoredGoals,
} from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { GoalSettings, GoalsStore, NamedGoal } from '../../platform/goals.js';
import type { Kpi } from '../kpi.js';
import { findGoalIssues, type GoalIssue } from './check-goals.js';

export interface GoalSettingsOptions {
  readonly store: GoalsStore;
  /** Shipped ones and the tenant's own. */
  readonly kpisOf: (tenantId: string) => readonly Kpi[];
  /** What is wrong with the tenant's file. */
  readonly problemsOf?: (tenantId: string) => readonly GoalProblem[];
}

/** Nothing is stored that no answer could be held against. */
export function createGoalSettings({ kpisOf, problemsOf, store }: GoalSettingsOptions): GoalSettings {
  async function read(tenantId: string): Promise<StoredGoals> {
    const problems = problemsOf?.(tenantId) ?? [];
    return { ...(await store.read(tenantId)), ...(problems.length > 0 && { problems: [...problems] }) };
  }
  return {
    get: read,
    async replace(tenantId, goals) {
      const [issue] = findGoalIssues(goals, kpisOf(tenantId));
      if (issue !== undefined) throw refuse(issue, issue.path);
      await store.replace(tenantId, 'api', goals);
      return read(tenantId);
    },
    async put(tenantId, named) {
      const { api } = await store.read(tenantId);
      const { goals, index } = withGoal(api, named);
      const mine = findGoalIssues(goals, kpisOf(tenantId)).find(
        ({ path }) => path[0] === named.kind && path[1] === index,
      );
      if (mine !== undefined) throw refuse(mine, mine.path.slice(2));
      await store.put(tenantId, named);
      return read(tenantId);
    },
    async remove(tenantId, kind, name) {
      // What is no name is not asked for: the store takes no text with a NUL.
      const isName = targetSchema.shape.name.safeParse(name).success;
      if (isName && (await store.remove(tenantId, kind, name))) return read(tenantId);
      const { file } = await store.read(tenantId);
      const shown = JSON.stringify(name.slice(0, 64));
      if (file[kind].some((goal) => goal.name === name)) {
        const reason = `${shown} comes from a file of provisioning: remove it there.`;
        throw new AppError('goal_from_file', reason, { status: 409 });
      }
      throw new AppError('goal_unknown', `There is no ${shown} among the ${kind}.`, { status: 404 });
    },
  };
}

/** The goals with one more, at the end: what is wrong with two of them is said of the new one. */
function withGoal(api: Goals, { goal, kind }: NamedGoal): { readonly goals: Goals; readonly index: number } {
  const others = api[kind].filter(({ name }) => name !== goal.name);
  const { data } = goalsSchema.safeParse({ ...api, [kind]: [...others, goal] });
  if (data !== undefined) return { goals: data, index: others.length };
  throw new AppError('too_many_goals', `There are as many ${kind} as a tenant may have.`, {
    status: 422,
    limit: others.length,
  });
}

function refuse({ code, reason }: GoalIssue, path: readonly (string | number)[]): AppError {
  const pointer = path.map((step) => `/${String(step)}`).join('');
  return new AppError(code, reason, { status: 422, pointer });
}
