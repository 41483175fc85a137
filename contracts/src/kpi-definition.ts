import { z } from 'zod';
import { intervalSchema, unitSchema } from './query.js';

/** One line for people. */
function lineSchema(charsMax: number): z.ZodString {
  return z
    .string()
    .trim()
    .min(1)
    .max(charsMax)
    .regex(/^\P{Cc}*$/u, 'is one line, without control characters');
}

const valueSchema = z.string().max(256);
const valuesSchema = z.array(valueSchema).min(1).max(100);
const statusCodeSchema = z.int().min(0).max(65_535);
const dimensionSchema = z.string().min(1).max(64);

/** Which events a measure looks at: what is given must all hold. Without anything, every event. */
const whereSchema = z
  .strictObject({
    types: z.array(z.string().min(1).max(256)).min(1).max(50).optional(),
    status: valuesSchema.optional(),
    statusCodeMin: statusCodeSchema.optional(),
    statusCodeMax: statusCodeSchema.optional(),
    /** Dimensions that have a value, whichever. */
    present: z.array(dimensionSchema).min(1).max(8).optional(),
    /** Dimensions that have one of these values. */
    in: z.record(dimensionSchema, valuesSchema).optional(),
  })
  .default({});

/** Quantities of events that add up. */
const definitionColumns = [
  'tokensInput',
  'tokensOutput',
  'tokensCacheRead',
  'tokensCacheCreation',
  'tokensReasoning',
  'costUsd',
  'responseBytes',
] as const;

const countSchema = z.strictObject({ kind: z.literal('count'), where: whereSchema });
const sumSchema = z.strictObject({
  kind: z.literal('sum'),
  columns: z.array(z.enum(definitionColumns)).min(1).max(definitionColumns.length),
  where: whereSchema,
});
const quantileSchema = z.strictObject({
  kind: z.literal('quantile'),
  column: z.literal('durationMs').default('durationMs'),
  level: z.union([z.literal(0.5), z.literal(0.95), z.literal(0.99)], { error: 'is 0.5, 0.95 or 0.99' }),
  where: whereSchema,
});
/** Users of the trailing 1, 7 or 28 local days, or of the bucket itself. */
const distinctUsersSchema = z.strictObject({
  kind: z.literal('distinctUsers'),
  days: z.union([z.literal(1), z.literal(7), z.literal(28), z.literal('period')], {
    error: 'is 1, 7, 28 or period',
  }),
  /** Only events of this domain make a user. */
  domain: valueSchema.min(1).optional(),
});
const sideSchema = z.discriminatedUnion('kind', [countSchema, sumSchema, distinctUsersSchema]);
const ratioSchema = z.strictObject({
  kind: z.literal('ratio'),
  numerator: sideSchema,
  denominator: sideSchema,
});

/** A KPI of a tenant's own, in the words of those that are shipped. Its formula is written from its measure. */
export const kpiDefinitionSchema = z.strictObject({
  /** Never that of a shipped KPI. What it means never changes: a new meaning is a new id. */
  id: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9_]*$/, 'is small letters, digits and "_", a letter first'),
  title: lineSchema(80),
  /** Where pickers list it. */
  family: lineSchema(40).default('own'),
  /** A sentence for the person who looks at the number. */
  definition: lineSchema(500),
  unit: unitSchema,
  direction: z.enum(['up', 'down', 'neutral']).default('neutral'),
  owner: lineSchema(80),
  /** What it may be split and filtered by. */
  dimensions: z.array(dimensionSchema).min(1).max(20),
  smallestInterval: intervalSchema.optional(),
  measure: z.discriminatedUnion('kind', [
    countSchema,
    sumSchema,
    quantileSchema,
    distinctUsersSchema,
    ratioSchema,
  ]),
});
export type KpiDefinition = z.infer<typeof kpiDefinitionSchema>;

/** What is wrong with a file of KPIs. Lines and columns count from 1. An error leaves the KPI out, a warning does not. */
export const kpiProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  /** Relative to the folder of KPIs, such as `acme/reviews.yaml`. */
  file: z.string(),
  line: z.number(),
  column: z.number(),
  reason: z.string(),
});
export type KpiProblem = z.infer<typeof kpiProblemSchema>;
