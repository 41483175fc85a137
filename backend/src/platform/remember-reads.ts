import { LRUCache } from 'lru-cache';

const tenantsMax = 10_000;

interface Read<T> {
  readonly answer: Promise<T>;
  readonly askedAt: number;
}

/**
 * Reads something of each tenant once in a while, however many ask, also at the same time. An answer is as old as its
 * question, and a read that failed is not remembered. Of too many tenants, those of whom nobody asked for the longest time
 * are read again sooner.
 */
export function rememberReads<T>(
  read: (tenantId: string) => Promise<T>,
  options: {
    /** How long an answer is trusted; 0 reads every time. */
    readonly trustedMs: number;
    /** Milliseconds of a clock that never goes back. */
    readonly now: () => number;
  },
): (tenantId: string) => Promise<T> {
  const { now, trustedMs } = options;
  const known = new LRUCache<string, Read<T>>({ max: tenantsMax });
  return (tenantId) => {
    const askedAt = now();
    const found = known.get(tenantId);
    if (found !== undefined && askedAt - found.askedAt < trustedMs) return found.answer;
    const reading = { answer: read(tenantId), askedAt };
    known.set(tenantId, reading);
    reading.answer.catch(() => {
      // A younger read may stand in its place by now.
      if (known.get(tenantId) === reading) known.delete(tenantId);
    });
    return reading.answer;
  };
}
