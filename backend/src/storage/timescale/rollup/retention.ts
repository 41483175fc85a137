import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { allowDeletesOfCompressed } from './compression.js';
import { toArray, toDate, toInstant, toSpanParameters, type DaySpan, type Span } from './spans.js';
import { readPastZones, type RollupTenantState } from './tenant-turn.js';

/** A week of landing, by receipt. */
export interface LandingChunk extends Span {
  /** Schema and name, quoted. */
  readonly table: string;
}

const chunkRow = z.object({ name: z.string(), range_start: z.date(), range_end: z.date() });

/** Chunks whose events were all received before an instant, the oldest first. */
export async function listLandingChunks(
  executor: SqlExecutor,
  beforeMs: number,
): Promise<readonly LandingChunk[]> {
  const rows = await executor.query(
    `SELECT format('%I.%I', chunk_schema, chunk_name) AS name, range_start, range_end
     FROM timescaledb_information.chunks
     WHERE hypertable_schema = 'analytics' AND hypertable_name = 'events_landing_v1'
       AND range_end <= $1::timestamptz
     ORDER BY range_start`,
    [toInstant(beforeMs)],
  );
  return rows
    .map((row) => chunkRow.parse(row))
    .map((row) => ({
      table: row.name,
      fromMs: row.range_start.getTime(),
      toMs: row.range_end.getTime(),
    }));
}

const stateRow = z.object({
  tenant_id: z.string(),
  time_zone: z.string(),
  closed_until: z.number(),
  kept_from: z.number().nullable(),
});

/**
 * Waits until no rollup is under way, and keeps all from beginning until the transaction ends; one that looks at an
 * older moment fails then. Nothing can be landed into the chunk either. All statements see the moment after the wait:
 * what lands meanwhile in another chunk keeps its event and its mark. To be called first in a transaction.
 */
export async function holdRollups(
  executor: SqlExecutor,
  chunk: LandingChunk,
): Promise<ReadonlyMap<string, RollupTenantState>> {
  // A lock takes no snapshot, so the transaction's is younger than both.
  await executor.runScript(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = '30min';
    LOCK TABLE analytics.rollup_tenants_v1 IN EXCLUSIVE MODE; LOCK TABLE ${chunk.table} IN SHARE ROW EXCLUSIVE MODE`);
  const rows = await executor.query(
    `SELECT tenant_id, time_zone, closed_until - DATE '1970-01-01' AS closed_until,
       kept_from - DATE '1970-01-01' AS kept_from
     FROM analytics.rollup_tenants_v1`,
  );
  // A turn that waits for the lock may have chosen its moment already.
  await executor.query('UPDATE analytics.rollup_tenants_v1 SET updated_at = updated_at');
  const states = new Map<string, RollupTenantState>();
  for (const row of rows.map((found) => stateRow.parse(found))) {
    const pastZones = await readPastZones(executor, row.tenant_id);
    const { time_zone: timeZone, closed_until: closedUntil, kept_from: keptFrom } = row;
    states.set(row.tenant_id, { timeZone, closedUntil, keptFrom: keptFrom ?? undefined, pastZones });
  }
  return states;
}

const quarterRow = z.object({ tenant_id: z.string(), quarters: z.array(z.date()) });

/** The quarter hours that a chunk has events of, by tenant: every local day begins with one. */
export async function listQuarters(
  executor: SqlExecutor,
  chunk: Span,
): Promise<readonly { readonly tenantId: string; readonly quartersMs: readonly number[] }[]> {
  const rows = await executor.query(
    `SELECT tenant_id, array_agg(DISTINCT date_bin(INTERVAL '15 minutes', occurred_at, TIMESTAMPTZ '1970-01-01 00:00Z')) AS quarters
     FROM analytics.events_landing_v1 WHERE received_at >= $1::timestamptz AND received_at < $2::timestamptz
     GROUP BY tenant_id`,
    [toInstant(chunk.fromMs), toInstant(chunk.toMs)],
  );
  return rows
    .map((row) => quarterRow.parse(row))
    .map((row) => ({
      tenantId: row.tenant_id,
      quartersMs: row.quarters.map((quarter) => quarter.getTime()),
    }));
}

const openRow = z.object({ is_open: z.boolean() });

/** Is there a mark within these days, or one of them that was never rolled up? */
export async function hasOpenWork(
  executor: SqlExecutor,
  tenantId: string,
  days: readonly DaySpan[],
): Promise<boolean> {
  const [starts, ends] = toSpanParameters(days);
  const [row] = await executor.query(
    `SELECT EXISTS (
       SELECT FROM unnest($2::timestamptz[], $3::timestamptz[]) AS span (starts_at, ends_at)
       JOIN analytics.rollup_marks_v1 AS mark
         ON mark.tenant_id = $1 AND mark.utc_hour > span.starts_at - INTERVAL '1 hour' AND mark.utc_hour < span.ends_at
     ) OR EXISTS (
       SELECT FROM unnest($4::date[]) AS wanted (day)
       WHERE NOT EXISTS (
         SELECT FROM analytics.rollup_days_v1 WHERE tenant_id = $1 AND local_day = wanted.day)
     ) AS is_open`,
    [tenantId, starts, ends, toArray(days.map(({ day }) => toDate(day)))],
  );
  return openRow.parse(row).is_open;
}

/**
 * From here on these days are only added to. What other chunks still hold of them goes too: it is rolled up, and would
 * be added once more.
 */
export async function markDropped(
  executor: SqlExecutor,
  tenantId: string,
  days: readonly DaySpan[],
  chunk: Span,
): Promise<void> {
  const [starts, ends] = toSpanParameters(days);
  await executor.query(
    `UPDATE analytics.rollup_days_v1 SET landing_dropped = true
     WHERE tenant_id = $1 AND local_day = ANY ($2::date[])`,
    [tenantId, toArray(days.map(({ day }) => toDate(day)))],
  );
  await allowDeletesOfCompressed(executor);
  await executor.query(
    `DELETE FROM analytics.events_landing_v1 AS event
     USING unnest($2::timestamptz[], $3::timestamptz[]) AS span (starts_at, ends_at)
     WHERE event.tenant_id = $1 AND event.occurred_at >= span.starts_at AND event.occurred_at < span.ends_at
       AND (event.received_at < $4::timestamptz OR event.received_at >= $5::timestamptz)`,
    [tenantId, starts, ends, toInstant(chunk.fromMs), toInstant(chunk.toMs)],
  );
}

export async function dropLandingChunk(executor: SqlExecutor, chunk: Span): Promise<void> {
  await executor.query(
    `SELECT drop_chunks('analytics.events_landing_v1', older_than => $2::timestamptz, newer_than => $1::timestamptz)`,
    [toInstant(chunk.fromMs), toInstant(chunk.toMs)],
  );
}

/** Removes the rollups of all days before one, unless something there still waits to be rolled up. */
export async function pruneRollups(
  executor: SqlExecutor,
  tenantId: string,
  kept: { readonly day: number; readonly fromMs: number },
): Promise<boolean> {
  const [row] = await executor.query(
    `SELECT EXISTS (
       SELECT FROM analytics.rollup_marks_v1 WHERE tenant_id = $1 AND utc_hour < $2::timestamptz
     ) AS is_open`,
    [tenantId, toInstant(kept.fromMs)],
  );
  if (openRow.parse(row).is_open) return false;
  for (const table of ['rollups_v1', 'rollup_durations_v1']) {
    await executor.query(`DELETE FROM analytics.${table} WHERE tenant_id = $1 AND bucket < $2::timestamptz`, [
      tenantId,
      toInstant(kept.fromMs),
    ]);
  }
  for (const table of ['user_days_v1', 'rollup_days_v1', 'reconciliation_v1']) {
    await executor.query(`DELETE FROM analytics.${table} WHERE tenant_id = $1 AND local_day < $2::date`, [
      tenantId,
      toDate(kept.day),
    ]);
  }
  await executor.query('UPDATE analytics.rollup_tenants_v1 SET kept_from = $2::date WHERE tenant_id = $1', [
    tenantId,
    toDate(kept.day),
  ]);
  return true;
}

/** Gives back the space of chunks that every tenant has been pruned of. */
export async function dropEmptyRollupChunks(executor: SqlExecutor, beforeMs: number): Promise<void> {
  for (const table of ['rollups_v1', 'rollup_durations_v1'])
    await executor.query(`SELECT drop_chunks('analytics.${table}', older_than => $1::timestamptz)`, [
      toInstant(beforeMs),
    ]);
}

const removedRow = z.object({ removed: z.number() });

/** Removes some identities that were received before an instant. Answers how many; the caller comes again. */
export async function removeIds(executor: SqlExecutor, beforeMs: number, limit: number): Promise<number> {
  const [row] = await executor.query(
    `WITH gone AS (
       DELETE FROM analytics.event_ids_v1 WHERE ctid = ANY (ARRAY (
         SELECT ctid FROM analytics.event_ids_v1 WHERE received_at < $1::timestamptz LIMIT $2::integer))
       RETURNING 1
     ) SELECT count(*)::float8 AS removed FROM gone`,
    [toInstant(beforeMs), limit],
  );
  return removedRow.parse(row).removed;
}

/** Removes what seats are known by once the month of its receipt began this long ago, as the other store does. */
export async function removeSeatChanges(executor: SqlExecutor, beforeMs: number): Promise<void> {
  await executor.query(
    `DELETE FROM analytics.seat_changes_v1 WHERE date_trunc('month', received_at, 'UTC') <= $1::timestamptz`,
    [toInstant(beforeMs)],
  );
}
