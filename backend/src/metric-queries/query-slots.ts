import { AppError } from '../platform/errors.js';

export interface QuerySlots {
  /**
   * Runs the work of a tenant once a slot is free, and the tenant has fewer than `itsMax`, where that is no `null`. Throws 429
   * `too_many_queries` when there is no place in the line either.
   */
  run<T>(tenantId: string, work: () => Promise<T>, signal: AbortSignal, itsMax?: number | null): Promise<T>;
}

interface Waiter {
  readonly tenantId: string;
  readonly itsMax: number;
  readonly start: () => void;
}

/**
 * At most `runningMax` at once, of which a tenant leaves one to others, and `waitingMax` in line, half of them of one tenant. A free slot goes to the tenant that has the
 * fewest, and first come first served among equals: who asks much waits for its own questions, not the others for them. Who gives up
 * leaves the line.
 */
export function createQuerySlots(options: {
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly retryAfterSeconds: number;
}): QuerySlots {
  const waiting: Waiter[] = [];
  const waitingPerTenantMax = Math.ceil(options.waitingMax / 2);
  const runningOf = new Map<string, number>();
  // One that runs is not interrupted for another: without a slot that is free, whoever comes would wait for it.
  const runningPerTenantMax = Math.max(1, options.runningMax - 1);
  let running = 0;

  function count(tenantId: string, change: 1 | -1): void {
    running += change;
    const left = (runningOf.get(tenantId) ?? 0) + change;
    if (left === 0) runningOf.delete(tenantId);
    else runningOf.set(tenantId, left);
  }

  function release(tenantId: string): void {
    count(tenantId, -1);
    const next = takeFairest(waiting, runningOf);
    if (next === undefined) return;
    count(next.tenantId, 1);
    next.start();
  }

  function requirePlace(tenantId: string): void {
    const itsWaiting = waiting.filter((waiter) => waiter.tenantId === tenantId).length;
    if (waiting.length < options.waitingMax && itsWaiting < waitingPerTenantMax) return;
    // Nothing here tells a tenant how much others ask.
    const reason = 'There are too many questions under way and waiting already.';
    const { retryAfterSeconds, waitingMax: limit } = options;
    throw new AppError('too_many_queries', reason, {
      status: 429,
      retryable: true,
      limit,
      retryAfterSeconds,
    });
  }

  function acquire(tenantId: string, signal: AbortSignal, itsMax: number): Promise<void> {
    if (running < options.runningMax && (runningOf.get(tenantId) ?? 0) < itsMax) {
      count(tenantId, 1);
      return Promise.resolve();
    }
    requirePlace(tenantId);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(
          new AppError('query_cancelled', 'The question was withdrawn while it waited.', { status: 499 }),
        );
      };
      const waiter = {
        tenantId,
        itsMax,
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(waiter);
    });
  }

  return {
    async run(tenantId, work, signal, itsMax = null) {
      await acquire(tenantId, signal, Math.min(itsMax ?? Infinity, runningPerTenantMax));
      try {
        return await work();
      } finally {
        release(tenantId);
      }
    },
  };
}

/** Out of the line: the first one of the tenant that has the fewest slots and may have another. */
function takeFairest(waiting: Waiter[], runningOf: ReadonlyMap<string, number>): Waiter | undefined {
  let next: Waiter | undefined;
  let fewest = Infinity;
  for (const waiter of waiting) {
    const itsRunning = runningOf.get(waiter.tenantId) ?? 0;
    if (itsRunning >= fewest || itsRunning >= waiter.itsMax) continue;
    next = waiter;
    fewest = itsRunning;
  }
  if (next !== undefined) waiting.splice(waiting.indexOf(next), 1);
  return next;
}
