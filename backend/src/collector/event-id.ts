import { hash } from 'node:crypto';

/**
 * The identity of an event: the first 128 bits of SHA-256 over (tenant, source, id), written as a UUID.
 * Each part is led by its length, so that no two triples give the same text. Time is no part of it.
 */
export function eventIdOf(tenantId: string, source: string, id: string): string {
  const hex = hash('sha256', `${tenantId.length}:${tenantId}${source.length}:${source}${id}`, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
