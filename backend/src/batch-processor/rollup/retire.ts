import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../platform/logger.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { SqlDatabase, SqlExecutor } from '../../storage/postgres/sql-executor.js';
import { canCompress, compressLandingChunk } from '../../storage/timescale/rollup/compression.js';
import {
  dropEmptyRollupChunks,
  dropLandingChunk,
  hasOpenWork,
  holdRollups,
  listLandingChunks,
  listQuarters,
  markDropped,
  pruneRollups,
  removeIds,
  removeSeatChanges,
  type LandingChunk,
} from '../../storage/timescale/rollup/retention.js';
import type { DaySpan } from '../../storage/timescale/rollup/spans.js';
import { removeUserFirsts } from '../../storage/timescale/rollup/user-firsts.js';
import { takeTurn, type RollupTenantState } from '../../storage/timescale/rollup/tenant-turn.js';
import { startOfPeriod } from './calendar.js';
import { calendarOf } from './roll-tenant.js';
import { retried } from './run-tick.js';

export interface RetireOptions {
  readonly database: SqlDatabase;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly landingRetentionDays: number;
  readonly rollupRetentionDays: number;
  readonly logger: Logger;
}

const dayMs = 86_400_000;
/** Rollups go by whole months, so an identity waits for the end of its own, and for clocks that go wrong. */
const idMarginMs = 40 * dayMs;
const idsPerStatement = 5_000;
const pauseMs = 20;

/**
 * Removes what has outlived its days: events from landing, then rollups, changes of seats, first uses, identities. Safe to
 * run again. What fails for one week or one tenant is logged and keeps nothing else; the first error is thrown when all
 * the rest is done.
 */
export async function retire(
  options: RetireOptions,
  tenants: readonly Tenant[],
  signal?: AbortSignal,
): Promise<void> {
  const errors: unknown[] = [];
  await retireLanding(options, errors, signal);
  await retireRollups(options, tenants, errors, signal);
  const keptFromMs = options.now() - options.rollupRetentionDays * dayMs;
  await removeSeatChanges(options.database, keptFromMs);
  await removeUserFirsts(options.database, keptFromMs);
  await retireIds(options, signal);
  if (errors.length > 0) throw errors[0];
}

async function retireLanding(
  { database, landingRetentionDays, logger, now }: RetireOptions,
  errors: unknown[],
  signal?: AbortSignal,
): Promise<void> {
  for (const chunk of await listLandingChunks(database, now() - landingRetentionDays * dayMs)) {
    if (signal?.aborted === true) return;
    const receivedBefore = new Date(chunk.toMs).toISOString();
    try {
      const isDropped = await retried(() => database.transaction((executor) => retireChunk(executor, chunk)));
      if (isDropped) logger.info({ receivedBefore }, 'landing dropped');
      else logger.warn({ receivedBefore }, 'landing is kept longer: a rollup still needs it');
    } catch (error) {
      errors.push(error);
      logger.error({ err: error, receivedBefore }, 'landing not dropped, the next time tries again');
    }
  }
}

export interface CompressOptions extends Pick<RetireOptions, 'database' | 'now' | 'logger'> {
  /** From the end of a week of landing; 0 leaves it as it is. */
  readonly landingCompressAfterDays: number;
}

/**
 * Makes landing that hardly changes any more smaller, where the edition of the store can. One week a transaction; one that
 * fails is logged and waits for the next time. Rows are read, added and deleted as before.
 */
export async function compressLanding(
  { database, landingCompressAfterDays: afterDays, logger, now }: CompressOptions,
  signal?: AbortSignal,
): Promise<void> {
  if (afterDays === 0 || !(await canCompress(database))) return;
  for (const chunk of await listLandingChunks(database, now() - afterDays * dayMs)) {
    if (signal?.aborted === true) return;
    const receivedBefore = new Date(chunk.toMs).toISOString();
    try {
      const isNew = await database.transaction((executor) => compressLandingChunk(executor, chunk.table));
      if (isNew) logger.info({ receivedBefore }, 'landing compressed');
    } catch (error) {
      logger.error({ err: error, receivedBefore }, 'landing not compressed, the next time tries again');
    }
  }
}

async function retireChunk(executor: SqlExecutor, chunk: LandingChunk): Promise<boolean> {
  const states = await holdRollups(executor, chunk);
  const found: { readonly tenantId: string; readonly days: readonly DaySpan[] }[] = [];
  for (const { tenantId, quartersMs } of await listQuarters(executor, chunk)) {
    const state = states.get(tenantId);
    if (state === undefined) return false;
    const days = keptDaysOf(state, quartersMs);
    if (days.some(({ day }) => day >= state.closedUntil)) return false;
    if (await hasOpenWork(executor, tenantId, days)) return false;
    found.push({ tenantId, days });
  }
  for (const { tenantId, days } of found) await markDropped(executor, tenantId, days, chunk);
  await dropLandingChunk(executor, chunk);
  return true;
}

/** The local days of these instants that rollups are kept of. */
function keptDaysOf(state: RollupTenantState, atMs: readonly number[]): readonly DaySpan[] {
  const calendar = calendarOf(state);
  const days = new Set(atMs.map((at) => calendar.localDayOf(at)));
  const { keptFrom = -Infinity } = state;
  return calendar.spansOf([...days].filter((day) => day >= keptFrom));
}

async function retireRollups(
  options: RetireOptions,
  tenants: readonly Tenant[],
  errors: unknown[],
  signal?: AbortSignal,
): Promise<void> {
  let keptFromMs = Infinity;
  for (const tenant of tenants) {
    if (signal?.aborted === true) return;
    try {
      keptFromMs = Math.min(keptFromMs, await retried(() => retireRollupsOf(options, tenant.id)));
    } catch (error) {
      errors.push(error);
      keptFromMs = -Infinity;
      options.logger.error(
        { err: error, tenantId: tenant.id },
        'rollups not removed, the next time tries again',
      );
    }
  }
  if (Number.isFinite(keptFromMs)) await dropEmptyRollupChunks(options.database, keptFromMs);
}

/** The instant from which on the tenant's rollups are left; `-Infinity` when nothing could be removed now. */
async function retireRollupsOf(
  { database, now, rollupRetentionDays }: RetireOptions,
  tenantId: string,
): Promise<number> {
  const outcome = await takeTurn(database, tenantId, now(), async (executor, state) => {
    const calendar = calendarOf(state);
    const oldest = calendar.localDayOf(now() - rollupRetentionDays * dayMs);
    // By whole months: the row of a month and those of its days go together.
    const day = Math.min(startOfPeriod(oldest, '1M'), state.closedUntil);
    const fromMs = calendar.startOfDay(day);
    if (!(await hasOlder(executor, tenantId, fromMs))) return { closedUntil: undefined, result: fromMs };
    const isPruned = await pruneRollups(executor, tenantId, { day, fromMs });
    return { closedUntil: state.closedUntil, result: isPruned ? fromMs : -Infinity };
  });
  return outcome === 'busy' ? -Infinity : outcome;
}

async function hasOlder(executor: SqlExecutor, tenantId: string, fromMs: number): Promise<boolean> {
  const rows = await executor.query(
    `SELECT 1 FROM analytics.rollup_days_v1 WHERE tenant_id = $1 AND starts_at < $2::timestamptz LIMIT 1`,
    [tenantId, new Date(fromMs).toISOString()],
  );
  return rows.length > 0;
}

async function retireIds(
  { database, now, rollupRetentionDays }: RetireOptions,
  signal?: AbortSignal,
): Promise<void> {
  const beforeMs = now() - rollupRetentionDays * dayMs - idMarginMs;
  for (;;) {
    if (signal?.aborted === true) return;
    const removed = await removeIds(database, beforeMs, idsPerStatement);
    if (removed < idsPerStatement) return;
    await sleep(pauseMs);
  }
}
