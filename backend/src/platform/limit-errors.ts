import { AppError } from './errors.js';
import type { LimitName } from './tenant-limits.js';

/** Told that a tenant was refused, whose it was and why. */
export type OnLimited = (tenantId: string, limit: LimitName) => void;

/** More at once than the tenant may: 429 `rate_limited`. */
export function createRateLimited(limit: number, retryAfterMs: number): AppError {
  return new AppError('rate_limited', `Your limit is ${limit} events a second (eventsPerSecond).`, {
    status: 429,
    retryable: true,
    limit,
    retryAfterSeconds: toSeconds(retryAfterMs),
  });
}

const whatOf = {
  eventsPerDay: 'events a day',
  storedEvents: 'events that are kept',
  rowsReadPerDay: 'rows a day that questions read',
  reportMinutesPerDay: 'minutes a day in which reports are made',
} as const satisfies Partial<Record<LimitName, string>>;
export type QuotaName = keyof typeof whatOf;

/** More than the tenant may in all: 429 `quota_exceeded`. */
export function createQuotaExceeded(name: QuotaName, limit: number, retryAfterMs: number): AppError {
  const isOfDay = name !== 'storedEvents';
  const reason = `Your limit of ${limit} ${whatOf[name]} is used up (${name}).`;
  return new AppError(
    'quota_exceeded',
    isOfDay ? `${reason} The next day of UTC begins with a new one.` : reason,
    {
      status: 429,
      retryable: true,
      limit,
      retryAfterSeconds: toSeconds(retryAfterMs),
    },
  );
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
