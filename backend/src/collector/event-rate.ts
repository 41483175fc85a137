import { LRUCache } from 'lru-cache';

export interface Rate {
  /** `null` is no limit. */
  readonly eventsPerSecond: number | null;
  /** Events that may come at once before the rate counts. */
  readonly eventsBurst: number;
}

/**
 * A bucket for each tenant, which fills at its rate up to its burst. A request is let through while there is anything in it, and
 * takes all that it needs, on credit where that is more: a batch larger than the burst would never come through
 * otherwise, and over time the rate holds all the same.
 */
export interface EventRates {
  /** 0 when a request may come now, else milliseconds until one may. */
  waitMs(tenantId: string, rate: Rate): number;
  /** Takes the events out if a request may come now; else, as `waitMs` does, says how long it has to wait. */
  take(tenantId: string, rate: Rate, events: number): number;
  /** Of events that were not taken in. */
  giveBack(tenantId: string, events: number): void;
}

interface Bucket {
  /** Below 0 while there is credit to be paid back. */
  events: number;
  atMs: number;
}

/** One that is forgotten is full again: more tenants than this never send at the same time. */
const tenantsMax = 100_000;

/** `now` is in milliseconds of a clock that never goes back. */
export function createEventRates(now: () => number): EventRates {
  const buckets = new LRUCache<string, Bucket>({ max: tenantsMax });

  function fill(tenantId: string, eventsPerSecond: number, { eventsBurst }: Rate): Bucket {
    const atMs = now();
    const before = buckets.get(tenantId);
    const come = before === undefined ? eventsBurst : ((atMs - before.atMs) / 1_000) * eventsPerSecond;
    const bucket = { events: Math.min(eventsBurst, (before?.events ?? 0) + come), atMs };
    buckets.set(tenantId, bucket);
    return bucket;
  }

  return {
    waitMs(tenantId, rate) {
      const { eventsPerSecond } = rate;
      if (eventsPerSecond === null) return 0;
      return waitOf(fill(tenantId, eventsPerSecond, rate), eventsPerSecond);
    },
    take(tenantId, rate, events) {
      const { eventsPerSecond } = rate;
      if (eventsPerSecond === null) return 0;
      const bucket = fill(tenantId, eventsPerSecond, rate);
      const waitMs = waitOf(bucket, eventsPerSecond);
      if (waitMs === 0) bucket.events -= events;
      return waitMs;
    },
    giveBack(tenantId, events) {
      const bucket = buckets.get(tenantId);
      if (bucket !== undefined) bucket.events += events;
    },
  };
}

/** Parts of an event that are lost in sums of fractions. */
const tolerance = 1e-6;

/** Until there is a whole event again. */
function waitOf({ events }: Bucket, eventsPerSecond: number): number {
  const missing = 1 - tolerance - events;
  return missing <= 0 ? 0 : Math.ceil((missing / eventsPerSecond) * 1_000);
}
