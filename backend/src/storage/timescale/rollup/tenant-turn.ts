import { z } from 'zod';
import { findSqlState, type SqlDatabase, type SqlExecutor } from '../../postgres/sql-executor.js';
import { toDate, toInstant } from './spans.js';

/** How far a tenant is rolled up. Days are numbered since 1970-01-01. */
export interface RollupTenantState {
  readonly timeZone: string;
  /** The first local day that is not closed. */
  readonly closedUntil: number;
  /** The first local day whose rollups are kept; `undefined` while none has been removed. */
  readonly keptFrom: number | undefined;
  /** Zones that the tenant had before, ascending. */
  readonly pastZones: readonly {
    readonly timeZone: string;
    readonly untilDay: number;
    readonly untilMs: number;
  }[];
}

const stateRow = z.object({
  time_zone: z.string(),
  closed_until: z.number(),
  kept_from: z.number().nullable(),
});
const pastZoneRow = z.object({ time_zone: z.string(), until_day: z.number(), until_at: z.date() });

/** Begins the rollups of a tenant; nothing changes when they have begun. */
export async function beginTenant(
  executor: SqlExecutor,
  tenantId: string,
  begin: { readonly timeZone: string; readonly closedUntil: number; readonly atMs: number },
): Promise<void> {
  await executor.query(
    `INSERT INTO analytics.rollup_tenants_v1 (tenant_id, time_zone, closed_until, updated_at)
     VALUES ($1, $2, $3::date, $4::timestamptz) ON CONFLICT (tenant_id) DO NOTHING`,
    [tenantId, begin.timeZone, toDate(begin.closedUntil), toInstant(begin.atMs)],
  );
}

/**
 * One transaction on the rollups of a tenant, in which all statements see the same moment. Nobody else rolls the tenant
 * up meanwhile: `busy` when another process does. `work` says what becomes of `closedUntil`, or `undefined` when it
 * changed nothing. Throws as PostgreSQL does (40001) when another turn ended after this one's moment.
 */
export async function takeTurn<T>(
  database: SqlDatabase,
  tenantId: string,
  atMs: number,
  work: (executor: SqlExecutor, state: RollupTenantState) => Promise<TurnResult<T>>,
): Promise<T | 'busy'> {
  return database.transaction(async (executor) => {
    await executor.runScript(turnSettings);
    const state = await lockState(executor, tenantId);
    if (state === undefined) return 'busy';
    const { closedUntil, result } = await work(executor, state);
    // Whoever looks at an older moment finds this row changed, and fails instead of doing the same again.
    if (closedUntil !== undefined) await writeState(executor, tenantId, closedUntil, atMs);
    return result;
  });
}

export interface TurnResult<T> {
  readonly closedUntil: number | undefined;
  readonly result: T;
}

/**
 * A day of a large tenant takes longer than a question may. What this transaction has written itself is not in the
 * planner's statistics: it would take a million rows for one and sort them by ten texts, where a hash is several times
 * as fast.
 */
const turnSettings = `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = '30min';
  SET LOCAL work_mem = '96MB'; SET LOCAL enable_sort = off; SET LOCAL jit = off`;

async function lockState(executor: SqlExecutor, tenantId: string): Promise<RollupTenantState | undefined> {
  const [found] = await executor.query(
    `SELECT time_zone, closed_until - DATE '1970-01-01' AS closed_until, kept_from - DATE '1970-01-01' AS kept_from
     FROM analytics.rollup_tenants_v1 WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED`,
    [tenantId],
  );
  if (found === undefined) return undefined;
  const { time_zone: timeZone, closed_until: closedUntil, kept_from: keptFrom } = stateRow.parse(found);
  const pastZones = await readPastZones(executor, tenantId);
  return { timeZone, closedUntil, keptFrom: keptFrom ?? undefined, pastZones };
}

/** Zones that the tenant had before, ascending. */
export async function readPastZones(
  executor: SqlExecutor,
  tenantId: string,
): Promise<RollupTenantState['pastZones']> {
  const zones = await executor.query(
    `SELECT time_zone, until_day - DATE '1970-01-01' AS until_day, until_at
     FROM analytics.rollup_zones_v1 WHERE tenant_id = $1 ORDER BY until_day`,
    [tenantId],
  );
  return zones
    .map((row) => pastZoneRow.parse(row))
    .map((row) => ({ timeZone: row.time_zone, untilDay: row.until_day, untilMs: row.until_at.getTime() }));
}

async function writeState(
  executor: SqlExecutor,
  tenantId: string,
  closedUntil: number,
  atMs: number,
): Promise<void> {
  await executor.query(
    `UPDATE analytics.rollup_tenants_v1 SET closed_until = $2::date, updated_at = $3::timestamptz
     WHERE tenant_id = $1`,
    [tenantId, toDate(closedUntil), toInstant(atMs)],
  );
}

const serializationFailure = '40001';
const deadlockDetected = '40P01';

/** Two transactions met, and this one gave way: the same again will do. */
export function isMeeting(error: unknown): boolean {
  const state = findSqlState(error);
  return state === serializationFailure || state === deadlockDetected;
}
