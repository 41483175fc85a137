/** The partition of an event among `count`. The identity is a hash already; its first 32 bits decide. */
export function partitionOf(eventId: string, count: number): number {
  return Number.parseInt(eventId.slice(0, 8), 16) % count;
}
