import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { milestonesSql } from '../milestones.js';
import { toInstant, toSpanParameters, type Span } from './spans.js';

const keys = 'tenant_id, milestone, user_id, team, project, received_month';

/** Brings first uses up to date with the events of these hours. Nothing ever becomes later. */
export async function rollUserFirsts(
  executor: SqlExecutor,
  tenantId: string,
  hours: readonly Span[],
): Promise<void> {
  if (hours.length === 0) return;
  const [starts, ends] = toSpanParameters(hours);
  // Most users are known: those are looked up, and not locked.
  await executor.query(
    `INSERT INTO analytics.user_firsts_v1 AS known (${keys}, first_at)
     SELECT $1::text, milestone, user_id, team, project, received_month, first_at FROM (
       SELECT milestone, user_id, team, project, received_month, min(occurred_at) AS first_at
       FROM unnest($2::timestamptz[], $3::timestamptz[]) AS span (starts_at, ends_at)
       CROSS JOIN LATERAL (
         SELECT type, status, user_id, team, project, occurred_at,
           date_trunc('month', received_at AT TIME ZONE 'UTC')::date AS received_month
         FROM analytics.events_landing_v1
         WHERE tenant_id = $1 AND occurred_at >= span.starts_at AND occurred_at < span.ends_at AND user_id <> ''
       ) AS event
       CROSS JOIN LATERAL ${milestonesSql} AS milestone
       GROUP BY milestone, user_id, team, project, received_month
     ) AS found
     WHERE first_at < COALESCE((
       SELECT before.first_at FROM analytics.user_firsts_v1 AS before
       WHERE before.tenant_id = $1 AND before.milestone = found.milestone AND before.user_id = found.user_id
         AND before.team = found.team AND before.project = found.project
         AND before.received_month = found.received_month), 'infinity')
     ON CONFLICT (${keys}) DO UPDATE SET first_at = LEAST(known.first_at, excluded.first_at)`,
    [tenantId, starts, ends],
  );
}

/** Removes what was received in a month that began this long ago, as the other store does. */
export async function removeUserFirsts(executor: SqlExecutor, beforeMs: number): Promise<void> {
  await executor.query('DELETE FROM analytics.user_firsts_v1 WHERE received_month <= $1::timestamptz', [
    toInstant(beforeMs),
  ]);
}
