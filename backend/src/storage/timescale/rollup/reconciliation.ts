import { z } from 'zod';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { toArray, toDate, toInstant, type DaySpan } from './spans.js';

/** A closed day whose rollups have changed since it was compared, or that is compared again. */
export interface DayToReconcile extends DaySpan {
  readonly rolledAtMs: number;
}

const dayRow = z.object({ day: z.number(), starts_at: z.date(), ends_at: z.date(), rolled_at: z.date() });

/**
 * From `repeatFromMs` on days are compared again: those that differed before `repeatBeforeMs`, all before `renewBeforeMs`.
 * The newest days first. A day with marks is about to be rolled up again, and waits.
 */
export async function listDaysToReconcile(
  executor: SqlExecutor,
  tenantId: string,
  options: {
    readonly repeatBeforeMs: number;
    readonly repeatFromMs: number;
    readonly renewBeforeMs: number;
    readonly limit: number;
  },
): Promise<readonly DayToReconcile[]> {
  const rows = await executor.query(
    `SELECT local_day - DATE '1970-01-01' AS day, starts_at, ends_at, rolled_at
     FROM analytics.rollup_days_v1 AS rolled
     WHERE tenant_id = $1
       AND local_day < (SELECT closed_until FROM analytics.rollup_tenants_v1 WHERE tenant_id = $1)
       AND (reconciled_at IS NULL
         OR (starts_at >= $3::timestamptz AND reconciled_at < $5::timestamptz)
         OR (starts_at >= $3::timestamptz AND reconciled_at < $2::timestamptz AND EXISTS (
           SELECT FROM analytics.reconciliation_v1 AS compared
           WHERE compared.tenant_id = $1 AND compared.local_day = rolled.local_day AND ${differs('compared')})))
       AND NOT EXISTS (
         SELECT FROM analytics.rollup_marks_v1 AS mark WHERE mark.tenant_id = $1
           AND mark.utc_hour > rolled.starts_at - INTERVAL '1 hour' AND mark.utc_hour < rolled.ends_at)
     ORDER BY local_day DESC LIMIT $4::integer`,
    [
      tenantId,
      toInstant(options.repeatBeforeMs),
      toInstant(options.repeatFromMs),
      options.limit,
      toInstant(options.renewBeforeMs),
    ],
  );
  return rows
    .map((row) => dayRow.parse(row))
    .map((row) => ({
      day: row.day,
      fromMs: row.starts_at.getTime(),
      toMs: row.ends_at.getTime(),
      rolledAtMs: row.rolled_at.getTime(),
    }));
}

function differs(table: string): string {
  return `(${table}.batch_events <> ${table}.stream_events OR ${table}.batch_tokens <> ${table}.stream_tokens
    OR ${table}.batch_cost <> ${table}.stream_cost)`;
}

/** What the other store has of a type; sums are decimal text. */
export interface CountedType {
  readonly type: string;
  readonly events: number;
  readonly tokens: string;
  readonly costUsd: string;
}

/** What both stores have of a type on a day. */
export interface ComparedType {
  readonly type: string;
  readonly streamEvents: number;
  readonly batchEvents: number;
  readonly lateEvents: number;
  readonly isSame: boolean;
}

const count = z.union([z.string(), z.number()]).transform(Number);
const comparedRow = z
  .object({
    type: z.string(),
    stream_events: count,
    batch_events: count,
    late_events: count,
    is_same: z.boolean(),
  })
  .transform((row) => ({
    type: row.type,
    streamEvents: row.stream_events,
    batchEvents: row.batch_events,
    lateEvents: row.late_events,
    isSame: row.is_same,
  }));
const differingRow = z.object({ differing: z.number() });

/**
 * Writes down what both stores say of a day, and answers with it. `undefined` when the day was rolled up
 * again meanwhile: then it is still to be compared. To be called in one transaction; the day counts as compared after
 * `markReconciled`.
 */
export async function writeReconciliation(
  executor: SqlExecutor,
  tenantId: string,
  day: DayToReconcile,
  stream: readonly CountedType[],
  { checkedAtMs, closeDelayMs }: { readonly checkedAtMs: number; readonly closeDelayMs: number },
): Promise<readonly ComparedType[] | undefined> {
  const date = toDate(day.day);
  const checkedAt = toInstant(checkedAtMs);
  const held = await executor.query(
    `SELECT landing_dropped FROM analytics.rollup_days_v1
     WHERE tenant_id = $1 AND local_day = $2::date AND rolled_at = $3::timestamptz FOR UPDATE`,
    [tenantId, date, toInstant(day.rolledAtMs)],
  );
  if (held.length === 0) return undefined;
  const known = await readKnownLate(executor, tenantId, date);
  await executor.query(
    'DELETE FROM analytics.reconciliation_v1 WHERE tenant_id = $1 AND local_day = $2::date',
    [tenantId, date],
  );
  await executor.query(insertSql, [
    tenantId,
    date,
    toInstant(day.fromMs),
    toInstant(day.toMs),
    // As JSON: a type is any text.
    JSON.stringify(stream.map(({ type }) => type)),
    toArray(stream.map(({ events }) => events)),
    toArray(stream.map(({ tokens }) => tokens)),
    toArray(stream.map(({ costUsd }) => costUsd)),
    checkedAt,
    closeDelayMs,
  ]);
  await keepKnownLate(executor, tenantId, date, known);
  const rows = await executor.query(
    `SELECT type, stream_events, batch_events, late_events, NOT ${differs('compared')} AS is_same
     FROM analytics.reconciliation_v1 AS compared WHERE tenant_id = $1 AND local_day = $2::date`,
    [tenantId, date],
  );
  return rows.map((row) => comparedRow.parse(row));
}

/** The day is not compared again until it is rolled up again, or its time comes. */
export async function markReconciled(
  executor: SqlExecutor,
  tenantId: string,
  day: DayToReconcile,
  checkedAtMs: number,
): Promise<void> {
  await executor.query(
    `UPDATE analytics.rollup_days_v1 SET reconciled_at = $4::timestamptz
     WHERE tenant_id = $1 AND local_day = $2::date AND rolled_at = $3::timestamptz`,
    [tenantId, toDate(day.day), toInstant(day.rolledAtMs), toInstant(checkedAtMs)],
  );
}

interface LateOfType {
  readonly type: string;
  readonly late_events: number;
}

const lateRow = z.object({ type: z.string(), late_events: count });

/** Late events by type that an earlier comparison of a dropped day has found: landing cannot say it any more. */
async function readKnownLate(
  executor: SqlExecutor,
  tenantId: string,
  date: string,
): Promise<readonly LateOfType[]> {
  const rows = await executor.query(
    `SELECT compared.type, compared.late_events FROM analytics.reconciliation_v1 AS compared
     JOIN analytics.rollup_days_v1 AS rolled
       ON rolled.tenant_id = compared.tenant_id AND rolled.local_day = compared.local_day
     WHERE compared.tenant_id = $1 AND compared.local_day = $2::date AND compared.late_events > 0
       AND rolled.landing_dropped`,
    [tenantId, date],
  );
  return rows.map((row) => lateRow.parse(row));
}

async function keepKnownLate(
  executor: SqlExecutor,
  tenantId: string,
  date: string,
  known: readonly LateOfType[],
): Promise<void> {
  if (known.length === 0) return;
  await executor.query(
    `UPDATE analytics.reconciliation_v1 AS compared SET late_events = greatest(compared.late_events, known.late_events)
     FROM json_to_recordset($3::json) AS known (type text, late_events bigint)
     WHERE compared.tenant_id = $1 AND compared.local_day = $2::date AND compared.type = known.type`,
    [tenantId, date, JSON.stringify(known)],
  );
}

/** Late events are those that landing still holds; of a dropped day they stand in rollup_days_v1 only. */
const insertSql = `INSERT INTO analytics.reconciliation_v1 (tenant_id, local_day, type, batch_events, stream_events,
  batch_tokens, stream_tokens, batch_cost, stream_cost, late_events, checked_at)
SELECT $1::text, $2::date, coalesce(batch.type, stream.type), coalesce(batch.events, 0), coalesce(stream.events, 0),
  coalesce(batch.tokens, 0), coalesce(stream.tokens, 0), coalesce(batch.cost, 0), coalesce(stream.cost, 0),
  coalesce(late.events, 0), $9::timestamptz
FROM (
  SELECT type, sum(events)::bigint AS events, sum(cost_usd) AS cost,
    sum(tokens_input + tokens_output + tokens_cache_read + tokens_cache_creation + tokens_reasoning) AS tokens
  FROM analytics.rollups_v1
  WHERE tenant_id = $1 AND grain = 'day' AND bucket >= $3::timestamptz AND bucket < $4::timestamptz GROUP BY type
) AS batch
FULL JOIN (
  SELECT names.type, sums.events, sums.tokens, sums.cost
  FROM json_array_elements_text($5::json) WITH ORDINALITY AS names (type, number)
  JOIN unnest($6::bigint[], $7::numeric[], $8::numeric[]) WITH ORDINALITY AS sums (events, tokens, cost, number)
    USING (number)
) AS stream ON stream.type = batch.type
LEFT JOIN (
  SELECT event.type, count(*) AS events FROM analytics.events_landing_v1 AS event
  JOIN analytics.rollup_days_v1 AS rolled ON rolled.tenant_id = $1 AND rolled.local_day = $2::date
  WHERE rolled.late_events > 0 AND event.tenant_id = $1
    AND event.occurred_at >= $3::timestamptz AND event.occurred_at < $4::timestamptz
    AND event.received_at >= rolled.ends_at + $10::double precision * INTERVAL '1 millisecond'
  GROUP BY event.type
) AS late ON late.type = coalesce(batch.type, stream.type)`;

/** Days and types for which the stores disagree, over all tenants. */
export async function countDifferences(executor: SqlExecutor): Promise<number> {
  const [row] = await executor.query(
    `SELECT count(*)::integer AS differing FROM analytics.reconciliation_v1 AS compared WHERE ${differs('compared')}`,
  );
  return differingRow.parse(row).differing;
}
