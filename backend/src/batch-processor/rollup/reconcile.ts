import type { Logger } from '../../platform/logger.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { SqlDatabase } from '../../storage/postgres/sql-executor.js';
import {
  countDifferences,
  listDaysToReconcile,
  markReconciled,
  writeReconciliation,
  type DayToReconcile,
} from '../../storage/timescale/rollup/reconciliation.js';
import type { StreamCounts } from './stream-counts.js';

export interface ReconcileOptions {
  readonly database: SqlDatabase;
  readonly stream: StreamCounts;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly closeDelayMs: number;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'reconciliationDifferences'>;
}

/** Most days of a tenant in one tick: after an import the rest follows. */
const daysMax = 50;
/** A difference may come from what is still under way, and an event may have reached one store only: for a week, days
 * are compared again, hourly where they differ, else daily. */
const repeatMs = 3_600_000;
const repeatDays = 7;
const dayMs = 86_400_000;

/**
 * Compares closed days in both stores, once after each rollup. A day waits until the stream has stored all that had
 * been received when it was rolled up.
 */
export async function reconcile(
  options: ReconcileOptions,
  tenants: readonly Tenant[],
  signal?: AbortSignal,
): Promise<void> {
  const { database, now, stream, telemetry } = options;
  for (const tenant of tenants) {
    const days = await listDaysToReconcile(database, tenant.id, {
      repeatBeforeMs: now() - repeatMs,
      repeatFromMs: now() - repeatDays * dayMs,
      renewBeforeMs: now() - dayMs,
      limit: daysMax,
    });
    for (const day of days) {
      if (signal?.aborted === true) return;
      if (day.rolledAtMs < stream.storedUntil()) await compareDay(options, tenant.id, day);
    }
  }
  telemetry.reconciliationDifferences.set(await countDifferences(database));
}

async function compareDay(
  { closeDelayMs, database, logger, now, stream }: ReconcileOptions,
  tenantId: string,
  day: DayToReconcile,
): Promise<void> {
  const counts = await stream.countDay(tenantId, day.fromMs, day.toMs);
  const checkedAtMs = now();
  const compared = await database.transaction((executor) =>
    writeReconciliation(executor, tenantId, day, counts, { checkedAtMs, closeDelayMs }),
  );
  if (compared === undefined) return;
  // Whoever stops between the stores finds the day not compared, and does it again.
  await stream.keepChecks(tenantId, { fromMs: day.fromMs, checkedAtMs, checks: compared });
  await markReconciled(database, tenantId, day, checkedAtMs);
  const differing = compared.filter(({ isSame }) => !isSame).length;
  if (differing === 0) return;
  const localDay = new Date(day.day * dayMs).toISOString().slice(0, 10);
  logger.warn({ tenantId, localDay, types: differing }, 'the stores differ');
}
