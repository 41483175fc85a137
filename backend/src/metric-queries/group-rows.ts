import { tooManyRows } from './read-measures.js';
import { keyOfGroup } from './readings.js';

/** Names a place of a group, such as one of its buckets. */
export function keyOf(group: readonly string[], place: number | string): string {
  return `${place} ${keyOfGroup(group)}`;
}

/** Those that were found; the whole tenant also where nothing was. */
export function groupsAmong(
  rows: readonly { readonly group: readonly string[] }[],
  groupBy: readonly string[],
): Iterable<readonly string[]> {
  if (groupBy.length === 0) return [[]];
  return new Map(rows.map(({ group }) => [keyOfGroup(group), group])).values();
}

/** Throws 422 `too_many_points`. */
export function checkRows(rows: readonly unknown[], rowsMax: number): void {
  if (rows.length > rowsMax) throw tooManyRows(rowsMax);
}
