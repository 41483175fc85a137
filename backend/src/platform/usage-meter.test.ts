import { pino } from 'pino';
import { noLimits } from '../testkit/no-limits.js';
import { createQuotas } from './quotas.js';
import type { TenantLimits } from './tenant-limits.js';
import { createUsageMeter, type SyncedUsageMeter } from './usage-meter.js';
import { noUsage, type DayUsage, type UsageStore } from './usage.js';

const startMs = Date.parse('2026-06-15T23:00:00Z');
let nowMs = startMs;

/** In memory, with the same promises as the one in PostgreSQL. */
function createMemoryStore() {
  const rows = new Map<string, DayUsage>();
  const stored = new Map<string, { events: number; countedAt: Date }>();
  const store: UsageStore & { isAway: boolean } = {
    isAway: false,
    async write(runId, totals) {
      if (this.isAway) throw new Error('away');
      for (const { day, tenantId, ...used } of totals) {
        const key = `${day} ${tenantId} ${runId}`;
        const before = rows.get(key) ?? noUsage;
        rows.set(key, {
          events: Math.max(before.events, used.events),
          rowsRead: Math.max(before.rowsRead, used.rowsRead),
          reportMs: Math.max(before.reportMs, used.reportMs),
        });
      }
    },
    async readDay(day, exceptRunId) {
      const used = new Map<string, DayUsage>();
      for (const [key, row] of rows) {
        const [ofDay, tenantId = '', runId] = key.split(' ');
        const before = used.get(tenantId) ?? noUsage;
        if (ofDay === day && runId !== exceptRunId)
          used.set(tenantId, { ...before, events: before.events + row.events });
      }
      return used;
    },
    readTenant: () => Promise.resolve([]),
    async putStoredEvents(counts) {
      for (const [tenantId, events] of counts) stored.set(tenantId, { events, countedAt: new Date(nowMs) });
    },
    readStoredEvents: () => Promise.resolve(stored),
    findStoredEvents: (tenantId) => Promise.resolve(stored.get(tenantId)),
    forget: () => Promise.resolve(),
  };
  return store;
}

let store: ReturnType<typeof createMemoryStore>;
const open = (runId: string): SyncedUsageMeter =>
  createUsageMeter({ store, runId, keptDays: 400, now: () => nowMs, logger: pino({ level: 'silent' }) });

beforeEach(() => {
  nowMs = startMs;
  store = createMemoryStore();
});

describe('usage of tenants', () => {
  it('is that of all processes, and of those that have ended', async () => {
    const first = open('first');
    const second = open('second');
    first.note('acme', { events: 3 });
    await first.sync();
    second.note('acme', { events: 4 });
    second.note('globex', { events: 1 });
    await second.sync();
    expect(second.usedToday('acme').events).toBe(7);
    expect(first.usedToday('acme').events).toBe(3);
    await first.sync();
    expect(first.usedToday('acme').events).toBe(7);
    const third = open('third');
    await third.sync();
    expect(third.usedToday('acme').events).toBe(7);
    expect(third.usedToday('globex').events).toBe(1);
  });

  it('counts nothing twice when it is written again, and nothing is lost while the store is away', async () => {
    const meter = open('first');
    meter.note('acme', { events: 3 });
    store.isAway = true;
    await meter.sync();
    meter.note('acme', { events: 2 });
    store.isAway = false;
    await meter.sync();
    await meter.sync();
    meter.note('acme', { events: 1 });
    await meter.sync();
    const other = open('other');
    await other.sync();
    expect(other.usedToday('acme').events).toBe(6);
  });

  it('begins anew with the day, and is still written for the day on which it was', async () => {
    const meter = open('first');
    meter.note('acme', { events: 3 });
    nowMs += 2 * 3_600_000;
    expect(meter.usedToday('acme')).toEqual(noUsage);
    await meter.sync();
    nowMs = startMs;
    const other = open('other');
    await other.sync();
    expect(other.usedToday('acme').events).toBe(3);
  });
});

describe('quotas', () => {
  function setUp(own: Partial<TenantLimits>) {
    const meter = open('first');
    const limited: string[] = [];
    const quotas = createQuotas({
      meter,
      readLimits: () => Promise.resolve({ ...noLimits, ...own }),
      onLimited: (tenantId, limit) => limited.push(`${tenantId} ${limit}`),
      now: () => nowMs,
    });
    return { meter, quotas, limited };
  }

  it('refuse from the moment on that nothing is left, until the day is over', async () => {
    const { limited, meter, quotas } = setUp({ eventsPerDay: 10 });
    meter.note('acme', { events: 9, rowsRead: 1_000_000, reportMs: 1_000_000 });
    await quotas.require('acme', 'eventsPerDay', 'rowsReadPerDay', 'reportMinutesPerDay');
    meter.note('acme', { events: 500 });
    await expect(quotas.require('acme', 'eventsPerDay')).rejects.toMatchObject({
      code: 'quota_exceeded',
      status: 429,
      retryable: true,
      limit: 10,
      retryAfterSeconds: 3_600,
    });
    await quotas.require('globex', 'eventsPerDay');
    await quotas.require('acme', 'rowsReadPerDay');
    expect(limited).toEqual(['acme eventsPerDay']);
    nowMs += 3_600_000;
    await quotas.require('acme', 'eventsPerDay');
  });

  it('count minutes of reports and events that are kept', async () => {
    const { meter, quotas } = setUp({ reportMinutesPerDay: 2, storedEvents: 100 });
    meter.note('acme', { reportMs: 119_999 });
    await quotas.require('acme', 'reportMinutesPerDay', 'storedEvents');
    meter.note('acme', { reportMs: 1 });
    await expect(quotas.require('acme', 'reportMinutesPerDay')).rejects.toMatchObject({ limit: 2 });
    await store.putStoredEvents(new Map([['acme', 100]]));
    await meter.sync();
    await expect(quotas.require('acme', 'storedEvents')).rejects.toMatchObject({
      limit: 100,
      retryAfterSeconds: 600,
    });
  });
});
