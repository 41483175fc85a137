import { goalKinds, type GoalKind, type Goals, type Target } from '@coditect/contracts';
import { kpiDimensions, type Kpi } from '../kpi.js';
import { findNearestName } from '../nearest-name.js';

/** A mistake in goals, with the way to it: list, position, field. */
export interface GoalIssue {
  readonly path: readonly [kind: GoalKind, index: number, ...fields: string[]];
  readonly code: string;
  readonly reason: string;
}

/** What budgets are held against. */
export const budgetMetric = 'cost';

/** Everything that is wrong with goals of a tenant that has these KPIs. */
export function findGoalIssues(goals: Goals, kpis: readonly Kpi[]): readonly GoalIssue[] {
  return [
    ...goals.targets.flatMap((target, index) => checkTarget(target, index, kpis)),
    ...goals.budgets.flatMap(({ scope }, index) =>
      checkScope(scope, ['budgets', index], findKpi(kpis, budgetMetric)),
    ),
    ...goalKinds.flatMap((kind) => findRepeated(kind, goals)),
    ...findAmbiguous(goals),
  ];
}

function findKpi(kpis: readonly Kpi[], id: string): Kpi | undefined {
  return kpis.find((kpi) => kpi.id === id);
}

function checkTarget(target: Target, index: number, kpis: readonly Kpi[]): readonly GoalIssue[] {
  const path = ['targets', index] as const;
  const kpi = findKpi(kpis, target.metric);
  if (kpi === undefined) {
    const nearest = findNearestName(
      target.metric,
      kpis.map(({ id }) => id),
    );
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    const reason = `There is no KPI "${target.metric}".${hint}`;
    return [{ path: [...path, 'metric'], code: 'metric_unknown', reason }];
  }
  return [
    ...checkScope(target.scope, path, kpi),
    ...checkValue(target, path, kpi),
    ...checkDates(target, path),
  ];
}

type GoalPath = readonly [kind: GoalKind, index: number];

function checkScope(
  scope: Readonly<Record<string, string>>,
  path: GoalPath,
  kpi: Kpi | undefined,
): readonly GoalIssue[] {
  if (kpi === undefined) return [];
  return Object.keys(scope)
    .filter((name) => !kpi.dimensions.some((dimension) => dimension === name))
    .map((name) => {
      const isKnown = kpiDimensions.some((dimension) => dimension === name);
      const what = isKnown ? `${kpi.id} can't be split by "${name}".` : `There is no dimension "${name}".`;
      return {
        path: [...path, 'scope', name],
        code: isKnown ? 'dimension_not_allowed' : 'dimension_unknown',
        reason: `${what} It takes: ${kpi.dimensions.join(', ')}.`,
      };
    });
}

/** A share of 95 is a slip of who thinks in per cent, and no answer would ever reach it. */
function checkValue({ value }: Target, path: GoalPath, kpi: Kpi): readonly GoalIssue[] {
  if (kpi.unit !== 'ratio' || (value >= 0 && value <= 1)) return [];
  const reason = `${kpi.id} is a share from 0 to 1: 95 % is 0.95.`;
  return [{ path: [...path, 'value'], code: 'value_out_of_range', reason }];
}

function checkDates({ by, from }: Target, path: GoalPath): readonly GoalIssue[] {
  if (from === undefined || by === undefined || from <= by) return [];
  return [{ path: [...path, 'by'], code: 'by_before_from', reason: `${by} is before ${from}.` }];
}

function findRepeated(kind: GoalKind, goals: Goals): readonly GoalIssue[] {
  const names = goals[kind].map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: [kind, index, 'name'] as const,
            code: 'goal_repeated',
            reason: `"${name}" is in the list already.`,
          },
        ],
  );
}

/** Two that count from the same day on for the same: nothing would say which. */
function findAmbiguous({ budgets, seatPrices, targets }: Goals): readonly GoalIssue[] {
  return [
    ...findEqual('targets', targets, ({ from, metric, scope }) => [metric, scopeKey(scope), from]),
    ...findEqual('budgets', budgets, ({ from, scope }) => [scopeKey(scope), from?.slice(0, 7)]),
    ...findEqual('seatPrices', seatPrices, ({ from }) => [from]),
  ];
}

function findEqual<T extends { readonly name: string }>(
  kind: GoalKind,
  goals: readonly T[],
  keyOf: (goal: T) => readonly unknown[],
): readonly GoalIssue[] {
  const seen = new Map<string, string>();
  return goals.flatMap((goal, index) => {
    const key = JSON.stringify(keyOf(goal));
    const other = seen.get(key);
    if (other === undefined || other === goal.name) {
      seen.set(key, goal.name);
      return [];
    }
    const reason = `"${goal.name}" and "${other}" count for the same from the same day on: change "from" or "scope".`;
    return [{ path: [kind, index] as const, code: 'goal_ambiguous', reason }];
  });
}

function scopeKey(scope: Readonly<Record<string, string>>): unknown {
  return Object.entries(scope).toSorted(([left], [right]) => (left < right ? -1 : 1));
}
