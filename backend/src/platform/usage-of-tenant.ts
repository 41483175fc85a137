import { z } from 'zod';
import type { UsageStore } from './usage.js';
import { tenantLimitsSchema, type ReadTenantLimits } from './tenant-limits.js';

/** What a tenant has used, for people. */
export const usageOfTenantSchema = z.object({
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
export type UsageOfTenant = z.infer<typeof usageOfTenantSchema>;

/** The same, and what counts for the tenant: `null` is no limit. A day ends, and its quotas begin anew, at `resetsAt`. */
export const usageAndLimitsSchema = usageOfTenantSchema.extend({
  limits: tenantLimitsSchema,
  resetsAt: z.iso.datetime(),
});
export type UsageAndLimits = z.infer<typeof usageAndLimitsSchema>;

export type ReadUsageStore = Pick<UsageStore, 'readTenant' | 'findStoredEvents'>;

const usageDays = 31;
const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Of the last month, as it was a few seconds ago. */
export async function readUsageOfTenant(usage: ReadUsageStore, tenant: string): Promise<UsageOfTenant> {
  const days = await usage.readTenant(tenant, usageDays);
  const stored = await usage.findStoredEvents(tenant);
  return {
    tenant,
    days: days.map(({ reportMs, ...day }) => ({ ...day, reportMinutes: reportMs / minuteMs })),
    stored:
      stored === undefined ? null : { events: stored.events, countedAt: stored.countedAt.toISOString() },
  };
}

/** For who asks with the tenant's own key. */
export async function readUsageAndLimits(
  parts: { readonly usage: ReadUsageStore; readonly read: ReadTenantLimits; readonly nowMs: number },
  tenant: string,
): Promise<UsageAndLimits> {
  const resetsAt = new Date((Math.floor(parts.nowMs / dayMs) + 1) * dayMs).toISOString();
  return { ...(await readUsageOfTenant(parts.usage, tenant)), limits: await parts.read(tenant), resetsAt };
}
