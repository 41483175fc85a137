import type { Express } from 'express';
import { redactionRequestSchema } from '../platform/redaction.js';
import { parseBody } from './parse-body.js';
import type { RedactionOperations } from './redaction-operations.js';

export function mountRedaction(app: Express, operations: RedactionOperations): void {
  const path = '/admin/v1/tenants/:tenant/redaction';
  app.get(path, async (request, response) => {
    response.json(await operations.getRedaction(request.params.tenant));
  });
  app.put(path, async (request, response) => {
    const { rules } = parseBody(redactionRequestSchema, request.body);
    response.json(await operations.putRedaction(request.params.tenant, rules));
  });
}
