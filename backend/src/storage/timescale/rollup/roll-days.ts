import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { allowDeletesOfCompressed } from './compression.js';
import { toArray, toDate, toInstant, toSpanParameters, type DaySpan } from './spans.js';

export interface DayToRecord extends DaySpan {
  /** The day is over: what is received from this instant on is late. */
  readonly lateFromMs: number | undefined;
  /** Written also when nothing has changed. */
  readonly isForced: boolean;
}

/**
 * Writes down that these days are rolled up, with their events and how many of them came late. A day that has neither
 * more nor fewer of them stays as it is: events are only ever added.
 */
export async function recordDays(
  executor: SqlExecutor,
  tenantId: string,
  days: readonly DayToRecord[],
  rolledAtMs: number,
): Promise<void> {
  if (days.length === 0) return;
  const lateFrom = days.map(({ lateFromMs }) => lateFromMs ?? Infinity);
  await executor.query(
    `INSERT INTO analytics.rollup_days_v1 AS known
       (tenant_id, local_day, starts_at, ends_at, events, late_events, rolled_at)
     SELECT $1::text, span.day, span.starts_at, span.ends_at, rolled.events, late.events, $8::timestamptz
     FROM unnest($2::date[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::boolean[])
       AS span (day, starts_at, ends_at, late_from, is_forced)
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(events), 0)::bigint AS events FROM analytics.rollups_v1
       WHERE tenant_id = $1 AND grain = 'hour' AND bucket >= span.starts_at AND bucket < span.ends_at
         AND bucket >= $9::timestamptz AND bucket < $10::timestamptz
     ) AS rolled
     CROSS JOIN LATERAL (
       SELECT count(*) AS events FROM analytics.events_landing_v1
       WHERE span.late_from < 'infinity' AND tenant_id = $1
         AND occurred_at >= span.starts_at AND occurred_at < span.ends_at
         AND received_at >= span.late_from AND received_at >= $7::timestamptz
     ) AS late
     WHERE rolled.events > 0 OR span.is_forced
     ON CONFLICT (tenant_id, local_day) DO UPDATE SET
       starts_at = excluded.starts_at, ends_at = excluded.ends_at, events = excluded.events,
       late_events = CASE WHEN known.landing_dropped THEN known.late_events ELSE excluded.late_events END,
       rolled_at = excluded.rolled_at, reconciled_at = NULL
     WHERE known.events <> excluded.events
       OR excluded.local_day = ANY ($11::date[])`,
    [tenantId, ...dayParameters(days, lateFrom), toInstant(rolledAtMs), ...boundsOf(days), forcedDays(days)],
  );
}

function dayParameters(days: readonly DayToRecord[], lateFrom: readonly number[]): readonly string[] {
  const [starts, ends] = toSpanParameters(days);
  return [
    toArray(days.map(({ day }) => toDate(day))),
    starts,
    ends,
    toArray(lateFrom.map(toInstant)),
    toArray(days.map(({ isForced }) => isForced)),
    toInstant(Math.min(...lateFrom)),
  ];
}

function boundsOf(days: readonly DayToRecord[]): readonly string[] {
  const [, , least, most] = toSpanParameters(days);
  return [least, most];
}

function forcedDays(days: readonly DayToRecord[]): string {
  return toArray(days.filter(({ isForced }) => isForced).map(({ day }) => toDate(day)));
}

const dayRow = z.object({ day: z.number() });

/** Which of these days can only be added to, as their events have left landing. */
export async function findDroppedDays(
  executor: SqlExecutor,
  tenantId: string,
  days: readonly DaySpan[],
): Promise<ReadonlySet<number>> {
  const rows = await executor.query(
    `SELECT local_day - DATE '1970-01-01' AS day FROM analytics.rollup_days_v1
     WHERE tenant_id = $1 AND landing_dropped AND local_day = ANY ($2::date[])`,
    [tenantId, toArray(days.map(({ day }) => toDate(day)))],
  );
  return new Set(rows.map((row) => dayRow.parse(row).day));
}

/**
 * Removes from landing what was added to hours of dropped days, so that it is never added twice, and counts it as late.
 */
export async function removeAdded(
  executor: SqlExecutor,
  tenantId: string,
  hours: readonly DaySpan[],
  closeDelayMs: number,
): Promise<void> {
  if (hours.length === 0) return;
  const [starts, ends] = toSpanParameters(hours);
  await allowDeletesOfCompressed(executor);
  await executor.query(
    `WITH gone AS (
       DELETE FROM analytics.events_landing_v1 AS event
       USING unnest($2::timestamptz[], $3::timestamptz[], $4::date[]) AS span (starts_at, ends_at, day)
       WHERE event.tenant_id = $1 AND event.occurred_at >= span.starts_at AND event.occurred_at < span.ends_at
       RETURNING span.day, event.received_at
     )
     UPDATE analytics.rollup_days_v1 AS known SET late_events = known.late_events + found.events
     FROM (
       SELECT gone.day, count(*) AS events FROM gone
       JOIN analytics.rollup_days_v1 AS of_day ON of_day.tenant_id = $1 AND of_day.local_day = gone.day
       WHERE gone.received_at >= of_day.ends_at + $5::double precision * INTERVAL '1 millisecond'
       GROUP BY gone.day
     ) AS found
     WHERE known.tenant_id = $1 AND known.local_day = found.day`,
    [tenantId, starts, ends, toArray(hours.map(({ day }) => toDate(day))), closeDelayMs],
  );
}
