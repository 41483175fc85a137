import { budgetSchema, goalKinds, seatPriceSchema, targetSchema, type GoalKind } from '@coditect/contracts';
import type { z } from 'zod';
import { AppError } from './errors.js';
import type { NamedGoal } from './goals.js';

/** Reads the list of an address such as `/v1/goals/budgets/all`. Throws 404 `goal_kind_unknown`. */
export function parseGoalKind(text: string): GoalKind {
  const kind = goalKinds.find((name) => name === text);
  if (kind !== undefined) return kind;
  throw new AppError('goal_kind_unknown', `There are: ${goalKinds.join(', ')}.`, { status: 404 });
}

/** A goal of a list under the name of its address, which a body may leave out and may not contradict. */
export function namedGoalSchema(kind: GoalKind, name: string): z.ZodType<NamedGoal> {
  const named = targetSchema.shape.name
    .prefault(name)
    .refine((given) => given === name, `must be "${name}", as in the address`);
  switch (kind) {
    case 'targets':
      return targetSchema.extend({ name: named }).transform((goal) => ({ kind, goal }));
    case 'budgets':
      return budgetSchema.extend({ name: named }).transform((goal) => ({ kind, goal }));
    case 'seatPrices':
      return seatPriceSchema.extend({ name: named }).transform((goal) => ({ kind, goal }));
  }
}
