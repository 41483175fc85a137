/** How long a tenant that did something is reckoned with. */
export const presentMs = 5_000;

/** Which tenants did something of late. */
export interface TenantsNear {
  /** `atMs` is of the same clock as `now`, and not before that of the call before. */
  note(tenantId: string, atMs: number): void;
  has(tenantId: string): boolean;
  count(): number;
}

export function createTenantsNear(now: () => number): TenantsNear {
  /** Who came last stands last. */
  const lastCameMs = new Map<string, number>();

  function forgetAbsent(): void {
    const sinceMs = now() - presentMs;
    for (const [tenantId, atMs] of lastCameMs) {
      if (atMs >= sinceMs) return;
      lastCameMs.delete(tenantId);
    }
  }

  return {
    note(tenantId, atMs) {
      lastCameMs.delete(tenantId);
      lastCameMs.set(tenantId, atMs);
    },
    has(tenantId) {
      forgetAbsent();
      return lastCameMs.has(tenantId);
    },
    count() {
      forgetAbsent();
      return lastCameMs.size;
    },
  };
}
