import {
  budgetSchema,
  goalsSchema,
  seatPriceSchema,
  targetSchema,
  type GoalKind,
  type Goals,
  type StoredGoals,
} from '@coditect/contracts';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { z } from 'zod';
import type { ControlOperations } from '../admin/operations.js';
import { AppError } from '../platform/errors.js';
import type { GoalOrigin } from '../platform/goals.js';
import { schemaWords } from '../platform/schema-words.js';
import { parseYaml, readYamlAs, YamlError, type YamlDocument } from '../platform/yaml-files.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';
import { readTextFile, resolveFile } from './resolve-file.js';

interface TenantOptions {
  readonly tenant: string;
  readonly json?: boolean;
}
interface TargetOptions extends TenantOptions {
  readonly metric: string;
  readonly value: number;
  readonly scope: Scope;
  readonly from?: string;
  readonly by?: string;
}
interface BudgetOptions extends TenantOptions {
  readonly monthlyUsd: number;
  readonly scope: Scope;
  readonly from?: string;
  readonly warnAt?: readonly number[];
}
interface SeatPriceOptions extends TenantOptions {
  readonly monthlyUsd: number;
  readonly from?: string;
}
type Scope = Readonly<Record<string, string>>;

export interface GoalCommandContext {
  readonly opener: () => OperationsOpener;
  readonly output: Output;
  readonly callersDirectory: string | undefined;
}

const kindOf = { target: 'targets', budget: 'budgets', 'seat-price': 'seatPrices' } as const satisfies Record<
  string,
  GoalKind
>;

/** `goals list`, `set-target`, `set-budget`, `set-seat-price`, `remove`, `import`. */
export function addGoalCommands(program: Command, context: GoalCommandContext): void {
  const goals = program.command('goals').description('targets, budgets and prices of seats of a tenant');
  addTenantCommand(goals, 'list', 'list them, with those of files').action((options: TenantOptions) =>
    change(context, options, (operations) => operations.getGoals(options.tenant)),
  );
  addSetTarget(goals, context);
  addSetBudget(goals, context);
  addSetSeatPrice(goals, context);
  addTenantCommand(goals, 'remove', 'remove one that came from no file')
    .addArgument(new Argument('<kind>', 'what it is').choices(Object.keys(kindOf)))
    .argument('<name>', 'its name')
    .action((kind: keyof typeof kindOf, name: string, options: TenantOptions) =>
      change(context, options, (operations) => operations.removeGoal(options.tenant, kindOf[kind], name)),
    );
  addTenantCommand(goals, 'import', 'replace all that came from no file with those of a YAML or JSON file')
    .argument('<file>', 'lists "targets", "budgets" and "seatPrices"')
    .action(async (file: string, options: TenantOptions) => {
      const path = resolveFile(file, context.callersDirectory);
      const document = parseYaml(file, await readTextFile(path));
      const wanted = readYamlAs(goalsSchema, document);
      await change(context, options, (operations) =>
        replaceAll(operations, options.tenant, wanted, document),
      );
    });
}

function addTenantCommand(goals: Command, name: string, description: string): Command {
  return goals
    .command(name)
    .description(description)
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .option('--json', 'print JSON');
}

function addSetTarget(goals: Command, context: GoalCommandContext): void {
  addTenantCommand(goals, 'set-target', 'say what a KPI is meant to be; replaces the target of this name')
    .argument('<name>', 'such as success-2026')
    .requiredOption('--metric <metric>', 'id of the KPI')
    .requiredOption('--value <number>', 'in its unit; 0.95 for 95 %', parseNumber)
    .option('--scope <dimension=value>', 'of this group only; may be given several times', parseScope, {})
    .option('--from <day>', 'from this local day on, such as 2026-01-01')
    .option('--by <day>', 'to be reached by this local day')
    .action((name: string, { by, from, metric, scope, value, ...options }: TargetOptions) => {
      const goal = parseOption(targetSchema, { name, metric, value, scope, from, by });
      return change(context, options, (operations) =>
        operations.putGoal(options.tenant, { kind: 'targets', goal }),
      );
    });
}

function addSetBudget(goals: Command, context: GoalCommandContext): void {
  addTenantCommand(goals, 'set-budget', 'say what a month may cost; replaces the budget of this name')
    .argument('<name>', 'such as all-2026')
    .requiredOption('--monthly-usd <number>', 'US dollars for each month', parseNumber)
    .option('--scope <dimension=value>', 'of this group only; may be given several times', parseScope, {})
    .option('--from <day>', 'from the month of this local day on')
    .option('--warn-at <shares>', 'shares of it at which to tell, such as 0.8,1', parseShares)
    .action((name: string, { from, monthlyUsd, scope, warnAt, ...options }: BudgetOptions) => {
      const goal = parseOption(budgetSchema, { name, monthlyUsd, scope, from, warnAt });
      return change(context, options, (operations) =>
        operations.putGoal(options.tenant, { kind: 'budgets', goal }),
      );
    });
}

function addSetSeatPrice(goals: Command, context: GoalCommandContext): void {
  addTenantCommand(goals, 'set-seat-price', 'say what a seat costs; replaces the price of this name')
    .argument('<name>', 'such as list-2026')
    .requiredOption('--monthly-usd <number>', 'US dollars for a seat and month', parseNumber)
    .option('--from <day>', 'from this local day on')
    .action((name: string, { from, monthlyUsd, ...options }: SeatPriceOptions) => {
      const goal = parseOption(seatPriceSchema, { name, monthlyUsd, from });
      return change(context, options, (operations) =>
        operations.putGoal(options.tenant, { kind: 'seatPrices', goal }),
      );
    });
}

async function change(
  { opener, output }: GoalCommandContext,
  { json }: Pick<TenantOptions, 'json'>,
  work: (operations: ControlOperations) => Promise<StoredGoals>,
): Promise<void> {
  const stored = await opener().withControl(work);
  output.print(json === true ? JSON.stringify(stored) : formatGoals(stored));
}

/** What the check of the whole refuses is told by the line of the file. */
async function replaceAll(
  operations: ControlOperations,
  tenant: string,
  goals: Goals,
  document: YamlDocument,
): Promise<StoredGoals> {
  try {
    return await operations.replaceGoals(tenant, goals);
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 422 || error.pointer === undefined) throw error;
    const path = error.pointer.split('/').slice(1);
    throw new YamlError([{ file: document.file, line: document.lineOf(path), reason: error.message }]);
  }
}

function parseNumber(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is a number such as 0.95.');
}

function parseShares(text: string): readonly number[] {
  return text.split(',').map(parseNumber);
}

function parseScope(text: string, before: Scope): Scope {
  const at = text.indexOf('=');
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError('It is a dimension and its value, such as team=checkout.');
}

function parseOption<T>(schema: z.ZodType<T>, given: object): T {
  const result = schema.safeParse(given, schemaWords);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = `${(issue?.path ?? []).join('.')}: ${issue?.message ?? 'is not valid'}.`;
  throw new AppError('goal_invalid', reason, { status: 400 });
}

function formatGoals(stored: StoredGoals): string {
  const rows = [...rowsOf(stored, 'file'), ...rowsOf(stored, 'api')];
  const headings = ['KIND', 'NAME', 'WHAT', 'SCOPE', 'FROM', 'BY', 'ORIGIN'];
  const listed = rows.length === 0 ? 'There are none.' : formatTable(headings, rows);
  if (stored.problems === undefined) return listed;
  const problems = stored.problems.map(({ file, line, reason }) => `  ${file}:${line}: ${reason}`);
  return `${listed}\n\nThe file is not loaded as it is now:\n${problems.join('\n')}`;
}

function rowsOf(stored: StoredGoals, origin: GoalOrigin): readonly (readonly string[])[] {
  const { budgets, seatPrices, targets } = stored[origin];
  const originOf = (kind: GoalKind, name: string): string => {
    const waits = origin === 'api' && stored.file[kind].some((goal) => goal.name === name);
    return waits ? 'api (the file counts)' : origin;
  };
  return [
    ...targets.map(({ by = '-', from = '-', metric, name, scope, value }) => {
      const what = `${metric} = ${value}`;
      return ['target', name, what, formatScope(scope), from, by, originOf('targets', name)];
    }),
    ...budgets.map(({ from = '-', monthlyUsd, name, scope, warnAt }) => {
      const what = `${monthlyUsd} USD a month, told at ${warnAt.join(', ')}`;
      return ['budget', name, what, formatScope(scope), from, '-', originOf('budgets', name)];
    }),
    ...seatPrices.map(({ from = '-', monthlyUsd, name }) => {
      const what = `${monthlyUsd} USD a seat and month`;
      return ['seat-price', name, what, 'all', from, '-', originOf('seatPrices', name)];
    }),
  ];
}

function formatScope(scope: Scope): string {
  const parts = Object.entries(scope).map(([name, value]) => `${name}=${value}`);
  return parts.length === 0 ? 'all' : parts.join(', ');
}
