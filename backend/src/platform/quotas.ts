import { createQuotaExceeded, type OnLimited, type QuotaName } from './limit-errors.js';
import type { ReadTenantLimits } from './tenant-limits.js';
import { dayMs, type UsageMeter } from './usage.js';

/** Whether there is something left of what a tenant may use. */
export interface Quotas {
  /** Throws `AppError` 429 `quota_exceeded` when one of these is used up. */
  require(tenantId: string, ...names: readonly QuotaName[]): Promise<void>;
}

export interface QuotasOptions {
  readonly readLimits: ReadTenantLimits;
  readonly meter: UsageMeter;
  readonly onLimited: OnLimited;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Stored events become fewer when nobody can tell: when they get old, or are erased. */
const storedRetryMs = 600_000;
const minuteMs = 60_000;

export function createQuotas({ meter, now, onLimited, readLimits }: QuotasOptions): Quotas {
  function used(tenantId: string, name: QuotaName): number {
    if (name === 'storedEvents') return meter.storedEvents(tenantId);
    const { events, reportMs, rowsRead } = meter.usedToday(tenantId);
    if (name === 'eventsPerDay') return events;
    return name === 'rowsReadPerDay' ? rowsRead : reportMs / minuteMs;
  }
  return {
    async require(tenantId, ...names) {
      const limits = await readLimits(tenantId);
      for (const name of names) {
        const limit = limits[name];
        if (limit === null || used(tenantId, name) < limit) continue;
        onLimited(tenantId, name);
        const restMs = name === 'storedEvents' ? storedRetryMs : dayMs - (now() % dayMs);
        throw createQuotaExceeded(name, limit, restMs);
      }
    },
  };
}

/** For who has none to keep. */
export const noQuotas: Quotas = { require: () => Promise.resolve() };
