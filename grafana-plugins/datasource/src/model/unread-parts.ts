import { isReadable } from '../migrations';
import type { AnalyticsQuery, UnreadableQuery } from '../types';
import { findLosses, type Loss } from './losses';
import { isRecord } from './read-json';

/**
 * Values of a saved query that can't be taken, such as an interval that there is not. Fields of other names are nobody's
 * business here: Grafana and other data sources leave some behind.
 */
export function findUnread(saved: unknown, query: AnalyticsQuery | UnreadableQuery): Loss[] {
  return isReadable(query) ? findLosses(saved, query).filter(({ isOwnField }) => isOwnField) : [];
}

/**
 * A changed query to be saved, in which what could not be taken stays as it was saved, until it is changed itself. Whoever
 * reads it reads `after`.
 *
 * @param before the saved query as it was read
 * @param touched paths that were chosen anew, also where the choice is what the saved value was taken for
 */
export function keepUnread(
  saved: unknown,
  before: AnalyticsQuery,
  after: AnalyticsQuery,
  touched: readonly string[],
): AnalyticsQuery;
export function keepUnread(
  saved: unknown,
  before: AnalyticsQuery,
  after: AnalyticsQuery,
  touched: readonly string[],
): object {
  const paths = findUnread(saved, before).flatMap(({ path }) => (touched.includes(path) ? [] : [path]));
  if (paths.length === 0 || before.kind !== after.kind) {
    return after;
  }
  return putBack(saved, before, { ...after }, { paths: new Set(paths), path: '' });
}

/** What is asked instead, for the person at the panel. */
export function explainUnread(losses: readonly Loss[]): string {
  const parts = losses.map(({ path, reason }) => `${path} ${reason}`);
  return `Parts of the saved query can't be used: ${parts.join('; ')}.`;
}

interface Place {
  /** What is put back. */
  paths: ReadonlySet<string>;
  path: string;
}

function putBack(
  saved: unknown,
  before: unknown,
  after: Record<string, unknown>,
  place: Place,
): Record<string, unknown> {
  if (!isRecord(saved) || !isRecord(before)) {
    return after;
  }
  const absent = Object.keys(saved).filter((name) => !Object.hasOwn(after, name));
  return Object.fromEntries(
    [...Object.keys(after), ...absent].flatMap((name) => {
      const path = place.path === '' ? name : `${place.path}.${name}`;
      const value = restored(saved[name], before[name], after[name], { ...place, path });
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function restored(saved: unknown, before: unknown, after: unknown, place: Place): unknown {
  if (place.paths.has(place.path)) {
    return isSame(before, after) ? saved : after;
  }
  if (isRecord(after)) {
    return putBack(saved, before, after, place);
  }
  return Array.isArray(after) && Array.isArray(saved) && Array.isArray(before)
    ? restoredItems(saved, before, after, place)
    : after;
}

/** Items have no names: one that is as it was before is the same, and one at its place is it changed. */
function restoredItems(
  saved: readonly unknown[],
  before: readonly unknown[],
  after: readonly unknown[],
  place: Place,
): unknown[] {
  return after.map((item, index) => {
    const same = isSame(before[index], item) ? index : before.findIndex((other) => isSame(other, item));
    const from = same < 0 && before.length === after.length ? index : same;
    return from < 0
      ? item
      : restored(saved[from], before[from], item, { ...place, path: `${place.path}[${from}]` });
  });
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
