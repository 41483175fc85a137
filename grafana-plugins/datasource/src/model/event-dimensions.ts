import type { eventOnlyDimensions as known } from '@coditect/contracts';

/** What single events can be filtered by beside the dimensions of KPIs; `attributes.<name>` can be typed. */
export const eventOnlyDimensions = [
  'eventId',
  'id',
  'source',
  'subject',
  'user',
  'session',
  'level',
] as const satisfies typeof known;

/** Whatever an event carries beyond its columns. */
export function isAttribute(dimension: string): boolean {
  return /^attributes\../u.test(dimension);
}
