import { z } from 'zod';

const nameSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'small letters, digits, ".", "_" and "-"');
const localDateSchema = z.iso.date();

const scopeRecordSchema = z.record(z.string().min(1).max(64), z.string().max(256));

/** To which groups something applies: values of dimensions, all of them. Empty is the whole tenant. */
const scopeSchema = z
  .preprocess((scope, context) => {
    // A record leaves this name out without a word, and what is meant for a group would count for the whole tenant.
    if (typeof scope === 'object' && scope !== null && Object.hasOwn(scope, '__proto__'))
      context.addIssue({
        code: 'custom',
        path: ['__proto__'],
        message: 'There is no dimension "__proto__".',
      });
    return scope;
  }, scopeRecordSchema)
  .default({});

/**
 * What a KPI is meant to be, for the whole tenant or for the group that `scope` names: it counts for questions whose
 * filters pin down exactly that group. Of several, the one whose `from` is latest counts, among those that have begun by
 * the end of the question's range. `by` says when it is to be reached, which makes a pace.
 */
export const targetSchema = z.strictObject({
  name: nameSchema,
  metric: z.string().min(1).max(64),
  value: z.number(),
  scope: scopeSchema,
  from: localDateSchema.optional(),
  by: localDateSchema.optional(),
});
export type Target = z.infer<typeof targetSchema>;

/**
 * USD for each calendar month in the tenant's zone, from the month of `from` on; of several for one scope, the one whose
 * `from` is latest counts. `warnAt` are shares of it that are told as annotations.
 */
export const budgetSchema = z.strictObject({
  name: nameSchema,
  monthlyUsd: z.number().positive().max(1e12),
  scope: scopeSchema,
  from: localDateSchema.optional(),
  warnAt: z.array(z.number().positive().max(10)).max(10).default([0.8, 1]),
});
export type Budget = z.infer<typeof budgetSchema>;

/** USD for a seat and month, from a local day on; of several, the one whose `from` is latest counts. */
export const seatPriceSchema = z.strictObject({
  name: nameSchema,
  monthlyUsd: z.number().min(0).max(1e9),
  from: localDateSchema.optional(),
});
export type SeatPrice = z.infer<typeof seatPriceSchema>;

/** `PUT /v1/goals`, and a file `provisioning/goals/<tenant>.yaml`: all of a tenant's at once. Names are unique within a list. */
export const goalsSchema = z.strictObject({
  targets: z.array(targetSchema).max(1_000).default([]),
  budgets: z.array(budgetSchema).max(200).default([]),
  seatPrices: z.array(seatPriceSchema).max(100).default([]),
});
export type Goals = z.infer<typeof goalsSchema>;
export type GoalsInput = z.input<typeof goalsSchema>;

/** Its lists. */
export const goalKinds = ['targets', 'budgets', 'seatPrices'] as const satisfies readonly (keyof Goals)[];
export type GoalKind = (typeof goalKinds)[number];

/** A mistake in a file of goals, which keeps all of the file from counting. Lines count from 1. */
export const goalProblemSchema = z.object({ file: z.string(), line: z.int(), reason: z.string() });
export type GoalProblem = z.infer<typeof goalProblemSchema>;

/**
 * `GET /v1/goals`: by where they come from. `api` is what `PUT` replaces. Of two of one kind and name the one of `file`
 * counts, and the other one waits.
 */
export const storedGoalsSchema = z.object({
  api: goalsSchema,
  file: goalsSchema,
  /** What is wrong with the tenant's file as it is now; absent where nothing is. */
  problems: z.array(goalProblemSchema).optional(),
});
export type StoredGoals = z.infer<typeof storedGoalsSchema>;

/**
 * The target that an answer is held against: of the whole tenant, or of the group that the question's filters pin down.
 * With `groupBy` it is that of all groups together.
 */
export const answerTargetSchema = z.object({
  name: z.string(),
  value: z.number(),
  /** Local days. */
  from: z.string().optional(),
  by: z.string().optional(),
});
export type AnswerTarget = z.infer<typeof answerTargetSchema>;
