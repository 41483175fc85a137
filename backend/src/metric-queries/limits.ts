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
}

/** Bounds that follow from the design rather than from the machine, and are therefore not configured. */
export const fixedLimits = {
  rowsMax: 200_000,
  rangeDaysMax: 3_660,
} as const satisfies Partial<QueryLimits>;
