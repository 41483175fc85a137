import type { Express } from 'express';
import { ownLimitsSchema } from '../platform/tenant-limits.js';
import type { LimitOperations } from './limit-operations.js';
import { parseBody } from './parse-body.js';

/** How much a tenant may do, and has done. */
export function mountLimits(app: Express, operations: LimitOperations): void {
  const path = '/admin/v1/tenants/:tenant/limits';
  app.get(path, async (request, response) => {
    response.json(await operations.getLimits(request.params.tenant));
  });
  app.put(path, async (request, response) => {
    const own = parseBody(ownLimitsSchema, request.body);
    response.json(await operations.putLimits(request.params.tenant, own));
  });
  app.get('/admin/v1/tenants/:tenant/usage', async (request, response) => {
    response.json(await operations.getUsage(request.params.tenant));
  });
}
