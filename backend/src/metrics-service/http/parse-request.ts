import { metricQuerySchema, type MetricQuery } from '@coditect/contracts';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import { pointerOf } from '../../metric-queries/refuse.js';

/** Reads a question from a body. Throws 400 `body_not_json` or `body_invalid` with the pointer of the first mistake. */
export function parseMetricQuery(body: Buffer): MetricQuery {
  return parseWith(metricQuerySchema, parseJson(body));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (cause) {
    throw new AppError('body_not_json', 'The body is not JSON in UTF-8.', {
      status: 400,
      pointer: '',
      cause,
    });
  }
}

function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path =
    issue?.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : (issue?.path ?? []);
  const reason = issue === undefined ? 'The body is not a metric query.' : `${issue.message}.`;
  throw new AppError('body_invalid', reason, { status: 400, pointer: pointerOf(path) });
}

const valuesQuerySchema = z.object({
  prefix: z.string().max(1_024).default(''),
  limit: z.coerce.number().int().min(1).max(1_000_000).default(100),
});

/** Reads `prefix` and `limit` of a look-up. Throws 400 `parameter_invalid`, the pointer naming the parameter. */
export function parseValuesQuery(query: unknown): z.infer<typeof valuesQuerySchema> {
  const result = valuesQuerySchema.safeParse(query);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = `${issue?.message ?? 'A parameter is not valid'}.`;
  throw new AppError('parameter_invalid', reason, { status: 400, pointer: pointerOf(issue?.path ?? []) });
}
