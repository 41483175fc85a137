import type { EventEnvelope } from '@coditect/contracts';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { runTick, type TickOptions } from '../../src/batch-processor/rollup/run-tick.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import type { Tenant } from '../../src/platform/tenancy.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { binOfDuration } from '../../src/storage/timescale/duration-bins.js';
import { domainOf } from '../../src/storage/timescale/landing-row.js';
import { silent } from './landing-world.js';

export const closeDelayMs = 600_000;
const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The same numbers each time, from 0 to 1. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

export function aTenant(id: string, timeZone: string): Tenant {
  return { id, name: id, timeZone };
}

export function tickOptions(
  database: SqlDatabase,
  clock: { readonly ms: number },
  overrides: Partial<TickOptions> = {},
): TickOptions {
  return {
    database,
    now: () => clock.ms,
    closeDelayMs,
    bounds: { daysMax: 5, eventsMax: 100_000 },
    intervalMs: 30_000,
    logger: silent,
    telemetry: createTelemetry({ defaultMetrics: false }),
    ...overrides,
  };
}

export async function tick(
  database: SqlDatabase,
  tenant: Tenant,
  clock: { readonly ms: number },
): Promise<void> {
  await runTick(tickOptions(database, clock), [tenant]);
}

/** Rows by their key, as text: two of them are compared whole. */
export type Rows = Readonly<Record<string, string>>;

export interface Rollups {
  readonly rollups: Rows;
  readonly durations: Rows;
  readonly users: Rows;
  readonly days: Rows;
}

type Sums = Map<string, readonly number[]>;

function add(rows: Sums, key: string, values: readonly number[]): void {
  const known = rows.get(key);
  rows.set(
    key,
    values.map((value, index) => value + (known?.[index] ?? 0)),
  );
}

/** What the rollups of these events are, minute by minute and day by day. */
export function recompute(events: readonly EventEnvelope[], timeZone: string, nowMs: number): Rollups {
  const rollups: Sums = new Map();
  const durations: Sums = new Map();
  const users: Sums = new Map();
  const days: Sums = new Map();
  for (const event of events) {
    const local = DateTime.fromMillis(event.occurredAt, { zone: timeZone });
    for (const [grain, startMs] of bucketsOf(event.occurredAt, timeZone, nowMs)) {
      const key = [grain, new Date(startMs).toISOString(), ...dimensionsOf(event)].join('|');
      add(rollups, key, [1, event.tokensInput ?? 0, Math.round((event.costUsd ?? 0) * 1_000)]);
      if (event.durationMs !== undefined) add(durations, `${key}|${binOfDuration(event.durationMs)}`, [1]);
    }
    const day = local.toISODate() ?? '';
    if (event.userId !== undefined)
      users.set([day, domainOf(event.type), event.team ?? '', event.userId].join('|'), []);
    const lateFrom = local.endOf('day').toMillis() + 1 + closeDelayMs;
    add(days, day, [1, event.receivedAt >= lateFrom ? 1 : 0]);
  }
  return {
    rollups: toRows(rollups),
    durations: toRows(durations),
    users: toRows(users),
    days: toRows(days),
  };
}

/** The hour, and of the longer ones those that are over. */
function bucketsOf(atMs: number, timeZone: string, nowMs: number): readonly (readonly [string, number])[] {
  const local = DateTime.fromMillis(atMs, { zone: timeZone });
  const today = DateTime.fromMillis(nowMs - closeDelayMs, { zone: timeZone })
    .startOf('day')
    .toMillis();
  const over = (['day', 'week', 'month'] as const).filter(
    (unit) => local.endOf(unit).toMillis() + 1 <= today,
  );
  return [
    ['hour', startOfHour(atMs, timeZone)],
    ...over.map((unit) => [unit, local.startOf(unit).toMillis()] as const),
  ];
}

function dimensionsOf(event: EventEnvelope): readonly string[] {
  return [event.type, event.team ?? '', event.model ?? '', event.status ?? ''];
}

/** A local hour begins at its minute 0, or where the clock jumps into it. */
function startOfHour(atMs: number, timeZone: string): number {
  let start = Math.floor(atMs / minuteMs) * minuteMs;
  const minuteOf = (ms: number): number => DateTime.fromMillis(ms, { zone: timeZone }).minute;
  while (minuteOf(start) !== 0 && minuteOf(start - minuteMs) === minuteOf(start) - 1) start -= minuteMs;
  return start;
}

function toRows(rows: ReadonlyMap<string, readonly number[]>): Rows {
  return Object.fromEntries([...rows].sort().map(([key, values]) => [key, values.join(' ')]));
}

const keyedRow = z.object({ key: z.string(), value: z.string() });

/** What the tables say of a tenant. Days without an event are left out. */
export async function readRollups(database: SqlDatabase, tenantId: string): Promise<Rollups> {
  const iso = `to_char(bucket AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const read = async (sql: string): Promise<Rows> => {
    const rows = (await database.query(sql, [tenantId])).map((row) => keyedRow.parse(row));
    const keys = rows.map(({ key }) => key);
    if (new Set(keys).size !== keys.length) throw new Error('two rows for one key');
    return Object.fromEntries(
      rows.map(({ key, value }) => [key, value] as const).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  };
  const dimensions = `concat_ws('|', grain, ${iso}, type, team, model, status`;
  return {
    rollups: await read(
      `SELECT ${dimensions}) AS key, concat_ws(' ', events, tokens_input, (cost_usd * 1000)::bigint) AS value
       FROM analytics.rollups_v1 WHERE tenant_id = $1`,
    ),
    durations: await read(
      `SELECT ${dimensions}, bin) AS key, events::text AS value
       FROM analytics.rollup_durations_v1 WHERE tenant_id = $1`,
    ),
    users: await read(
      `SELECT concat_ws('|', local_day, domain, team, user_id) AS key, '' AS value
       FROM analytics.user_days_v1 WHERE tenant_id = $1`,
    ),
    days: await read(
      `SELECT local_day::text AS key, concat_ws(' ', events, late_events) AS value
       FROM analytics.rollup_days_v1 WHERE tenant_id = $1 AND events > 0`,
    ),
  };
}

const countRow = z.object({ count: z.string() });

export async function count(database: SqlDatabase, table: string, tenantId: string): Promise<number> {
  const [row] = await database.query(
    `SELECT count(*)::text AS count FROM analytics.${table} WHERE tenant_id = $1`,
    [tenantId],
  );
  return Number(countRow.parse(row).count);
}

const types = ['ai.coditect.agent.run.finished.v1', 'ai.coditect.ide.command.executed.v1'];
const pick = <T>(random: () => number, items: readonly T[]): T | undefined =>
  items[Math.floor(random() * items.length)];

/** What is random about an event, besides its time. */
export function randomFields(random: () => number): Partial<EventEnvelope> {
  const user = pick(random, ['ann', 'bob', 'cid', undefined]);
  return {
    type: pick(random, types) ?? '',
    team: pick(random, ['red', 'blue']) ?? '',
    model: pick(random, ['small', 'large']) ?? '',
    status: pick(random, ['ok', 'failed']) ?? '',
    tokensInput: Math.floor(random() * 1_000),
    costUsd: Math.floor(random() * 1_000) / 1_000,
    ...(user !== undefined && { userId: user }),
    ...(random() < 0.7 && { durationMs: random() < 0.1 ? 0 : random() * 10_000 }),
  };
}

/** A database whose statements fail, once, when `failAfter` of them have been made. */
export function createFailing(database: SqlDatabase): SqlDatabase & { failAfter: number } {
  const failing: SqlDatabase & { failAfter: number } = {
    failAfter: Infinity,
    ...database,
    transaction: (work) =>
      database.transaction((executor) =>
        work({
          runScript: (sql) => executor.runScript(sql),
          async query(sql, parameters) {
            const rows = await executor.query(sql, parameters);
            failing.failAfter -= 1;
            if (failing.failAfter === 0) throw new Error('stopped in the middle');
            return rows;
          },
        }),
      ),
  };
  return failing;
}

export { dayMs };
