import { z } from 'zod';

const nameSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'small letters, digits, ".", "_" and "-"');
const localDateSchema = z.iso.date();

/** To which groups something applies: values of dimensions, all of them. Empty is the whole tenant. */
const scopeSchema = z.record(z.string().min(1).max(64), z.string().max(256)).default({});

/**
 * What a KPI is meant to be. Of several, the one with the most dimensions of scope that fits counts, then the one whose
 * `from` is latest. `by` says when it is to be reached, which makes a pace.
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

/** USD for each calendar month in the tenant's zone. `warnAt` are shares of it that are told as annotations. */
export const budgetSchema = z.strictObject({
  name: nameSchema,
  monthlyUsd: z.number().positive(),
  scope: scopeSchema,
  from: localDateSchema.optional(),
  warnAt: z.array(z.number().positive().max(10)).max(10).default([0.8, 1]),
});
export type Budget = z.infer<typeof budgetSchema>;

/** USD for a seat and month, from a local day on. */
export const seatPriceSchema = z.strictObject({
  name: nameSchema,
  monthlyUsd: z.number().min(0),
  from: localDateSchema.optional(),
});
export type SeatPrice = z.infer<typeof seatPriceSchema>;

/** `GET` and `PUT /v1/tenants/{tenant}/goals`, and a file of `provisioning/goals/<tenant>.yaml`: all of a tenant's at once. */
export const goalsSchema = z.strictObject({
  targets: z.array(targetSchema).max(1_000).default([]),
  budgets: z.array(budgetSchema).max(200).default([]),
  seatPrices: z.array(seatPriceSchema).max(100).default([]),
});
export type Goals = z.infer<typeof goalsSchema>;
export type GoalsInput = z.input<typeof goalsSchema>;

/** The target that an answer is held against. Of the whole tenant, or of the groups that the question's filters name. */
export const answerTargetSchema = z.object({
  name: z.string(),
  value: z.number(),
  /** Local days. */
  from: z.string().optional(),
  by: z.string().optional(),
});
export type AnswerTarget = z.infer<typeof answerTargetSchema>;
