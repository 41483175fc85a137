import type { EventEnvelope } from '@coditect/contracts';

export interface PartitionGroup {
  readonly partition: string;
  readonly events: readonly EventEnvelope[];
}

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

/** One group a table partition, so that one insert makes one part and its token stands for exactly that part. */
export function groupByPartition(
  events: readonly EventEnvelope[],
  partitionOf: (event: EventEnvelope) => string,
): readonly PartitionGroup[] {
  const groups = new Map<string, EventEnvelope[]>();
  for (const event of events) {
    const partition = partitionOf(event);
    const group = groups.get(partition);
    if (group === undefined) groups.set(partition, [event]);
    else group.push(event);
  }
  return [...groups].map(([partition, group]) => ({ partition, events: group }));
}
