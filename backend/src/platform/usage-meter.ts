import type { Logger } from './logger.js';
import {
  dayMs,
  dayOf,
  noUsage,
  type DayUsage,
  type StoredEvents,
  type UsageMeter,
  type UsageStore,
} from './usage.js';

export interface UsageMeterOptions {
  readonly store: UsageStore;
  /** Of this run of this process, and of no other one. */
  readonly runId: string;
  readonly keptDays: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** One that writes what it has noted and reads what others have, when it is told to. */
export interface SyncedUsageMeter extends UsageMeter {
  /** Never rejects: what could not be written is written the next time. */
  sync(): Promise<void>;
}

export function createUsageMeter({
  keptDays,
  logger,
  now,
  runId,
  store,
}: UsageMeterOptions): SyncedUsageMeter {
  /** Totals of this run, by day and tenant. */
  const own = new Map<string, Map<string, DayUsage>>();
  const unwritten = new Set<string>();
  let others: { readonly day: string; readonly used: ReadonlyMap<string, DayUsage> } | undefined;
  let stored: ReadonlyMap<string, StoredEvents> = new Map();
  let forgottenOn: string | undefined;
  /** Since the last time. */
  let isAsked = true;

  async function write(): Promise<void> {
    const keys = [...unwritten];
    const totals = keys.map((key) => {
      const [day = '', tenantId = ''] = key.split(' ');
      return { day, tenantId, ...(own.get(day)?.get(tenantId) ?? noUsage) };
    });
    // What is noted meanwhile is unwritten again.
    unwritten.clear();
    try {
      if (totals.length > 0) await store.write(runId, totals);
    } catch (error) {
      for (const key of keys) unwritten.add(key);
      throw error;
    }
  }

  async function read(): Promise<void> {
    const day = dayOf(now());
    others = { day, used: await store.readDay(day, runId) };
    stored = await store.readStoredEvents();
    if (forgottenOn === day) return;
    await store.forget(dayOf(now() - keptDays * dayMs));
    forgottenOn = day;
    for (const past of own.keys()) if (past < day) own.delete(past);
  }

  return {
    note(tenantId, used) {
      isAsked = true;
      const day = dayOf(now());
      const ofDay = own.get(day) ?? new Map<string, DayUsage>();
      own.set(day, ofDay);
      ofDay.set(tenantId, add(ofDay.get(tenantId) ?? noUsage, used));
      unwritten.add(`${day} ${tenantId}`);
    },
    usedToday(tenantId) {
      isAsked = true;
      const day = dayOf(now());
      const ofOthers = others?.day === day ? others.used.get(tenantId) : undefined;
      return add(own.get(day)?.get(tenantId) ?? noUsage, ofOthers ?? noUsage);
    },
    storedEvents(tenantId) {
      isAsked = true;
      return stored.get(tenantId)?.events ?? 0;
    },
    async sync() {
      // A process that stands idle leaves the store alone.
      if (!isAsked && unwritten.size === 0) return;
      isAsked = false;
      try {
        await write();
        await read();
      } catch (error) {
        logger.warn({ err: error }, 'usage of tenants not written or read');
      }
    },
  };
}

function add(left: DayUsage, right: Partial<DayUsage>): DayUsage {
  return {
    events: left.events + (right.events ?? 0),
    rowsRead: left.rowsRead + (right.rowsRead ?? 0),
    reportMs: left.reportMs + (right.reportMs ?? 0),
  };
}
