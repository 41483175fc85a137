import { goalsSchema, type GoalProblem, type Goals } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { GoalsStore } from '../../platform/goals.js';
import {
  parseYaml,
  readYamlAs,
  textOf,
  YamlError,
  type YamlIssue,
  type YamlText,
} from '../../platform/yaml-files.js';
import type { Kpi } from '../kpi.js';
import { findGoalIssues } from './check-goals.js';

/** Reads and checks a file of goals. Throws `YamlError` with the line of every mistake. */
export function parseGoals(file: string, text: string, kpis: readonly Kpi[]): Goals {
  const document = parseYaml(file, text);
  // A file in which everything is commented out says that there are none.
  const goals = document.value === null ? goalsSchema.parse({}) : readYamlAs(goalsSchema, document);
  const issues = findGoalIssues(goals, kpis);
  if (issues.length === 0) return goals;
  throw new YamlError(
    issues.map(({ path, reason }) => ({
      file,
      line: document.lineOf(path),
      reason: `${path.join('.')}: ${reason}`,
    })),
  );
}

export interface GoalsLoaderOptions {
  readonly store: Pick<GoalsStore, 'read' | 'replace'>;
  readonly listTenants: () => Promise<readonly { readonly id: string }[]>;
  readonly kpisOf: (tenantId: string) => readonly Kpi[];
}

export interface GoalsLoader {
  /**
   * Puts `<tenant>.yaml` of a folder in the place of the goals that came from files before; a tenant whose file has gone
   * has none. A file with a mistake changes nothing, and keeps no other from being loaded. Throws `YamlError` with all
   * mistakes, or a retryable `AppError` `tenant_unknown` while a tenant is not there yet. Loading the same again is
   * harmless.
   */
  load(files: readonly YamlText[]): Promise<void>;
  /** What was wrong with a tenant's file when it was loaded last. Says nothing of where the folder is. */
  problemsOf(tenantId: string): readonly GoalProblem[];
}

export function createGoalsLoader({ kpisOf, listTenants, store }: GoalsLoaderOptions): GoalsLoader {
  let problems: ReadonlyMap<string, readonly GoalProblem[]> = new Map();

  async function put(tenantId: string, goals: Goals): Promise<void> {
    const { file } = await store.read(tenantId);
    if (canonicalText(file) !== canonicalText(goals)) await store.replace(tenantId, 'file', goals);
  }

  /** Answers with what is wrong. */
  async function loadOne(tenantId: string, found: YamlText | undefined): Promise<readonly YamlIssue[]> {
    try {
      const goals =
        found === undefined
          ? goalsSchema.parse({})
          : parseGoals(found.path, textOf(found, found.path), kpisOf(tenantId));
      await put(tenantId, goals);
      return [];
    } catch (error) {
      if (error instanceof YamlError) return error.issues;
      throw error;
    }
  }

  return {
    problemsOf: (tenantId) => problems.get(tenantId) ?? [],
    async load(files) {
      const { fileOf, issues } = assignFiles(files);
      const ofTenants = new Map<string, readonly GoalProblem[]>();
      for (const { id } of await listTenants()) {
        const found = fileOf.get(id);
        fileOf.delete(id);
        const wrong = await loadOne(id, found);
        issues.push(...wrong);
        ofTenants.set(
          id,
          wrong.map(({ line, reason }) => ({ file: found?.name ?? '', line, reason })),
        );
      }
      problems = ofTenants;
      if (issues.length > 0) throw new YamlError(issues);
      if (fileOf.size > 0) throw createWaiting([...fileOf.values()]);
    },
  };
}

function createWaiting(files: readonly YamlText[]): AppError {
  const reason = `There is no such tenant yet for the goals in ${files.map(({ path }) => path).join(', ')}.`;
  return new AppError('tenant_unknown', reason, { status: 404, retryable: true });
}

function assignFiles(files: readonly YamlText[]): {
  readonly fileOf: Map<string, YamlText>;
  readonly issues: YamlIssue[];
} {
  const fileOf = new Map<string, YamlText>();
  const issues: YamlIssue[] = [];
  for (const file of files) {
    const tenantId = file.name.replace(/\.ya?ml$/, '');
    const refuse = (reason: string): unknown => issues.push({ file: file.path, line: 1, reason });
    if (tenantId.includes('/')) refuse('Goals are one file for each tenant, named TENANT.yaml.');
    else if (fileOf.has(tenantId)) refuse('This tenant has another file of goals.');
    else fileOf.set(tenantId, file);
  }
  return { fileOf, issues };
}

/** Equal for equal goals: in the order of their names, with the fields in the order of the schema. */
function canonicalText({ budgets, seatPrices, targets }: Goals): string {
  const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
    left.name < right.name ? -1 : 1;
  return JSON.stringify(
    goalsSchema.parse({
      targets: targets.toSorted(byName),
      budgets: budgets.toSorted(byName),
      seatPrices: seatPrices.toSorted(byName),
    }),
  );
}
