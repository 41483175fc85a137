import type { EventEnvelope } from '@coditect/contracts';

/** Keeps the first of each identity and only those that `isStored` does not know. Order is kept. */
export function selectNew(
  events: readonly EventEnvelope[],
  isStored: (event: EventEnvelope) => boolean,
): readonly EventEnvelope[] {
  const taken = new Set<string>();
  return events.filter((event) => {
    if (taken.has(event.eventId) || isStored(event)) return false;
    taken.add(event.eventId);
    return true;
  });
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
