import type { Express } from 'express';
import type { Gate } from '../../platform/http-requests.js';
import type { ReadTenantLimits } from '../../platform/tenant-limits.js';
import { readUsageAndLimits, type ReadUsageStore } from '../../platform/usage-of-tenant.js';

export interface UsageRoutesOptions {
  readonly usage: ReadUsageStore;
  readonly read: ReadTenantLimits;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** How much the tenant of the key has used, and may. Asking is no question: nothing is counted for it. */
export function mountUsageRoutes(app: Express, gate: Gate, { now, read, usage }: UsageRoutesOptions): void {
  app.get('/v1/usage', gate.require('read'), async (_request, response) => {
    const { id } = gate.principalOf(response).tenant;
    response.json(await readUsageAndLimits({ usage, read, nowMs: now() }, id));
  });
}
