import { LRUCache } from 'lru-cache';
import { AppError } from './errors.js';
import type { ControlStore } from './tenancy.js';

/** Rows about fewer people than this are told of no tenant that has not chosen otherwise. */
const usualSize = 5;
export const minGroupSizeMax = 1_000;
/** A tenant's choice counts everywhere within this time. */
const ageMsMax = 10_000;
const tenantsMax = 10_000;

/** Fewest people of whom a part of a tenant's answers tells. 1 tells of everybody. */
export type ReadMinGroupSize = (tenantId: string) => Promise<number>;

function settingOf(tenantId: string): string {
  return `min-group-size/${tenantId}`;
}

/** Reads what was chosen, at most so often. */
export function createMinGroupSizeReader(store: Pick<ControlStore, 'getSetting'>): ReadMinGroupSize {
  const known = new LRUCache<string, Promise<number>>({ max: tenantsMax, ttl: ageMsMax });
  return async (tenantId) => {
    const reading = known.get(tenantId) ?? readMinGroupSize(store, tenantId);
    known.set(tenantId, reading, { noUpdateTTL: true });
    // What could not be read is asked for again.
    reading.catch(() => known.delete(tenantId));
    return reading;
  };
}

async function readMinGroupSize(store: Pick<ControlStore, 'getSetting'>, tenantId: string): Promise<number> {
  const chosen = await store.getSetting(settingOf(tenantId));
  return chosen === undefined ? usualSize : Number(chosen);
}

/** Throws `AppError` 400 `min_group_size_invalid`. */
export async function putMinGroupSize(
  store: Pick<ControlStore, 'putSetting'>,
  tenantId: string,
  size: number,
): Promise<void> {
  if (!Number.isInteger(size) || size < 1 || size > minGroupSizeMax) {
    const reason = `The smallest group has from 1 to ${minGroupSizeMax} people.`;
    throw new AppError('min_group_size_invalid', reason, { status: 400, pointer: '/minGroupSize' });
  }
  await store.putSetting(settingOf(tenantId), String(size));
}
