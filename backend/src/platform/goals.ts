import type { Budget, GoalKind, Goals, SeatPrice, StoredGoals, Target } from '@coditect/contracts';

/** Written by the API and the command line, or read from a file of provisioning. */
export type GoalOrigin = 'api' | 'file';

/** One goal, and the list that it is in. */
export type NamedGoal =
  | { readonly kind: 'targets'; readonly goal: Target }
  | { readonly kind: 'budgets'; readonly goal: Budget }
  | { readonly kind: 'seatPrices'; readonly goal: SeatPrice };

/** The goals of each tenant, part of the control data. Checks nothing. Writes are durable when they resolve. */
export interface GoalsStore {
  /** In the order of their names. */
  read(tenantId: string): Promise<StoredGoals>;
  /** All of an origin at once: whoever reads sees the ones before or the ones after. Throws `AppError` `tenant_unknown`. */
  replace(tenantId: string, origin: GoalOrigin, goals: Goals): Promise<void>;
  /** One of the API's. Throws `AppError` `tenant_unknown`. */
  put(tenantId: string, named: NamedGoal): Promise<void>;
  /** One of the API's. False when there is none. */
  remove(tenantId: string, kind: GoalKind, name: string): Promise<boolean>;
}

/** Goals as they count: a file's wins over the API's of the same kind and name. */
export interface GoalsReader {
  /** At most a few seconds old. */
  read(tenantId: string): Promise<Goals>;
}

/** Goals for those who change them, with everything checked that could make a number say what it does not mean. */
export interface GoalSettings {
  get(tenantId: string): Promise<StoredGoals>;
  /**
   * Replaces those of the API. Throws `AppError` 422 with the pointer: `metric_unknown`, `dimension_unknown`,
   * `dimension_not_allowed`, `goal_repeated`, `goal_ambiguous`, `value_out_of_range`, `by_before_from`; and what the store
   * throws.
   */
  replace(tenantId: string, goals: Goals): Promise<StoredGoals>;
  /** Adds one or replaces the one of its name. Throws as `replace` does; pointers are into the goal. */
  put(tenantId: string, named: NamedGoal): Promise<StoredGoals>;
  /** Throws `AppError` 404 `goal_unknown`, 409 `goal_from_file`. */
  remove(tenantId: string, kind: GoalKind, name: string): Promise<StoredGoals>;
}
