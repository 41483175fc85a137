import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Config } from './config.js';
import { AppError } from './errors.js';
import type { ControlStore } from './tenancy.js';

const most = 1_000_000_000_000;
/** `null` is no limit. */
const upTo = (max: number) => z.int().min(1).max(max).nullable();

/**
 * How much a tenant may do. Of `eventsPerSecond`, `eventsBurst` and `queriesInFlight` each process keeps its own account;
 * the others are those of all processes, and a day is one of UTC.
 */
export const tenantLimitsSchema = z.strictObject({
  /** Events sent, over time: over HTTP to each collector. */
  eventsPerSecond: upTo(10_000_000),
  /** Events that may come at once before the rate counts. */
  eventsBurst: z.int().min(1).max(100_000_000),
  /** Events accepted. */
  eventsPerDay: upTo(most),
  /** Raw events that are kept at a time. */
  storedEvents: upTo(most),
  /** Questions that are worked on at once. Further ones wait. */
  queriesInFlight: upTo(1_000),
  /** Rows that ClickHouse reads for questions. */
  rowsReadPerDay: upTo(most),
  /** Minutes that the making of reports takes, side by side or not. */
  reportMinutesPerDay: upTo(1_000_000),
});
export type TenantLimits = Readonly<z.infer<typeof tenantLimitsSchema>>;
export type LimitName = keyof TenantLimits;
export const limitNames = tenantLimitsSchema.keyof().options;

/** What was set for the one tenant. What is absent is as the configuration says. */
export const ownLimitsSchema = tenantLimitsSchema.partial();
export type OwnLimits = z.infer<typeof ownLimitsSchema>;

/** What counts, and which of it was set for the tenant alone. */
export interface LimitsOfTenant {
  readonly limits: TenantLimits;
  readonly own: OwnLimits;
}

export type ReadTenantLimits = (tenantId: string) => Promise<TenantLimits>;

/** What was set counts everywhere within this time. */
const ageMsMax = 10_000;
const tenantsMax = 10_000;

function settingOf(tenantId: string): string {
  return `limits/${tenantId}`;
}

/** In the configuration 0 is no limit. */
export function toDefaultLimits(config: Config['limits']): TenantLimits {
  const orNone = (value: number): number | null => (value === 0 ? null : value);
  return {
    eventsPerSecond: orNone(config.eventsPerSecond),
    eventsBurst: config.eventsBurst,
    eventsPerDay: orNone(config.eventsPerDay),
    storedEvents: orNone(config.storedEvents),
    queriesInFlight: orNone(config.queriesInFlight),
    rowsReadPerDay: orNone(config.rowsReadPerDay),
    reportMinutesPerDay: orNone(config.reportMinutesPerDay),
  };
}

/** Reads what was set, at most so often. */
export function createTenantLimitsReader(
  store: Pick<ControlStore, 'getSetting'>,
  defaults: TenantLimits,
): ReadTenantLimits {
  const known = new LRUCache<string, Promise<TenantLimits>>({ max: tenantsMax, ttl: ageMsMax });
  return async (tenantId) => {
    const reading =
      known.get(tenantId) ?? readLimitsOfTenant(store, defaults, tenantId).then(({ limits }) => limits);
    known.set(tenantId, reading, { noUpdateTTL: true });
    // What could not be read is asked for again.
    reading.catch(() => known.delete(tenantId));
    return reading;
  };
}

export async function readLimitsOfTenant(
  store: Pick<ControlStore, 'getSetting'>,
  defaults: TenantLimits,
  tenantId: string,
): Promise<LimitsOfTenant> {
  const text = await store.getSetting(settingOf(tenantId));
  const own = text === undefined ? {} : ownLimitsSchema.parse(JSON.parse(text));
  return { own, limits: tenantLimitsSchema.parse({ ...defaults, ...own }) };
}

/** Replaces all that was set. Throws `AppError` 400 `limits_invalid`, the pointer naming the limit. */
export async function putOwnLimits(
  store: Pick<ControlStore, 'putSetting'>,
  tenantId: string,
  wanted: unknown,
): Promise<void> {
  const checked = ownLimitsSchema.safeParse(wanted);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const path = issue?.code === 'unrecognized_keys' ? issue.keys : (issue?.path ?? []);
    const name = String(path[0] ?? '');
    const reason = `The limit ${JSON.stringify(name)} is not valid: ${issue?.message ?? 'it can not be read'}.`;
    throw new AppError('limits_invalid', reason, { status: 400, pointer: `/${name}` });
  }
  await store.putSetting(settingOf(tenantId), JSON.stringify(checked.data));
}
