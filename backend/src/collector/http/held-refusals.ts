import { LRUCache } from 'lru-cache';
import { AppError } from '../../platform/errors.js';

export interface HeldRefusalsOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * Holds the answer back from a tenant that comes again sooner than it was told to: to read and refuse the same request two
 * hundred times a second costs others as much as to store it.
 */
export interface HeldRefusals {
  /** To be told of every refusal, out of the bounds of what is under way. Resolves when it may be answered. */
  hold(tenantId: string, error: unknown): Promise<void>;
}

const holdMs = 1_000;
/** Of all tenants together, for each has a connection and the start of its body; further ones are answered at once. */
const heldMax = 256;
const tenantsMax = 10_000;

export function createHeldRefusals({ now, sleep }: HeldRefusalsOptions): HeldRefusals {
  /** When the tenant was told to come again. */
  const toldMs = new LRUCache<string, number>({ max: tenantsMax });
  let held = 0;

  return {
    async hold(tenantId, error) {
      if (!(error instanceof AppError) || error.status !== 429) return;
      const cameMs = now();
      const leftMs = (toldMs.get(tenantId) ?? cameMs) - cameMs;
      toldMs.set(tenantId, cameMs + (error.retryAfterSeconds ?? 0) * 1_000);
      if (leftMs <= 0 || held >= heldMax) return;
      held += 1;
      try {
        await sleep(Math.min(holdMs, leftMs));
      } finally {
        held -= 1;
      }
    },
  };
}
