import { textColumns, type EventEnvelope } from '@coditect/contracts';

/**
 * Characters of one landing at most: what travels to the store must fit one message of its protocol, at the four bytes
 * that a character may take.
 */
const charsMax = 3_500_000;

/** Of a row without its texts. */
const rowChars = 250;

/** Cuts events, in order, into landings of bounded size. A single larger event goes alone. */
export function* cutLandings(
  events: readonly EventEnvelope[],
  rowsMax: number,
): Iterable<readonly EventEnvelope[]> {
  let start = 0;
  let chars = 0;
  for (const [index, event] of events.entries()) {
    const size = sizeOf(event);
    if (index > start && (index - start >= rowsMax || chars + size > charsMax)) {
      yield events.slice(start, index);
      start = index;
      chars = 0;
    }
    chars += size;
  }
  if (start < events.length) yield events.slice(start);
}

function sizeOf(event: EventEnvelope): number {
  let size = rowChars + event.tenantId.length + 2 * event.type.length;
  for (const name of textColumns) size += event[name]?.length ?? 0;
  return size;
}
