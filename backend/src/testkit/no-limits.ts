import { createQuotas, type Quotas } from '../platform/quotas.js';
import type { ReadTenantLimits, TenantLimits } from '../platform/tenant-limits.js';
import type { ReadUsageStore } from '../platform/usage-of-tenant.js';
import { noUsage, type DayUsage, type UsageMeter } from '../platform/usage.js';

/** Of a tenant that may do what it likes. */
export const noLimits: TenantLimits = {
  eventsPerSecond: null,
  eventsBurst: 1,
  eventsPerDay: null,
  storedEvents: null,
  queriesInFlight: null,
  rowsReadPerDay: null,
  reportMinutesPerDay: null,
};

export interface TestLimits {
  /** What was set, by tenant. */
  readonly set: Map<string, Partial<TenantLimits>>;
  readonly read: ReadTenantLimits;
  readonly quotas: Quotas;
  readonly meter: UsageMeter;
  /** Of the one day that there is. */
  readonly usage: ReadUsageStore;
  /** Who was refused because of what, in order. */
  readonly limited: string[];
}

/** Limits of one process, of a day that does not end. An hour of it is left. */
export function createTestLimits(): TestLimits {
  const set = new Map<string, Partial<TenantLimits>>();
  const used = new Map<string, DayUsage>();
  const limited: string[] = [];
  const read: ReadTenantLimits = (tenantId) => Promise.resolve({ ...noLimits, ...set.get(tenantId) });
  const meter: UsageMeter = {
    note(tenantId, more) {
      const before = used.get(tenantId) ?? noUsage;
      used.set(tenantId, {
        events: before.events + (more.events ?? 0),
        rowsRead: before.rowsRead + (more.rowsRead ?? 0),
        reportMs: before.reportMs + (more.reportMs ?? 0),
      });
    },
    usedToday: (tenantId) => used.get(tenantId) ?? noUsage,
    storedEvents: () => 0,
  };
  const quotas = createQuotas({
    readLimits: read,
    meter,
    onLimited: (tenantId, limit) => limited.push(`${tenantId} ${limit}`),
    now: () => Date.parse('2026-06-15T23:00:00Z'),
  });
  const usage: ReadUsageStore = {
    readTenant: (tenantId) =>
      Promise.resolve(used.has(tenantId) ? [{ day: '2026-06-15', ...(used.get(tenantId) ?? noUsage) }] : []),
    findStoredEvents: () => Promise.resolve(undefined),
  };
  return { set, read, quotas, meter, usage, limited };
}
