import { panelQuerySchema, type PanelQuery } from '@coditect/contracts';
import { z } from 'zod';
import { parseJsonBody, parseParameters } from '../../platform/http-requests.js';

/** Reads a question from a body. Throws 400 `body_not_json` or `body_invalid` with the pointer of the first mistake. */
export function parseMetricQuery(body: Buffer): PanelQuery {
  return parseJsonBody(panelQuerySchema, body);
}

const valuesQuerySchema = z.object({
  prefix: z.string().max(1_024).default(''),
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100),
});

/** Reads `prefix` and `limit` of a look-up. Throws 400 `parameter_invalid`, the pointer naming the parameter. */
export function parseValuesQuery(query: unknown): z.infer<typeof valuesQuerySchema> {
  return parseParameters(valuesQuerySchema, query);
}
