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
  /** Keeps what a comparison found, for the KPIs of data quality; in place of what the one before found. */
  keepChecks(tenantId: string, day: CheckedDay): Promise<void>;
  /**
   * Single events of seats that are still kept there, in an order of ids that is always the same, from the one after
   * `afterId` on: fewer than `rowsMax` when there are no more.
   */
  listSeatEvents(
    tenantId: string,
    page: { readonly afterId: string; readonly rowsMax: number },
  ): Promise<readonly StreamedSeatEvent[]>;
}

/** Empty texts for what it does not say. Times are epoch milliseconds. */
export interface StreamedSeatEvent {
  readonly eventId: string;
  readonly type: string;
  readonly subject: string;
  readonly userId: string;
  readonly assignee: string;
  readonly quantity: string;
  readonly team: string;
  readonly project: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
}

export interface CheckedDay {
  /** When the local day begins. Epoch milliseconds. */
  readonly fromMs: number;
  readonly checkedAtMs: number;
  readonly checks: readonly {
    readonly type: string;
    readonly streamEvents: number;
    readonly batchEvents: number;
    readonly lateEvents: number;
  }[];
}
