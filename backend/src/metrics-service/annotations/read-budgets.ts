import type { Annotation, Budget, Filter, Notice } from '@coditect/contracts';
import { chooseBudget, isSameScope, type Scope } from '../../kpis/goals/choose-goals.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import { refuse } from '../../metric-queries/refuse.js';
import { checkTimeZone } from '../../metric-queries/check-range.js';
import { estimateBuckets, type Range } from '../../metric-queries/time/buckets.js';
import type { GoalsReader } from '../../platform/goals.js';
import { monthsOf, type Month } from '../budgets/month.js';
import { filtersOf, type CostReader } from '../budgets/read-cost.js';
import type { AnnotationReader, AskedAnnotations } from './annotation-reader.js';

export interface BudgetsReaderOptions {
  readonly goals: GoalsReader;
  readonly cost: CostReader;
  readonly limits: QueryLimits;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
}

/** Groups that have a budget of their own, of which the cost is read one after the other. */
const scopesMax = 50;

/**
 * When the cost of a month passed a share of its budget, to the hour; to the day in a range of too many hours. What was
 * passed in the hour in which the range begins is told at its beginning: where else in that hour, nobody knows.
 */
export function createBudgetsReader({
  cost,
  goals,
  limits,
  watermark,
}: BudgetsReaderOptions): AnnotationReader {
  return async (asked, signal) => {
    const { asOfMs, query, selection, tenant } = asked;
    checkOperators(query.filters);
    const { budgets } = await goals.read(tenant.id);
    const wanted = budgets.filter(({ scope }) => query.filters.every((filter) => letsThrough(filter, scope)));
    const scopes = listScopes(wanted);
    const months = monthsOf(selection, checkTimeZone(tenant.timeZone));
    const range = { fromMs: months[0]?.startMs ?? selection.fromMs, toMs: selection.toMs };
    const interval = estimateBuckets(range, '1h') < limits.pointsMax ? '1h' : '1d';
    const tables = new Set<string>();
    const found: Annotation[] = [];
    for (const scope of scopes.slice(0, scopesMax)) {
      const question = { range, interval, filters: filtersOf(scope) } as const;
      const { costs, sources } = await cost.read(
        tenant,
        question,
        { asOfMs, watermarkMs: watermark() },
        signal,
      );
      for (const source of sources) tables.add(source);
      const budgetOf = (month: Month): Budget | undefined => chooseBudget(wanted, scope, month.name);
      found.push(...annotate(months, costs, { range: selection, budgetOf, interval }));
    }
    const inRange = found.filter((annotation) => hasWords(annotation, asked));
    const latestFirst = inRange.toSorted((left, right) => (left.time > right.time ? -1 : 1));
    return {
      annotations: latestFirst.slice(0, query.limit),
      found: inRange.length,
      tables: [...tables],
      notices: noticesOf(scopes.length),
    };
  };
}

/** A budget is of one value of a dimension. Throws 422 `operator_not_allowed`. */
function checkOperators(filters: readonly Filter[]): void {
  const index = filters.findIndex(({ operator }) => operator !== '=' && operator !== 'in');
  if (index < 0) return;
  const pointer = `/filters/${index}/operator`;
  throw refuse('operator_not_allowed', 'Budgets are chosen by the values of their scope: take "=" or "in".', {
    pointer,
  });
}

function letsThrough({ dimension, value }: Filter, scope: Scope): boolean {
  const own = Object.hasOwn(scope, dimension) ? scope[dimension] : undefined;
  return own !== undefined && (Array.isArray(value) ? value.includes(own) : value === own);
}

function listScopes(budgets: readonly Budget[]): readonly Scope[] {
  const scopes: Scope[] = [];
  for (const { scope } of budgets) {
    if (!scopes.some((known) => isSameScope(known, scope))) scopes.push(scope);
  }
  return scopes;
}

function annotate(
  months: readonly Month[],
  costs: ReadonlyMap<number, number>,
  {
    budgetOf,
    interval,
    range,
  }: {
    readonly range: Range;
    readonly budgetOf: (month: Month) => Budget | undefined;
    readonly interval: '1h' | '1d';
  },
): readonly Annotation[] {
  const startsMs = [...costs.keys()];
  // The last bucket reaches to the end of the range.
  const isInRange = (startMs: number): boolean =>
    startMs < range.toMs && (startsMs.find((nextMs) => nextMs > startMs) ?? range.toMs) > range.fromMs;
  return months.flatMap((month) => {
    const budget = budgetOf(month);
    if (budget === undefined) return [];
    const ofMonth = [...costs].filter(([startMs]) => startMs >= month.startMs && startMs < month.endMs);
    return findPassings(ofMonth, budget)
      .filter(({ atMs }) => isInRange(atMs))
      .map(({ atMs, share }) =>
        toAnnotation({ atMs: Math.max(atMs, range.fromMs), share, budget, month, interval }),
      );
  });
}

/** The buckets in which a month's cost came to each share of its budget. Buckets are in order of time. */
export function findPassings(
  costs: readonly (readonly [startMs: number, cost: number])[],
  { monthlyUsd, warnAt }: Pick<Budget, 'monthlyUsd' | 'warnAt'>,
): readonly { readonly atMs: number; readonly share: number }[] {
  const waiting = [...new Set(warnAt)].toSorted((left, right) => left - right);
  const passings: { atMs: number; share: number }[] = [];
  let spent = 0;
  for (const [atMs, cost] of costs) {
    spent += cost;
    // A sum of tenths may fall short of what it comes to by its last bit.
    while (waiting[0] !== undefined && spent >= waiting[0] * monthlyUsd * (1 - 1e-12)) {
      passings.push({ atMs, share: waiting[0] });
      waiting.shift();
    }
  }
  return passings;
}

function toAnnotation(passing: {
  readonly atMs: number;
  readonly share: number;
  readonly budget: Budget;
  readonly month: Month;
  readonly interval: '1h' | '1d';
}): Annotation {
  const { atMs, budget, interval, month, share } = passing;
  const percent = `${Number((share * 100).toFixed(2))} %`;
  const scope = Object.entries(budget.scope).map(([name, value]) => `${name} ${value}`);
  const ofWhat = scope.length === 0 ? '' : ` of ${scope.join(', ')}`;
  const when = interval === '1h' ? 'in this hour' : 'on this day';
  return {
    time: new Date(atMs).toISOString(),
    title: `Budget ${budget.name}: ${percent}`,
    text: `The cost${ofWhat} in ${month.name} came to ${percent} of ${budget.monthlyUsd} USD ${when}.`,
    tags: ['budget', budget.name, share >= 1 ? 'exceeded' : 'warning'],
  };
}

function hasWords({ text, title }: Annotation, { selection }: AskedAnnotations): boolean {
  const line = `${title} ${text}`.toLowerCase();
  return selection.words.every((word) => line.includes(word.toLowerCase()));
}

function noticesOf(scopes: number): readonly Notice[] {
  if (scopes <= scopesMax) return [];
  const text = `Budgets of ${scopesMax} of ${scopes} groups are shown. Take a filter for others.`;
  return [{ severity: 'warning', code: 'budgets_left_out', text }];
}
