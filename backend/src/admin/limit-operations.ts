import { z } from 'zod';
import {
  ownLimitsSchema,
  putOwnLimits,
  readLimitsOfTenant,
  tenantLimitsSchema,
  type OwnLimits,
  type TenantLimits,
} from '../platform/tenant-limits.js';
import type { ControlStore } from '../platform/tenancy.js';

export const limitsAnswerSchema = z.object({
  tenant: z.string(),
  /** What counts. `null` is no limit. */
  limits: tenantLimitsSchema,
  /** What was set for this tenant alone; the others are as the configuration says. */
  own: ownLimitsSchema,
});
export type LimitsAnswer = z.infer<typeof limitsAnswerSchema>;

/** How much a tenant may do. A tenant is named by its id or by its name. */
export interface LimitOperations {
  getLimits(idOrName: string): Promise<LimitsAnswer>;
  /** Replaces all that was set for this tenant alone. Throws `AppError` `limits_invalid`. */
  putLimits(idOrName: string, own: OwnLimits): Promise<LimitsAnswer>;
}

export function createLimitOperations(
  store: Pick<ControlStore, 'getSetting' | 'putSetting'>,
  defaults: TenantLimits,
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
  };
}
