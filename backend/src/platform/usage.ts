/** What a tenant has used in one day of UTC. */
export interface DayUsage {
  /** Accepted, those among them that were stored before. */
  readonly events: number;
  /** By ClickHouse, for questions that were answered. */
  readonly rowsRead: number;
  /** Of making reports, side by side or not. */
  readonly reportMs: number;
}

export const noUsage: DayUsage = { events: 0, rowsRead: 0, reportMs: 0 };

export interface StoredEvents {
  readonly events: number;
  readonly countedAt: Date;
}

/** Days are `2026-01-31`, of UTC. */
export interface UsageStore {
  /** Totals of one run of a process. Writing them again, in any order, changes nothing: the greater number counts. */
  write(runId: string, totals: readonly (DayUsage & { tenantId: string; day: string })[]): Promise<void>;
  /** By tenant, without what this run has told. */
  readDay(day: string, exceptRunId: string): Promise<ReadonlyMap<string, DayUsage>>;
  /** The newest first; days of which nothing is known are left out. */
  readTenant(tenantId: string, days: number): Promise<readonly (DayUsage & { readonly day: string })[]>;
  /** Replaces what was counted before, of all tenants. */
  putStoredEvents(counts: ReadonlyMap<string, number>): Promise<void>;
  readStoredEvents(): Promise<ReadonlyMap<string, StoredEvents>>;
  /** When they were last counted. */
  findStoredEvents(tenantId: string): Promise<StoredEvents | undefined>;
  /** Removes days before this one. */
  forget(before: string): Promise<void>;
}

/** How much tenants have used today, by this process and, as it was a moment ago, by all others. */
export interface UsageMeter {
  note(tenantId: string, used: Partial<DayUsage>): void;
  usedToday(tenantId: string): DayUsage;
  /** As they were last counted. */
  storedEvents(tenantId: string): number;
}

export const dayMs = 86_400_000;

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
