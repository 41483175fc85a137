/** What bounds a question. Named numbers; the ones that an operator sets come from the configuration. */
export interface QueryLimits {
  /** Most buckets of one series. */
  readonly pointsMax: number;
  /** Most groups of one answer to a question that sets no `limit`. */
  readonly groupsMax: number;
  /** Most rows of one answer. */
  readonly rowsMax: number;
  /** Most values of one `in` or `not in` filter. */
  readonly filterValuesMax: number;
  /** Longest range, in days. */
  readonly rangeDaysMax: number;
  /** Longest range that is read from raw events where no aggregate can tell, in days. */
  readonly rawRangeDaysMax: number;
  /** Longest range whose quantiles are read from raw events though an aggregate could tell, in days. */
  readonly rawPreferredDaysMax: number;
  /** How long raw events are kept, counted from their receipt, in days. */
  readonly rawRetentionDays: number;
}

/** Bounds that follow from the design rather than from the machine, and are therefore not configured. */
export const fixedLimits = {
  rowsMax: 200_000,
  rangeDaysMax: 3_660,
  rawRangeDaysMax: 400,
  rawPreferredDaysMax: 31,
} as const satisfies Partial<QueryLimits>;
