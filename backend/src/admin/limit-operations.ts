import { z } from 'zod';
import {
  ownLimitsSchema,
  putOwnLimits,
  readLimitsOfTenant,
  tenantLimitsSchema,
  type OwnLimits,
  type TenantLimits,
} from '../platform/tenant-limits.js';
import type { UsageStore } from '../platform/usage.js';
import type { ControlStore } from '../platform/tenancy.js';

export const limitsAnswerSchema = z.object({
  tenant: z.string(),
  /** What counts. `null` is no limit. */
  limits: tenantLimitsSchema,
  /** What was set for this tenant alone; the others are as the configuration says. */
  own: ownLimitsSchema,
});
export type LimitsAnswer = z.infer<typeof limitsAnswerSchema>;

export const usageAnswerSchema = z.object({
  tenant: z.string(),
  /** The newest first, without those of which nothing is known. Of UTC. */
  days: z.array(
    z.object({
      day: z.string(),
      /** Accepted. */
      events: z.number(),
      /** By ClickHouse, for questions. */
      rowsRead: z.number(),
      reportMinutes: z.number(),
    }),
  ),
  /** Raw events that were kept when they were last counted; `null` before that. */
  stored: z.object({ events: z.number(), countedAt: z.string() }).nullable(),
});
export type UsageAnswer = z.infer<typeof usageAnswerSchema>;

const usageDays = 31;
const minuteMs = 60_000;

/** How much a tenant may do, and has done. A tenant is named by its id or by its name. */
export interface LimitOperations {
  getLimits(idOrName: string): Promise<LimitsAnswer>;
  /** Replaces all that was set for this tenant alone. Throws `AppError` `limits_invalid`. */
  putLimits(idOrName: string, own: OwnLimits): Promise<LimitsAnswer>;
  /** Of the last month, as it was a few seconds ago. */
  getUsage(idOrName: string): Promise<UsageAnswer>;
}

export interface LimitSettings {
  /** Of tenants for whom nothing else was set. */
  readonly defaults: TenantLimits;
  readonly usage: Pick<UsageStore, 'readTenant' | 'findStoredEvents'>;
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
    async getUsage(idOrName) {
      const tenant = await getId(idOrName);
      const days = await usage.readTenant(tenant, usageDays);
      const stored = await usage.findStoredEvents(tenant);
      return {
        tenant,
        days: days.map(({ reportMs, ...day }) => ({ ...day, reportMinutes: reportMs / minuteMs })),
        stored:
          stored === undefined ? null : { events: stored.events, countedAt: stored.countedAt.toISOString() },
      };
    },
  };
}
