import type { OpenAPIRegistry, ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { auditPageMax, auditPageSchema } from '../../platform/audit.js';
import { usageAndLimitsSchema } from '../../platform/usage-of-tenant.js';

interface Parts {
  readonly registry: OpenAPIRegistry;
  readonly security: Record<string, string[]>[];
  readonly json: (schema: z.ZodType, description: string) => ResponseConfig;
  readonly refused: (...statuses: readonly (400 | 401 | 403 | 503)[]) => Record<string, ResponseConfig>;
}

/** What a tenant did and used, in the OpenAPI document. */
export function describeOwnAccount({ json, refused, registry, security }: Parts): void {
  registry.registerPath({
    method: 'get',
    path: '/v1/audit',
    summary: 'Who did what, the newest first (scope `admin`)',
    security,
    request: {
      query: z.object({
        limit: z.int().min(1).max(auditPageMax).optional(),
        before: z.int().min(1).optional(),
      }),
    },
    responses: { 200: json(auditPageSchema, 'One page of the audit log.'), ...refused(400, 401, 403, 503) },
  });
  registry.registerPath({
    method: 'get',
    path: '/v1/usage',
    summary: 'How much the tenant has used, day by day, and may: quotas and rates',
    security,
    responses: { 200: json(usageAndLimitsSchema, 'Usage and limits.'), ...refused(401, 403, 503) },
  });
}
