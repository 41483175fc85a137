import { AppError } from '../platform/errors.js';
import { createRateLimited, type OnLimited } from '../platform/limit-errors.js';
import type { Quotas } from '../platform/quotas.js';
import type { ReadTenantLimits, TenantLimits } from '../platform/tenant-limits.js';
import type { EventRates } from './event-rate.js';
import type { Intake } from './intake.js';

/** Whether a tenant may send. */
export interface Admission {
  /** To stand before a body is read. Throws `AppError` 429 `rate_limited` or `quota_exceeded`, 503 `control_unavailable`. */
  requireRoom(tenantId: string): Promise<void>;
  /**
   * Runs the work that takes in so many events. Throws as above before it begins; what it does not finish is not
   * counted.
   */
  admit<T>(tenantId: string, events: number, work: () => Promise<T>): Promise<T>;
}

export interface AdmissionOptions {
  readonly readLimits: ReadTenantLimits;
  readonly rates: EventRates;
  readonly quotas: Quotas;
  readonly onLimited: OnLimited;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { onLimited, rates } = options;
  /** What holds for the rate, when the quotas have something left. */
  async function requireQuotas(tenantId: string): Promise<TenantLimits> {
    try {
      await options.quotas.require(tenantId, 'eventsPerDay', 'storedEvents');
      return await options.readLimits(tenantId);
    } catch (cause) {
      if (cause instanceof AppError && cause.status === 429) throw cause;
      throw new AppError(
        'control_unavailable',
        'Limits can not be looked up now. Send the same request again.',
        {
          status: 503,
          retryable: true,
          retryAfterSeconds: 2,
          cause,
        },
      );
    }
  }
  function requireNoWait(tenantId: string, waitMs: number, limit: number | null): void {
    if (waitMs === 0 || limit === null) return;
    onLimited(tenantId, 'eventsPerSecond');
    throw createRateLimited(limit, waitMs);
  }
  return {
    async requireRoom(tenantId) {
      const limits = await requireQuotas(tenantId);
      requireNoWait(tenantId, rates.waitMs(tenantId, limits), limits.eventsPerSecond);
    },
    async admit(tenantId, events, work) {
      const limits = await requireQuotas(tenantId);
      requireNoWait(tenantId, rates.take(tenantId, limits, events), limits.eventsPerSecond);
      try {
        return await work();
      } catch (error) {
        rates.giveBack(tenantId, events);
        throw error;
      }
    },
  };
}

/** The same way in, within what the tenant may. A request over it is refused whole. */
export function limitIntake(intake: Intake, admission: Admission): Intake {
  return {
    accept: (tenant, candidates) =>
      admission.admit(tenant.id, candidates.length, () => intake.accept(tenant, candidates)),
  };
}
