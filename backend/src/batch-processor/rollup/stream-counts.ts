/** What the stream's store counts of one type. Sums are decimal text. */
export interface TypeCounts {
  readonly type: string;
  readonly events: number;
  readonly tokens: string;
  readonly costUsd: string;
}

/** The other store, as far as reconciliation asks it. */
export interface StreamCounts {
  /** What was received before this instant is stored there; epoch milliseconds. */
  storedUntil(): number;
  /** Counts of one tenant's events in `[fromMs, toMs)`, by type. */
  countDay(tenantId: string, fromMs: number, toMs: number): Promise<readonly TypeCounts[]>;
}
