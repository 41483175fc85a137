import { goalsSchema, type GoalProblem, type Goals } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { AuditTrail } from '../../platform/audit-trail.js';
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
import { describeChange } from '../own/kpi-changes.js';
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
  /** Who writes into the audit log what has changed. Without it nobody does. */
  readonly trail?: Pick<AuditTrail, 'record'> | undefined;
}

/** What came of a tenant's file. */
interface Settled {
  readonly text: string | undefined;
  readonly fault: string | undefined;
  readonly kpis: readonly Kpi[];
  readonly wrong: readonly YamlIssue[];
}

export interface GoalsLoader {
  /**
   * Puts `<tenant>.yaml` of a folder in the place of the goals that came from files before; a tenant whose file has gone
   * has none. A file with a mistake changes nothing, and keeps no other from being loaded. Throws `YamlError` with all
   * mistakes, or a retryable `AppError` `tenant_unknown` while a tenant is not there yet. Loading the same again is
   * harmless, and looks at no file again that is as it was, with KPIs as they were.
   */
  load(files: readonly YamlText[]): Promise<void>;
  /** What was wrong with a tenant's files when they were loaded last. Says nothing of where the folder is. */
  problemsOf(tenantId: string): readonly GoalProblem[];
}

export function createGoalsLoader({ kpisOf, listTenants, store, trail }: GoalsLoaderOptions): GoalsLoader {
  let problems: ReadonlyMap<string, readonly GoalProblem[]> = new Map();
  let settled: ReadonlyMap<string, Settled> = new Map();

  async function put(tenantId: string, goals: Goals): Promise<void> {
    const { file } = await store.read(tenantId);
    if (canonicalText(file) === canonicalText(goals)) return;
    const replace = (): Promise<void> => store.replace(tenantId, 'file', goals);
    if (trail === undefined) return replace();
    const actor = { kind: 'process', name: 'files of goals' } as const;
    const details = describeChange(toKnown(file), toKnown(goals)) ?? {};
    await trail.record({ tenantId, actor, action: 'goals.changed', details }, replace);
  }

  /** Answers with what is wrong. */
  async function loadOne(
    tenantId: string,
    found: YamlText | undefined,
    kpis: readonly Kpi[],
  ): Promise<readonly YamlIssue[]> {
    try {
      const goals =
        found === undefined ? goalsSchema.parse({}) : parseGoals(found.path, textOf(found, found.path), kpis);
      await put(tenantId, goals);
      return [];
    } catch (error) {
      if (error instanceof YamlError) return error.issues;
      throw error;
    }
  }

  /** The same, by what is known where nothing has changed: a file that is faulty is loaded again at each look. */
  async function settle(tenantId: string, found: YamlText | undefined): Promise<Settled> {
    const kpis = kpisOf(tenantId);
    const { fault, text } = found ?? {};
    const known = settled.get(tenantId);
    if (known?.kpis === kpis && known.text === text && known.fault === fault) return known;
    return { text, fault, kpis, wrong: await loadOne(tenantId, found, kpis) };
  }

  return {
    problemsOf: (tenantId) => problems.get(tenantId) ?? [],
    async load(files) {
      const { fileOf, strays } = assignFiles(files);
      const issues = strays.map(({ issue }) => issue);
      const ofTenants = new Map<string, readonly GoalProblem[]>();
      const ofLooks = new Map<string, Settled>();
      for (const { id } of await listTenants()) {
        const found = fileOf.get(id);
        fileOf.delete(id);
        const look = await settle(id, found);
        ofLooks.set(id, look);
        issues.push(...look.wrong);
        ofTenants.set(id, [
          ...look.wrong.map(({ line, reason }) => ({ file: found?.name ?? '', line, reason })),
          ...strays
            .filter(({ tenantId }) => tenantId === id)
            .map(({ issue: { line, reason }, name }) => ({ file: name, line, reason })),
        ]);
      }
      settled = ofLooks;
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

/** A file that can not count. */
interface Stray {
  /** Whose it would be by its name. */
  readonly tenantId: string;
  readonly name: string;
  readonly issue: YamlIssue;
}

function assignFiles(files: readonly YamlText[]): {
  readonly fileOf: Map<string, YamlText>;
  readonly strays: readonly Stray[];
} {
  const fileOf = new Map<string, YamlText>();
  const strays: Stray[] = [];
  for (const file of files) {
    const { name, path } = file;
    const [tenantId = '', inner] = name.replace(/\.ya?ml$/, '').split('/');
    const refuse = (reason: string): unknown =>
      strays.push({ tenantId, name, issue: { file: path, line: 1, reason } });
    const first = fileOf.get(tenantId);
    if (inner !== undefined) refuse('Goals are one file for each tenant, named TENANT.yaml.');
    else if (first === undefined) fileOf.set(tenantId, file);
    else refuse(`This tenant has another file of goals, ${first.name}: that one counts.`);
  }
  return { fileOf, strays };
}

/** Each goal by what it is and its name, with all that it says. */
function toKnown({ budgets, seatPrices, targets }: Goals): Readonly<Record<string, string>> {
  const kinds = Object.entries({ target: targets, budget: budgets, 'price of seats': seatPrices });
  return Object.fromEntries(
    kinds.flatMap(([kind, goals]) =>
      goals.map((goal) => [`${kind} ${goal.name}`, JSON.stringify(goal)] as const),
    ),
  );
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
