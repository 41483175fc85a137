import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { toInstant } from '../rollup/spans.js';

/** How far the rollups of a tenant are, as far as a range is concerned. Instants are epoch milliseconds. */
export interface RollupState {
  /** Zone in which hours, days, weeks and months were cut; `undefined` before the first rollup. */
  readonly timeZone: string | undefined;
  /** Zones that it had before. */
  readonly pastTimeZones: readonly string[];
  /** The first local day that is not closed, as days since 1970-01-01. */
  readonly closedUntilDay: number;
  /** The first local day that was rolled up in this zone, as days since 1970-01-01. */
  readonly zoneSinceDay: number;
  /** The first local day whose rollups are kept, as days since 1970-01-01; `undefined` while none was removed. */
  readonly keptFromDay: number | undefined;
  /** UTC hours with events that are not rolled up yet, ascending. */
  readonly openHoursMs: readonly number[];
  /** Days whose events have left landing, ascending. */
  readonly droppedDays: readonly { readonly startMs: number; readonly endMs: number }[];
}

/** A local day that is rolled up, in the zone that it was cut in. */
export interface StoredDay {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Its events have left landing. */
  readonly isDropped: boolean;
}

const millis = z.date().transform((date) => date.getTime());
const tenantRow = z.object({
  time_zone: z.string(),
  closed_until: z.union([z.string(), z.number()]).transform(Number),
  zone_since: z.union([z.string(), z.number()]).transform(Number).nullable(),
  kept_from: z.union([z.string(), z.number()]).transform(Number).nullable(),
});
const hourRow = z.object({ utc_hour: millis });
const zoneRow = z.object({ time_zone: z.string() });
const droppedRow = z.object({ starts_at: millis, ends_at: millis });

/** Reads the state for `[fromMs, toMs)`. Ask within the transaction that reads the numbers. */
export async function queryRollupState(
  executor: SqlExecutor,
  tenantId: string,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<RollupState> {
  const hourMs = 3_600_000;
  const from = toInstant(Math.floor(range.fromMs / hourMs) * hourMs - hourMs);
  const to = toInstant(range.toMs);
  const tenants = await executor.query(
    `SELECT time_zone, closed_until - DATE '1970-01-01' AS closed_until, zone_since - DATE '1970-01-01' AS zone_since,
       kept_from - DATE '1970-01-01' AS kept_from
     FROM analytics.rollup_tenants_v1 WHERE tenant_id = $1`,
    [tenantId],
  );
  const hours = await executor.query(
    `SELECT DISTINCT utc_hour FROM analytics.rollup_marks_v1
     WHERE tenant_id = $1 AND utc_hour >= $2::timestamptz AND utc_hour < $3::timestamptz ORDER BY utc_hour`,
    [tenantId, from, to],
  );
  const zones = await executor.query(
    `SELECT DISTINCT time_zone FROM analytics.rollup_zones_v1 WHERE tenant_id = $1`,
    [tenantId],
  );
  const dropped = await executor.query(
    `SELECT starts_at, ends_at FROM analytics.rollup_days_v1
     WHERE tenant_id = $1 AND landing_dropped AND ends_at > $2::timestamptz AND starts_at < $3::timestamptz ORDER BY starts_at`,
    [tenantId, from, to],
  );
  const tenant = tenants.map((row) => tenantRow.parse(row))[0];
  return {
    timeZone: tenant?.time_zone,
    pastTimeZones: zones.map((row) => zoneRow.parse(row).time_zone),
    closedUntilDay: tenant?.closed_until ?? 0,
    zoneSinceDay: tenant?.zone_since ?? 0,
    keptFromDay: tenant?.kept_from ?? undefined,
    openHoursMs: hours.map((row) => hourRow.parse(row).utc_hour),
    droppedDays: dropped
      .map((row) => droppedRow.parse(row))
      .map((row) => ({ startMs: row.starts_at, endMs: row.ends_at })),
  };
}

const storedRow = z.object({
  day: z.union([z.string(), z.number()]).transform(Number),
  starts_at: millis,
  ends_at: millis,
  landing_dropped: z.boolean(),
});

/** The days that are rolled up and touch `[fromMs, toMs)`, ascending. Ask within the transaction that reads the numbers. */
export async function queryStoredDays(
  executor: SqlExecutor,
  tenantId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly StoredDay[]> {
  const rows = await executor.query(
    `SELECT local_day - DATE '1970-01-01' AS day, starts_at, ends_at, landing_dropped FROM analytics.rollup_days_v1
     WHERE tenant_id = $1 AND ends_at > $2::timestamptz AND starts_at < $3::timestamptz ORDER BY starts_at`,
    [tenantId, toInstant(fromMs), toInstant(toMs)],
  );
  return rows
    .map((row) => storedRow.parse(row))
    .map((row) => ({
      day: row.day,
      fromMs: row.starts_at,
      toMs: row.ends_at,
      isDropped: row.landing_dropped,
    }));
}
