import { z } from 'zod';
import { kpiProblemSchema } from './kpi-definition.js';
import { intervalSchema, unitSchema } from './query.js';

/** How a KPI is described to people and to query editors: `GET /v1/kpis`. */
export const kpiDescriptionSchema = z.object({
  id: z.string(),
  title: z.string(),
  family: z.string(),
  definition: z.string(),
  formula: z.string(),
  unit: unitSchema,
  direction: z.enum(['up', 'down', 'neutral']),
  dimensions: z.array(z.string()),
  /** Those that rollups keep: a report by another one needs the single events of its period. */
  rollupDimensions: z.array(z.string()).default([]),
  smallestInterval: intervalSchema,
  /** Types of the events that it counts, on either side of a ratio: none for any type. Absent where it counts no events. */
  eventTypes: z.array(z.string()).optional(),
  owner: z.string(),
  /** Shipped with the product, or the tenant's own. */
  origin: z.enum(['catalogue', 'tenant']).default('catalogue'),
  /** Of a tenant's own: another one whenever its definition is. */
  revision: z.string().optional(),
});
export type KpiDescription = z.infer<typeof kpiDescriptionSchema>;

export const kpiListSchema = z.object({
  kpis: z.array(kpiDescriptionSchema),
  /** What is wrong with the tenant's files of its own KPIs; absent where nothing is. */
  problems: z.array(kpiProblemSchema).optional(),
});
export type KpiList = z.infer<typeof kpiListSchema>;
