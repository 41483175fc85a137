import { AppError } from './errors.js';
import { rememberReads } from './remember-reads.js';
import type { ControlStore } from './tenancy.js';

/** Rows about fewer people than this are told of no tenant that has not chosen otherwise. */
const usualSize = 5;
export const minGroupSizeMax = 1_000;
/** A tenant's choice counts everywhere within this time. */
const trustedMs = 10_000;

/** Fewest people of whom a part of a tenant's answers tells. 1 tells of everybody. */
export type ReadMinGroupSize = (tenantId: string) => Promise<number>;

function settingOf(tenantId: string): string {
  return `min-group-size/${tenantId}`;
}

/** Reads what was chosen, at most so often. */
export function createMinGroupSizeReader(options: {
  readonly store: Pick<ControlStore, 'getSetting'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}): ReadMinGroupSize {
  const { now, store } = options;
  return rememberReads((tenantId) => readMinGroupSize(store, tenantId), { trustedMs, now });
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
