import type { Express } from 'express';
import { auditQuerySchema, type AuditLog } from '../../platform/audit.js';
import { parseParameters, type Gate } from '../../platform/http-requests.js';

/** Who did what, for a key with the scope `admin`; its tenant's chain is the only one there is. */
export function mountAuditRoutes(app: Express, gate: Gate, log: Pick<AuditLog, 'list'>): void {
  app.get('/v1/audit', gate.require('admin'), async (request, response) => {
    const query = parseParameters(auditQuerySchema, request.query);
    response.json(await log.list(gate.principalOf(response).tenant.id, query));
  });
}
