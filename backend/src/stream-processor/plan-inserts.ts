import type { EventEnvelope } from '@coditect/contracts';

interface SortedEvents {
  /** The first of each identity that is not stored. */
  readonly fresh: readonly EventEnvelope[];
  /** Those that were taken in again, of another acceptance than the one that is stored or fresh. */
  readonly duplicates: readonly EventEnvelope[];
}

/**
 * Tells new events from those that came again, in their order. What is only carried again, under the acceptance that is
 * stored, is neither. `stored` has the acceptance of each identity that is stored, 0 where it is not known.
 */
export function sortEvents(
  events: readonly EventEnvelope[],
  stored: ReadonlyMap<string, number>,
): SortedEvents {
  const taken = new Map<string, number>();
  const fresh: EventEnvelope[] = [];
  const duplicates: EventEnvelope[] = [];
  for (const event of events) {
    const { acceptance = 0, eventId } = event;
    const known = taken.get(eventId) ?? stored.get(eventId);
    if (known === undefined) {
      taken.set(eventId, acceptance);
      fresh.push(event);
    } else if (acceptance !== 0 && acceptance !== known) duplicates.push(event);
  }
  return { fresh, duplicates };
}

/**
 * Characters of one insert at most, however long its rows are: the engine must read it as one block, which its token
 * stands for, and a text of all rows must fit in memory. A single longer row goes alone.
 */
const blockCharsMax = 16_000_000;

/** Formats the events one by one and cuts them, in order, into blocks of bounded size. */
export function* cutBySize<Row extends { readonly text: string }>(
  events: readonly EventEnvelope[],
  format: (event: EventEnvelope) => Row,
  charsMax = blockCharsMax,
): Iterable<readonly Row[]> {
  let rows: Row[] = [];
  let chars = 0;
  for (const event of events) {
    const row = format(event);
    if (rows.length > 0 && chars + row.text.length > charsMax) {
      yield rows;
      rows = [];
      chars = 0;
    }
    rows.push(row);
    chars += row.text.length;
  }
  if (rows.length > 0) yield rows;
}

/** The events by what `keyOf` says of them, each group and the groups in the order of their first event. */
export function groupEvents(
  events: readonly EventEnvelope[],
  keyOf: (event: EventEnvelope) => string,
): ReadonlyMap<string, readonly EventEnvelope[]> {
  const groups = new Map<string, EventEnvelope[]>();
  for (const event of events) {
    const key = keyOf(event);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return groups;
}
