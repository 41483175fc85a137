import { z } from 'zod';
import type { DeliveryJob, DeliveryQueue } from '../../platform/schedules.js';
import { toText } from './report-rows.js';
import { toDeliveryJob, toDeliveryTurn, type DeliveryTurn } from './schedule-rows.js';
import { endRuns } from './schedule-run-store.js';
import type { ScheduleStoreOptions } from './schedule-store.js';

const secretRow = z.object({ webhook_secret: z.instanceof(Uint8Array).nullable() });

/** Deliveries in PostgreSQL. Clocks of processes have to agree to a fraction of a lease. */
export function createDeliveryQueue({ database, secrets, now }: ScheduleStoreOptions): DeliveryQueue {
  async function end(
    turn: DeliveryTurn,
    state: 'delivered' | 'failed',
    reason: string | null,
  ): Promise<void> {
    const at = now();
    await database.transaction(async (executor) => {
      // One after the other, or two that end at once would both take the run for unfinished.
      await executor.query(
        'SELECT run_id FROM control.schedule_runs WHERE tenant_id = $1 AND run_id = $2 FOR UPDATE',
        [turn.tenantId, turn.runId],
      );
      const rows = await executor.query(
        `UPDATE control.schedule_deliveries SET state = $5, reason = $6, ended_at = $7, due_at = NULL, claimed_until = NULL
         WHERE tenant_id = $1 AND run_id = $2 AND position = $3 AND attempts = $4 AND state = 'waiting' RETURNING run_id`,
        [turn.tenantId, turn.runId, turn.position, turn.attempt, state, reason, at],
      );
      if (rows.length > 0) await endRuns(executor, [turn.runId], at);
    });
  }

  return {
    async claim(leaseMs) {
      for (;;) {
        const at = now();
        const [row] = await database.query(claimSql, [at, new Date(at.getTime() + leaseMs)]);
        if (row === undefined) return undefined;
        const job = toDeliveryJob(row);
        if (job !== undefined) return job;
        await end(toDeliveryTurn(row), 'failed', unreadable);
      }
    },
    delivered: (job) => end(turnOf(job), 'delivered', null),
    fail: (job, reason) => end(turnOf(job), 'failed', toText(reason)),
    async postpone(job, reason, dueAt) {
      await database.query(
        `UPDATE control.schedule_deliveries SET reason = $5, due_at = $6, claimed_until = NULL
         WHERE tenant_id = $1 AND run_id = $2 AND position = $3 AND attempts = $4 AND state = 'waiting'`,
        [job.tenant.id, job.runId, job.position, job.attempt, toText(reason), dueAt],
      );
    },
    async findSecret(job) {
      const [row] = await database.query(
        'SELECT webhook_secret FROM control.schedules WHERE tenant_id = $1 AND schedule_id = $2',
        [job.tenant.id, job.scheduleId],
      );
      const sealed = row === undefined ? null : secretRow.parse(row).webhook_secret;
      return sealed === null ? undefined : secrets.open(sealed, job.scheduleId);
    },
  };
}

const unreadable = 'This version of the service can not read what was to be delivered.';

function turnOf({ tenant, runId, position, attempt }: DeliveryJob): DeliveryTurn {
  return { tenantId: tenant.id, runId, position, attempt };
}

const claimSql = `
WITH next AS MATERIALIZED (
  SELECT waiting.tenant_id, waiting.run_id, waiting.position FROM control.schedule_deliveries AS waiting
  LEFT JOIN (
    SELECT tenant_id, count(*) AS deliveries FROM control.schedule_deliveries
    WHERE state = 'waiting' AND due_at IS NOT NULL AND claimed_until > $1 GROUP BY tenant_id
  ) AS busy ON busy.tenant_id = waiting.tenant_id
  WHERE waiting.state = 'waiting' AND waiting.due_at <= $1
    AND (waiting.claimed_until IS NULL OR waiting.claimed_until <= $1)
  ORDER BY coalesce(busy.deliveries, 0), waiting.due_at, waiting.run_id, waiting.position
  LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE control.schedule_deliveries AS delivery SET attempts = attempts + 1, claimed_until = $2
FROM next
JOIN control.schedule_runs AS run ON run.tenant_id = next.tenant_id AND run.run_id = next.run_id
JOIN control.schedules AS schedule ON schedule.schedule_id = run.schedule_id
JOIN control.tenants AS tenant ON tenant.tenant_id = run.tenant_id
WHERE delivery.tenant_id = next.tenant_id AND delivery.run_id = next.run_id AND delivery.position = next.position
RETURNING run.tenant_id, tenant.name, tenant.time_zone, run.schedule_id, schedule.request AS schedule, run.run_id,
  delivery.position, delivery.kind, delivery.target, delivery.attempts, run.due_at, run.is_test, run.report_id,
  run.request, run.reason`;
