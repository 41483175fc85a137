import type {
  AnswerTarget,
  Budget,
  Filter,
  Goals,
  SeatPrice,
  StoredGoals,
  Target,
} from '@coditect/contracts';

/** Values of dimensions, all of them. Empty is the whole tenant. */
export type Scope = Readonly<Record<string, string>>;

/** Goals as they count: the file's first, then the API's of other names. */
export function mergeGoals({ api, file }: StoredGoals): Goals {
  return {
    targets: mergeByName(file.targets, api.targets),
    budgets: mergeByName(file.budgets, api.budgets),
    seatPrices: mergeByName(file.seatPrices, api.seatPrices),
  };
}

function mergeByName<T extends { readonly name: string }>(first: readonly T[], second: readonly T[]): T[] {
  const names = new Set(first.map(({ name }) => name));
  return [...first, ...second.filter(({ name }) => !names.has(name))];
}

/**
 * The group that filters leave when they name it value by value: `=`, or `in` with one value. `undefined` when they leave
 * something else, such as two teams, or nothing at all.
 */
export function pinScope(
  filters: readonly Pick<Filter, 'dimension' | 'operator' | 'value'>[],
): Scope | undefined {
  const pinned = new Map<string, string>();
  for (const { dimension, operator, value } of filters) {
    if (operator !== '=' && operator !== 'in') return undefined;
    const values = new Set(typeof value === 'string' ? [value] : value);
    const [only] = values;
    if (only === undefined || values.size > 1 || (pinned.get(dimension) ?? only) !== only) return undefined;
    pinned.set(dimension, only);
  }
  return Object.fromEntries(pinned);
}

export function isSameScope(left: Scope, right: Scope): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && left[name] === right[name])
  );
}

/**
 * The target of a KPI for exactly this group. `lastDay` is the last local day of the question's range: a target that
 * begins later is none yet. Days are ISO dates, which sort as texts.
 */
export function chooseTarget(
  targets: readonly Target[],
  question: { readonly metric: string; readonly scope: Scope; readonly lastDay: string },
): Target | undefined {
  const fitting = targets.filter(
    ({ metric, scope }) => metric === question.metric && isSameScope(scope, question.scope),
  );
  return latestOf(fitting, ({ from }) => from === undefined || from <= question.lastDay);
}

/** The budget for exactly this group in a month such as `2026-03`. */
export function chooseBudget(budgets: readonly Budget[], scope: Scope, month: string): Budget | undefined {
  const fitting = budgets.filter((budget) => isSameScope(budget.scope, scope));
  return latestOf(fitting, (budget) => isInForce(budget, month));
}

/** From the month of its `from` on. */
export function isInForce({ from }: Pick<Budget, 'from'>, month: string): boolean {
  return from === undefined || from.slice(0, 7) <= month;
}

/** The price of a seat on a local day. */
export function findSeatPrice(prices: readonly SeatPrice[], day: string): SeatPrice | undefined {
  return latestOf(prices, ({ from }) => from === undefined || from <= day);
}

/** Of equal ones the first. One without `from` has begun before all others. */
function latestOf<T extends { readonly from?: string | undefined }>(
  goals: readonly T[],
  hasBegun: (goal: T) => boolean,
): T | undefined {
  let latest: T | undefined;
  for (const goal of goals) {
    if (!hasBegun(goal)) continue;
    if (latest === undefined || (goal.from ?? '') > (latest.from ?? '')) latest = goal;
  }
  return latest;
}

/** As it travels with an answer. */
export function toAnswerTarget({ by, from, name, value }: Target): AnswerTarget {
  return { name, value, ...(from !== undefined && { from }), ...(by !== undefined && { by }) };
}
