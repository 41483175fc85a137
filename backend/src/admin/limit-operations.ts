import { z } from 'zod';
import {
  ownLimitsSchema,
  putOwnLimits,
  readLimitsOfTenant,
  tenantLimitsSchema,
  type OwnLimits,
  type TenantLimits,
} from '../platform/tenant-limits.js';
import { readUsageOfTenant, type ReadUsageStore, type UsageOfTenant } from '../platform/usage-of-tenant.js';
import type { ControlStore } from '../platform/tenancy.js';

export const limitsAnswerSchema = z.object({
  tenant: z.string(),
  /** What counts. `null` is no limit. */
  limits: tenantLimitsSchema,
  /** What was set for this tenant alone; the others are as the configuration says. */
  own: ownLimitsSchema,
});
export type LimitsAnswer = z.infer<typeof limitsAnswerSchema>;

/** How much a tenant may do, and has done. A tenant is named by its id or by its name. */
export interface LimitOperations {
  getLimits(idOrName: string): Promise<LimitsAnswer>;
  /** Replaces all that was set for this tenant alone. Throws `AppError` `limits_invalid`. */
  putLimits(idOrName: string, own: OwnLimits): Promise<LimitsAnswer>;
  /** Of the last month, as it was a few seconds ago. */
  getUsage(idOrName: string): Promise<UsageOfTenant>;
}

export interface LimitSettings {
  /** Of tenants for whom nothing else was set. */
  readonly defaults: TenantLimits;
  readonly usage: ReadUsageStore;
}

export function createLimitOperations(
  store: Pick<ControlStore, 'getSetting' | 'putSetting'>,
  { defaults, usage }: LimitSettings,
  getId: (idOrName: string) => Promise<string>,
): LimitOperations {
  async function answer(tenant: string): Promise<LimitsAnswer> {
    return { tenant, ...(await readLimitsOfTenant(store, defaults, tenant)) };
  }
  return {
    getLimits: async (idOrName) => answer(await getId(idOrName)),
    async putLimits(idOrName, own) {
      const tenant = await getId(idOrName);
      await putOwnLimits(store, tenant, own);
      return answer(tenant);
    },
    getUsage: async (idOrName) => readUsageOfTenant(usage, await getId(idOrName)),
  };
}
