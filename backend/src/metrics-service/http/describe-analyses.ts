import type { OpenAPIRegistry, ResponseConfig } from '@asteasolutions/zod-to-openapi';
import {
  analysisAnswerSchema,
  budgetQuerySchema,
  funnelQuerySchema,
  lifecycleQuerySchema,
  pathsQuerySchema,
  retentionQuerySchema,
  type AnalysisKind,
} from '@coditect/contracts';
import type { z } from 'zod';

interface Parts {
  readonly registry: OpenAPIRegistry;
  readonly security: Record<string, string[]>[];
  readonly json: (schema: z.ZodType, description: string) => ResponseConfig;
  readonly refused: (
    ...statuses: readonly (400 | 401 | 403 | 404 | 413 | 422 | 429 | 503 | 504)[]
  ) => Record<string, ResponseConfig>;
}

const analyses: Partial<Record<AnalysisKind, { readonly summary: string; readonly schema: z.ZodType }>> = {
  funnel: { summary: 'How many users took steps in order', schema: funnelQuerySchema },
  retention: { summary: 'How many users of a period came back', schema: retentionQuerySchema },
  lifecycle: { summary: 'New, returning, resurrected and dormant users', schema: lifecycleQuerySchema },
  paths: { summary: 'The most frequent sequences of events', schema: pathsQuerySchema },
  budget: { summary: 'Cost of a month against its budget, with a forecast', schema: budgetQuerySchema },
};

/** Analyses, in the OpenAPI document: a path for each kind, as each is asked with a body of its own. */
export function describeAnalyses({ json, refused, registry, security }: Parts): void {
  for (const [kind, { summary, schema }] of Object.entries(analyses)) {
    registry.registerPath({
      method: 'post',
      path: `/v1/analyses/${kind}`,
      summary,
      security,
      request: { body: { required: true, content: { 'application/json': { schema } } } },
      responses: {
        200: json(analysisAnswerSchema, 'Columns and rows, named as the analysis names them.'),
        ...refused(400, 401, 403, 404, 413, 422, 429, 503, 504),
      },
    });
  }
}
