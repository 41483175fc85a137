import type { UserDimensionName } from '../storage/metric-reads.js';
import { userTablesOf } from '../storage/clickhouse/queries/user-periods.js';

type OfUsers = { readonly dimension: UserDimensionName };

/** Where the days of users are read, and who was there before where that matters. */
export function listUserTables(
  groupBy: readonly UserDimensionName[],
  filters: readonly OfUsers[],
  others: readonly OfUsers[] = [],
  isFromBefore = false,
): readonly string[] {
  const filtered = [...filters, ...others].map(({ dimension }) => dimension);
  const { days, firsts } = userTablesOf([...groupBy, ...filtered], { isFromBefore });
  return firsts === undefined ? [days] : [days, firsts];
}

/** Seats bought, assigned and released. */
export const seatChangesTable = 'seat_changes_v1';
/** When users were first seen, and came to what they came for. */
export const userFirstsTable = 'user_firsts_v1';
