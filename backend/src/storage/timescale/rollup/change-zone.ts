import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { toDate, toInstant } from './spans.js';

/** Where the days begin that landing can still make anew. */
export interface ZoneSeam {
  readonly day: number;
  readonly atMs: number;
}

const seamRow = z.object({ day: z.number(), ends_at: z.date() });

/** The end of the last day whose events have left landing; `undefined` when every day can be made anew. */
export async function findZoneSeam(executor: SqlExecutor, tenantId: string): Promise<ZoneSeam | undefined> {
  const [row] = await executor.query(
    `SELECT local_day - DATE '1970-01-01' + 1 AS day, ends_at FROM analytics.rollup_days_v1
     WHERE tenant_id = $1 AND landing_dropped ORDER BY local_day DESC LIMIT 1`,
    [tenantId],
  );
  if (row === undefined) return undefined;
  const { day, ends_at: endsAt } = seamRow.parse(row);
  return { day, atMs: endsAt.getTime() };
}

/**
 * Gives a tenant another zone: from the seam on all rollups go, and every hour that had any is marked. `straddling` is
 * where weeks and months begin that the seam divides. To be called in one transaction.
 */
export async function changeZone(
  executor: SqlExecutor,
  tenantId: string,
  change: {
    readonly timeZone: string;
    readonly seam: ZoneSeam | undefined;
    readonly straddlingMs: readonly number[];
  },
): Promise<void> {
  const { seam } = change;
  const fromAt = toInstant(seam?.atMs ?? -Infinity);
  const fromDay = seam === undefined ? '-infinity' : toDate(seam.day);
  await markRolledHours(executor, tenantId, fromAt);
  await removeRollups(executor, tenantId, fromAt, change.straddlingMs);
  for (const table of ['user_days_v1', 'rollup_days_v1', 'reconciliation_v1']) {
    await executor.query(`DELETE FROM analytics.${table} WHERE tenant_id = $1 AND local_day >= $2::date`, [
      tenantId,
      fromDay,
    ]);
  }
  await writeZones(executor, tenantId, change);
}

/** What landing holds is either in an hour's rollup or marked already. A local hour may lie in two UTC hours. */
async function markRolledHours(executor: SqlExecutor, tenantId: string, fromAt: string): Promise<void> {
  await executor.query(
    `INSERT INTO analytics.rollup_marks_v1 (tenant_id, utc_hour, events)
     SELECT $1::text, hour, least(sum(events), 2147483647)::integer FROM (
       SELECT date_trunc('hour', bucket, 'UTC') AS hour, events FROM analytics.rollups_v1
       WHERE tenant_id = $1 AND grain = 'hour' AND bucket >= $2::timestamptz
       UNION ALL
       SELECT date_trunc('hour', bucket + INTERVAL '1 hour' - INTERVAL '1 millisecond', 'UTC'), 0
       FROM analytics.rollups_v1
       WHERE tenant_id = $1 AND grain = 'hour' AND bucket >= $2::timestamptz
     ) AS rolled GROUP BY hour`,
    [tenantId, fromAt],
  );
}

async function removeRollups(
  executor: SqlExecutor,
  tenantId: string,
  fromAt: string,
  straddlingMs: readonly number[],
): Promise<void> {
  for (const table of ['rollups_v1', 'rollup_durations_v1']) {
    await executor.query(
      `DELETE FROM analytics.${table} WHERE tenant_id = $1 AND bucket >= $2::timestamptz`,
      [tenantId, fromAt],
    );
    for (const startMs of straddlingMs) {
      await executor.query(
        `DELETE FROM analytics.${table}
         WHERE tenant_id = $1 AND grain IN ('week', 'month') AND bucket = $2::timestamptz`,
        [tenantId, toInstant(startMs)],
      );
    }
  }
}

async function writeZones(
  executor: SqlExecutor,
  tenantId: string,
  { timeZone, seam }: { readonly timeZone: string; readonly seam: ZoneSeam | undefined },
): Promise<void> {
  if (seam === undefined) {
    await executor.query('DELETE FROM analytics.rollup_zones_v1 WHERE tenant_id = $1', [tenantId]);
  } else {
    // Where no day was dropped since the last change, the zone that ends now leaves nothing behind.
    await executor.query(
      `INSERT INTO analytics.rollup_zones_v1 (tenant_id, until_day, until_at, time_zone)
       SELECT $1::text, $2::date, $3::timestamptz, time_zone FROM analytics.rollup_tenants_v1 WHERE tenant_id = $1
       ON CONFLICT (tenant_id, until_day) DO NOTHING`,
      [tenantId, toDate(seam.day), toInstant(seam.atMs)],
    );
  }
  await executor.query(
    `UPDATE analytics.rollup_tenants_v1 SET time_zone = $2, zone_since = $3::date WHERE tenant_id = $1`,
    [tenantId, timeZone, seam === undefined ? null : toDate(seam.day + 1)],
  );
}
