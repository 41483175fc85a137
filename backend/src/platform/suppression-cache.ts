import type { SuppressionStore } from './subjects.js';

export interface SuppressionCacheOptions {
  readonly store: Pick<SuppressionStore, 'list'>;
  /** How long an answer is trusted; 0 asks every time. */
  readonly cacheMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Who is not taken in, as it was a moment ago at the earliest. Asks once for many who want to know at the same time. */
export function createSuppressionCache(
  options: SuppressionCacheOptions,
): (tenantId: string) => Promise<ReadonlySet<string>> {
  const { cacheMs, now, store } = options;
  const known = new Map<string, { readonly askedAt: number; readonly list: Promise<ReadonlySet<string>> }>();
  return async (tenantId) => {
    const before = known.get(tenantId);
    if (before !== undefined && now() - before.askedAt < cacheMs) return before.list;
    const entry = { askedAt: now(), list: store.list(tenantId) };
    known.set(tenantId, entry);
    try {
      return await entry.list;
    } catch (error) {
      if (known.get(tenantId) === entry) known.delete(tenantId);
      throw error;
    }
  };
}
