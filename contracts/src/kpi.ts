import { z } from 'zod';
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
});
export type KpiDescription = z.infer<typeof kpiDescriptionSchema>;

export const kpiListSchema = z.object({ kpis: z.array(kpiDescriptionSchema) });
export type KpiList = z.infer<typeof kpiListSchema>;
