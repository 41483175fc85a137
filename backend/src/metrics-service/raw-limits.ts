/** How far single events are read where an aggregate can't tell, or would be slower. */
export interface RawLimits {
  /** Longest range that is read from raw events where no aggregate can tell, in days. */
  readonly rangeDaysMax: number;
  /** Longest range whose quantiles are read from raw events though an aggregate could tell, in days. */
  readonly preferredDaysMax: number;
  /** How long raw events are kept, counted from their receipt, in days. */
  readonly retentionDays: number;
}

/** Bounds that follow from the design rather than from the machine, and are therefore not configured. */
export const fixedRawLimits = {
  rangeDaysMax: 400,
  preferredDaysMax: 31,
} as const satisfies Partial<RawLimits>;

/** Bounds of what is told by the changes of seats and all days of users. */
export interface StatesLimits {
  /** Memory that one question may take in the store. */
  readonly memoryBytesMax: number;
  /** How long the days of users are kept, counted from the receipt of their events, in days. */
  readonly aggregateRetentionDays: number;
}
