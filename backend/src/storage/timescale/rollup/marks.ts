import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { toArray, toInstant, type Span } from './spans.js';

const openHourRow = z.object({
  utc_hour: z.date(),
  events: z.union([z.string(), z.number()]).transform(Number),
});

/** UTC hours below an instant in which something landed that is not rolled up yet, the newest first. */
export async function listOpenHours(
  executor: SqlExecutor,
  tenantId: string,
  options: { readonly belowMs: number; readonly limit: number },
): Promise<readonly { readonly utcHourMs: number; readonly events: number }[]> {
  const rows = await executor.query(
    `SELECT utc_hour, sum(events)::float8 AS events FROM analytics.rollup_marks_v1
     WHERE tenant_id = $1 AND utc_hour < $2::timestamptz
     GROUP BY utc_hour ORDER BY utc_hour DESC LIMIT $3::integer`,
    [tenantId, toInstant(options.belowMs), options.limit],
  );
  return rows
    .map((row) => openHourRow.parse(row))
    .map((row) => ({ utcHourMs: row.utc_hour.getTime(), events: row.events }));
}

/** Removes the marks of these hours that this transaction sees: what lands meanwhile stays marked. */
export async function removeMarks(
  executor: SqlExecutor,
  tenantId: string,
  utcHoursMs: readonly number[],
): Promise<void> {
  await executor.query(
    'DELETE FROM analytics.rollup_marks_v1 WHERE tenant_id = $1 AND utc_hour = ANY ($2::timestamptz[])',
    [tenantId, toArray(utcHoursMs.map(toInstant))],
  );
}

/** Marks every UTC hour of the spans, so that they are rolled up anew. */
export async function markSpans(
  executor: SqlExecutor,
  tenantId: string,
  spans: readonly Span[],
): Promise<void> {
  await executor.query(
    `INSERT INTO analytics.rollup_marks_v1 (tenant_id, utc_hour, events)
     SELECT DISTINCT $1::text, hour, 0
     FROM unnest($2::timestamptz[], $3::timestamptz[]) AS span (starts_at, ends_at)
     CROSS JOIN LATERAL generate_series(
       date_trunc('hour', span.starts_at, 'UTC'), span.ends_at - INTERVAL '1 millisecond', INTERVAL '1 hour'
     ) AS hour`,
    [
      tenantId,
      toArray(spans.map(({ fromMs }) => toInstant(fromMs))),
      toArray(spans.map(({ toMs }) => toInstant(toMs))),
    ],
  );
}

const tenantRow = z.object({ tenant_id: z.string() });

/** Tenants of which hours of the span still wait that `markSpans` marked: what has landed has a mark of its own. */
export async function listMarkedTenants(executor: SqlExecutor, span: Span): Promise<readonly string[]> {
  const rows = await executor.query(
    `SELECT DISTINCT tenant_id FROM analytics.rollup_marks_v1
     WHERE events = 0 AND utc_hour >= $1::timestamptz AND utc_hour < $2::timestamptz ORDER BY tenant_id`,
    [toInstant(span.fromMs), toInstant(span.toMs)],
  );
  return rows.map((row) => tenantRow.parse(row).tenant_id);
}

const waitingRow = z.object({ waiting: z.number(), oldest_s: z.number() });
const closedRow = z.object({ age_s: z.number() });

/** What waits for a rollup, and how far the rollups are behind: for telemetry, over all tenants. */
export async function readBacklog(
  executor: SqlExecutor,
  nowMs: number,
): Promise<{ readonly marks: number; readonly oldestMarkSeconds: number; readonly closedSeconds: number }> {
  const now = toInstant(nowMs);
  const [marks] = await executor.query(
    `SELECT count(*)::float8 AS waiting,
       coalesce(greatest(0, extract(epoch FROM $1::timestamptz - min(marked_at))), 0)::float8 AS oldest_s
     FROM analytics.rollup_marks_v1`,
    [now],
  );
  const [closed] = await executor.query(
    `SELECT coalesce(extract(epoch FROM $1::timestamptz - min(closed_until::timestamp AT TIME ZONE time_zone)), 0)::float8 AS age_s
     FROM analytics.rollup_tenants_v1`,
    [now],
  );
  const { waiting, oldest_s: oldestMarkSeconds } = waitingRow.parse(marks);
  return { marks: waiting, oldestMarkSeconds, closedSeconds: closedRow.parse(closed).age_s };
}
