import type { OpenAPIRegistry, ResponseConfig } from '@asteasolutions/zod-to-openapi';
import {
  budgetSchema,
  goalKinds,
  goalsSchema,
  seatPriceSchema,
  storedGoalsSchema,
  targetSchema,
} from '@coditect/contracts';
import { z } from 'zod';

interface Parts {
  readonly registry: OpenAPIRegistry;
  readonly security: Record<string, string[]>[];
  readonly json: (schema: z.ZodType, description: string) => ResponseConfig;
  readonly refused: (
    ...statuses: readonly (400 | 401 | 403 | 404 | 413 | 422 | 503)[]
  ) => Record<string, ResponseConfig>;
}

/** Goals, in the OpenAPI document. */
export function describeGoals({ json, refused, registry, security }: Parts): void {
  const body = (schema: z.ZodType) => ({
    body: { required: true, content: { 'application/json': { schema } } },
  });
  const stored = json(
    storedGoalsSchema,
    'By where they come from; those of a file count before those of the API.',
  );
  const params = z.object({ kind: z.enum(goalKinds), name: z.string() });
  registry.registerPath({
    method: 'get',
    path: '/v1/goals',
    summary: 'Targets, budgets and prices of seats (scope `read`)',
    security,
    responses: { 200: stored, ...refused(401, 403, 503) },
  });
  registry.registerPath({
    method: 'put',
    path: '/v1/goals',
    summary: 'Replaces the goals of the API (scope `admin`)',
    security,
    request: body(goalsSchema),
    responses: { 200: stored, ...refused(400, 401, 403, 413, 422, 503) },
  });
  registry.registerPath({
    method: 'put',
    path: '/v1/goals/{kind}/{name}',
    summary: 'Adds a goal, or replaces the one of this name (scope `admin`)',
    security,
    request: { params, ...body(z.union([targetSchema, budgetSchema, seatPriceSchema])) },
    responses: { 200: stored, ...refused(400, 401, 403, 404, 413, 422, 503) },
  });
  registry.registerPath({
    method: 'delete',
    path: '/v1/goals/{kind}/{name}',
    summary: 'Removes a goal of the API (scope `admin`)',
    security,
    request: { params },
    responses: {
      200: stored,
      409: json(z.object({}).loose(), 'It comes from a file.'),
      ...refused(401, 403, 404, 503),
    },
  });
}
