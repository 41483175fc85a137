import { z } from 'zod';
import type { ReportQueue, ReportStart } from '../../platform/reports.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';
import { toJob, toStart, toText } from './report-rows.js';
import type { ReportStoreOptions } from './report-store.js';

const dayMs = 86_400_000;
/** Rows of one statement that goes through what has ended. */
const sweptMax = 200;

const countsRow = z.object({ queued: z.int(), running: z.int(), oldest: z.date().nullable() });
const liveRow = z.object({ start: z.string() });

/** The queue of reports is their rows in PostgreSQL. Clocks of makers have to agree to a fraction of a lease. */
export function createReportQueue({ database, now }: ReportStoreOptions): ReportQueue {
  const turns = createTurns(database, now);
  return {
    ...turns,
    async claim(owner, leaseMs) {
      for (;;) {
        const row = await claimNext(database, owner, leaseMs, now());
        if (row === undefined) return undefined;
        const job = await toJob(row);
        if (job !== undefined) return job;
        // Its failure is told; the one behind it has its turn.
        await turns.fail(toStart(row), unreadable);
      }
    },
    async releaseAll(owner) {
      const rows = await database.query(
        `UPDATE control.reports SET lease_until = $2 WHERE state = 'running' AND lease_owner = $1 RETURNING report_id`,
        [owner, now()],
      );
      return rows.length;
    },
    async expire() {
      const rows = await database.query(
        `UPDATE control.reports SET state = 'expired' WHERE report_id IN (
           SELECT report_id FROM control.reports WHERE state = 'done' AND expires_at <= $1
           ORDER BY expires_at LIMIT ${sweptMax} FOR UPDATE SKIP LOCKED)
         RETURNING tenant_id, report_id, attempt`,
        [now()],
      );
      return rows.map(toStart);
    },
    async forget(historyDays) {
      const rows = await database.query(
        `DELETE FROM control.reports WHERE report_id IN (
           SELECT report_id FROM control.reports
           WHERE finished_at < $1 AND state IN ('done', 'failed', 'cancelled', 'expired')
           ORDER BY finished_at LIMIT ${sweptMax} FOR UPDATE SKIP LOCKED)
         RETURNING tenant_id, report_id, attempt`,
        [new Date(now().getTime() - historyDays * dayMs)],
      );
      return rows.map(toStart);
    },
    async findLive(starts) {
      const rows = await database.query(
        `SELECT report_id || '.' || attempt AS start FROM control.reports
         WHERE report_id = ANY ($1::text[]) AND (state = 'done' OR state = 'running' AND lease_until > $2)`,
        [starts.map(({ id }) => id), now()],
      );
      return new Set(rows.map((row) => liveRow.parse(row).start));
    },
    async countInHand() {
      const [row] = await database.query(
        `SELECT count(*) FILTER (WHERE state = 'queued')::integer AS queued,
           count(*) FILTER (WHERE state = 'running')::integer AS running,
           min(queued_at) FILTER (WHERE state = 'queued') AS oldest
         FROM control.reports WHERE state IN ('queued', 'running')`,
      );
      const { queued, running, oldest } = countsRow.parse(row);
      return { queued, running, oldestQueuedMs: oldest === null ? null : oldest.getTime() };
    },
  };
}

const unreadable = {
  code: 'request_unreadable',
  reason: 'This version of the service can not read what was asked for. Ask anew.',
};

/** The row of the report that was claimed. */
async function claimNext(database: SqlDatabase, owner: string, leaseMs: number, at: Date): Promise<unknown> {
  return database.transaction(async (executor) => {
    await executor.query(
      `UPDATE control.reports SET state = 'failed', finished_at = $1, lease_owner = NULL, lease_until = NULL,
         failure_code = 'worker_lost', failure_reason = 'The process that made it ended each time before it was done.'
       WHERE state = 'running' AND lease_until <= $1 AND attempts_left = 0`,
      [at],
    );
    const [claimed] = await executor.query(
      `WITH next AS MATERIALIZED (
         SELECT waiting.report_id FROM control.reports AS waiting
         LEFT JOIN (
           SELECT tenant_id, count(*) AS reports FROM control.reports
           WHERE state = 'running' AND lease_until > $1 GROUP BY tenant_id
         ) AS busy ON busy.tenant_id = waiting.tenant_id
         LEFT JOIN control.report_turns AS turn ON turn.tenant_id = waiting.tenant_id
         WHERE (waiting.state = 'queued' AND waiting.due_at <= $1)
            OR (waiting.state = 'running' AND waiting.lease_until <= $1)
         ORDER BY coalesce(busy.reports, 0), turn.begun_at NULLS FIRST, waiting.queued_at, waiting.report_id
         LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED
       )
       UPDATE control.reports AS report
       SET state = 'running', attempt = attempt + 1, attempts_left = attempts_left - 1, progress = 0,
         started_at = $1, lease_owner = $2, lease_until = $3
       FROM next, control.tenants AS tenant
       WHERE report.report_id = next.report_id AND tenant.tenant_id = report.tenant_id
       RETURNING report.tenant_id, tenant.name, tenant.time_zone, report.report_id, attempt, attempts_left,
         schedule_id, request, report.created_at`,
      [at, owner, new Date(at.getTime() + leaseMs)],
    );
    if (claimed === undefined) return undefined;
    await executor.query(
      `INSERT INTO control.report_turns (tenant_id, begun_at) VALUES ($1, $2)
       ON CONFLICT (tenant_id) DO UPDATE SET begun_at = excluded.begun_at`,
      [toStart(claimed).tenantId, at],
    );
    return claimed;
  });
}

type Turns = Pick<ReportQueue, 'keep' | 'finish' | 'postpone' | 'fail' | 'release'>;

/** What a maker says about its own start. */
function createTurns(database: SqlDatabase, now: () => Date): Turns {
  async function update(
    { tenantId, id, attempt }: ReportStart,
    assignments: string,
    values: readonly unknown[],
  ): Promise<boolean> {
    const rows = await database.query(
      `UPDATE control.reports SET ${assignments}
       WHERE tenant_id = $1 AND report_id = $2 AND attempt = $3 AND state = 'running' RETURNING report_id`,
      [tenantId, id, attempt, ...values],
    );
    return rows.length > 0;
  }
  const noLease = 'lease_owner = NULL, lease_until = NULL';
  return {
    keep: (start, progress, leaseMs) =>
      update(start, 'progress = $4, lease_until = $5', [progress, new Date(now().getTime() + leaseMs)]),
    finish: (start, { file, notices, manifest }, expiresAt) =>
      update(
        start,
        `state = 'done', progress = 1, finished_at = $4, expires_at = $5, file = $6, notices = $7, manifest = $8,
         failure_code = NULL, failure_reason = NULL, ${noLease}`,
        [now(), expiresAt, JSON.stringify(file), JSON.stringify(notices), JSON.stringify(manifest)],
      ),
    postpone: (start, dueAt) =>
      update(start, `state = 'queued', progress = 0, due_at = $4, ${noLease}`, [dueAt]),
    fail: (start, { code, reason }) =>
      update(
        start,
        `state = 'failed', finished_at = $4, failure_code = $5, failure_reason = $6, ${noLease}`,
        [now(), code, toText(reason)],
      ),
    release: (start) =>
      update(start, `state = 'queued', progress = 0, attempts_left = attempts_left + 1, ${noLease}`, []),
  };
}
