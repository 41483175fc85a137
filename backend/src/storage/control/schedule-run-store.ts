import { randomUUID } from 'node:crypto';
import type { Delivery } from '@coditect/contracts';
import { z } from 'zod';
import type { DuePlan, DueSchedule, ScheduleRuns, WaitingRun } from '../../platform/schedules.js';
import { findSqlState, type SqlDatabase, type SqlExecutor } from '../postgres/sql-executor.js';
import { toText } from './report-rows.js';
import { toDue, toTargets, toWaiting } from './schedule-rows.js';

export interface ScheduleRunsOptions {
  /** With the tables of the control store's migrations. */
  readonly database: SqlDatabase;
  readonly now: () => Date;
}

const dayMs = 86_400_000;
/** Schedules, runs or rows of one statement. */
const takenMax = 50;
const waitingOfTenantMax = 20;
const forgottenMax = 200;

/** Runs of schedules in PostgreSQL. */
export function createScheduleRuns({ database, now }: ScheduleRunsOptions): ScheduleRuns {
  return {
    takeDue: (plan) => database.transaction((executor) => takeDue(executor, plan, now())),
    async listWaiting() {
      const rows = await database.query(
        `SELECT tenant_id, schedule_id, run_id, is_test, request, wait_until FROM (
           SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY due_at, run_id) AS turn
           FROM control.schedule_runs WHERE phase = 'waiting'
         ) AS waiting WHERE turn <= ${waitingOfTenantMax} ORDER BY turn, due_at, run_id LIMIT 500`,
      );
      return keepReadable(database, rows.map(toWaiting), now());
    },
    async begin({ tenantId, id }, reportId, notice) {
      await database.query(
        `UPDATE control.schedule_runs SET phase = 'making', report_id = $3, reason = $4
         WHERE tenant_id = $1 AND run_id = $2 AND phase = 'waiting'`,
        [tenantId, id, reportId, notice ?? null],
      );
    },
    giveUp: (run, reason) => database.transaction((executor) => giveUp(executor, run, reason, now())),
    settle: () => database.transaction((executor) => settle(executor, now())),
    async forget(historyDays) {
      const rows = await database.query(
        `DELETE FROM control.schedule_runs WHERE run_id IN (
           SELECT run_id FROM control.schedule_runs WHERE ended_at < $1
           ORDER BY ended_at LIMIT ${forgottenMax} FOR UPDATE SKIP LOCKED)
         RETURNING run_id`,
        [new Date(now().getTime() - historyDays * dayMs)],
      );
      return rows.length;
    },
  };
}

/** Somebody else who looks at the same time takes others. */
async function takeDue(
  executor: SqlExecutor,
  plan: (due: DueSchedule) => DuePlan,
  at: Date,
): Promise<number> {
  const rows = await executor.query(
    `SELECT tenant_id, schedule_id, request, next_run_at FROM control.schedules WHERE next_run_at <= $1
     ORDER BY next_run_at, schedule_id LIMIT ${takenMax} FOR UPDATE SKIP LOCKED`,
    [at],
  );
  for (const row of rows) {
    const { request, ...read } = toDue(row);
    if (request === undefined) await postpone(executor, read, unreadable, at);
    else await takeApart(executor, { ...read, request }, plan, at);
  }
  return rows.length;
}

/** What the database refuses of one schedule is taken back alone: the others are of other people. */
async function takeApart(
  executor: SqlExecutor,
  due: DueSchedule,
  plan: (due: DueSchedule) => DuePlan,
  at: Date,
): Promise<void> {
  await executor.query('SAVEPOINT one_schedule');
  try {
    await takeOne(executor, due, plan(due), at);
  } catch (error) {
    const state = findSqlState(error);
    if (state === undefined || !ofContent.test(state)) throw error;
    await executor.query('ROLLBACK TO SAVEPOINT one_schedule');
    await postpone(executor, due, refusedBecause(state), at);
  }
  await executor.query('RELEASE SAVEPOINT one_schedule');
}

/** Classes of SQLSTATE: data, constraints, limits of the engine. With any other one the next schedule fares no better. */
const ofContent = /^(?:22|23|54)[0-9A-Z]{3}$/;

function refusedBecause(state: string): string {
  return `The database refuses the run (${state}). The schedule is looked at again after an hour; write it anew.`;
}

async function takeOne(
  executor: SqlExecutor,
  due: DueSchedule,
  { run, skipped, nextRunAt }: DuePlan,
  at: Date,
): Promise<void> {
  await insertSkipped(executor, due, { dueAt: skipped, reason: missed }, at);
  if (run !== undefined) await insertRun(executor, due, run, at);
  await executor.query(
    `UPDATE control.schedules SET next_run_at = $3, last_run_at = coalesce($4::timestamptz, last_run_at)
     WHERE tenant_id = $1 AND schedule_id = $2`,
    [due.tenantId, due.id, nextRunAt, run?.dueAt ?? null],
  );
}

const missed = 'No reporting service was there when it was due, and a later run was made up for.';
const unreadable =
  'This version of the service can not read the schedule. It is looked at again after an hour; write it anew.';
const hourMs = 3_600_000;

/** A newer version may have written it, and be there soon. */
async function postpone(
  executor: SqlExecutor,
  due: ScheduleId & { dueAt: Date },
  reason: string,
  at: Date,
): Promise<void> {
  await insertSkipped(executor, due, { dueAt: [due.dueAt], reason }, at);
  await executor.query(
    'UPDATE control.schedules SET next_run_at = $3 WHERE tenant_id = $1 AND schedule_id = $2',
    [due.tenantId, due.id, new Date(at.getTime() + hourMs)],
  );
}

type ScheduleId = Pick<DueSchedule, 'tenantId' | 'id'>;

async function insertSkipped(
  executor: SqlExecutor,
  due: ScheduleId,
  skipped: { readonly dueAt: readonly Date[]; readonly reason: string },
  at: Date,
): Promise<void> {
  if (skipped.dueAt.length === 0) return;
  await executor.query(
    `INSERT INTO control.schedule_runs (tenant_id, schedule_id, run_id, due_at, is_test, phase, reason, created_at, ended_at)
     SELECT $1, $2, run_id, due_at, false, 'skipped', $5, $6::timestamptz, $6
     FROM unnest($3::text[], $4::timestamptz[]) AS missed (run_id, due_at)
     ON CONFLICT (schedule_id, due_at) WHERE NOT is_test DO NOTHING`,
    [
      due.tenantId,
      due.id,
      skipped.dueAt.map(() => `run_${randomUUID()}`),
      skipped.dueAt.map((dueAt) => dueAt.toISOString()),
      skipped.reason,
      at,
    ],
  );
}

async function insertRun(
  executor: SqlExecutor,
  due: DueSchedule,
  run: NonNullable<DuePlan['run']>,
  at: Date,
): Promise<void> {
  const runId = `run_${randomUUID()}`;
  const inserted = await executor.query(
    `INSERT INTO control.schedule_runs (tenant_id, schedule_id, run_id, due_at, is_test, phase, request, wait_until,
       created_at)
     VALUES ($1, $2, $3, $4, false, 'waiting', $5, $6, $7)
     ON CONFLICT (schedule_id, due_at) WHERE NOT is_test DO NOTHING RETURNING run_id`,
    [due.tenantId, due.id, runId, run.dueAt, JSON.stringify(run.request), run.waitUntil, at],
  );
  if (inserted.length === 0) return;
  await insertDeliveries(executor, { tenantId: due.tenantId, runId }, due.request.deliveries);
}

/** They wait until the report has ended. */
export async function insertDeliveries(
  executor: SqlExecutor,
  { tenantId, runId }: { readonly tenantId: string; readonly runId: string },
  deliveries: readonly Delivery[],
): Promise<void> {
  const targets = toTargets(deliveries);
  if (targets.length === 0) return;
  await executor.query(
    `INSERT INTO control.schedule_deliveries (tenant_id, run_id, position, kind, target, state)
     SELECT $1, $2, position - 1, kind, target, 'waiting'
     FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS given (kind, target, position)`,
    [tenantId, runId, targets.map(({ kind }) => kind), targets.map(({ target }) => target)],
  );
}

const runUnreadable = 'This version of the service can not read what was to be made.';

async function keepReadable(
  database: SqlDatabase,
  runs: readonly ReturnType<typeof toWaiting>[],
  at: Date,
): Promise<readonly WaitingRun[]> {
  const readable: WaitingRun[] = [];
  for (const { request, ...run } of runs) {
    if (request !== undefined) readable.push({ ...run, request });
    else if (run.waitUntil <= at)
      await database.transaction((executor) => giveUp(executor, run, runUnreadable, at));
  }
  return readable;
}

async function giveUp(
  executor: SqlExecutor,
  run: Pick<WaitingRun, 'tenantId' | 'id'>,
  reason: string,
  at: Date,
): Promise<void> {
  const rows = await executor.query(
    `UPDATE control.schedule_runs SET phase = 'ended', report_state = 'failed', reason = $3, ended_at = $4
     WHERE tenant_id = $1 AND run_id = $2 AND phase = 'waiting' RETURNING run_id`,
    [run.tenantId, run.id, toText(reason), at],
  );
  if (rows.length === 0) return;
  await executor.query(
    `UPDATE control.schedule_deliveries SET state = 'failed', reason = $3, ended_at = $4
     WHERE tenant_id = $1 AND run_id = $2`,
    [run.tenantId, run.id, 'There is no report.', at],
  );
}

const settledRow = z.object({ run_id: z.string() });

/** A report that was made or has failed is told of; one that was cancelled or removed is not. */
async function settle(executor: SqlExecutor, at: Date): Promise<number> {
  const rows = await executor.query(
    `WITH ended AS MATERIALIZED (
       SELECT run.run_id, report.state FROM control.schedule_runs AS run
       LEFT JOIN control.reports AS report ON report.tenant_id = run.tenant_id AND report.report_id = run.report_id
       WHERE run.phase = 'making' AND (report.state IS NULL OR report.state NOT IN ('queued', 'running'))
       ORDER BY run.run_id LIMIT ${takenMax} FOR UPDATE OF run SKIP LOCKED
     )
     UPDATE control.schedule_runs AS run SET phase = 'delivering', report_state = coalesce(ended.state, 'cancelled')
     FROM ended WHERE run.run_id = ended.run_id RETURNING run.run_id`,
  );
  const ids = rows.map((row) => settledRow.parse(row).run_id);
  if (ids.length === 0) return 0;
  await executor.query(
    `UPDATE control.schedule_deliveries AS delivery SET
       due_at = CASE WHEN run.report_state = 'cancelled' THEN NULL ELSE $2::timestamptz END,
       state = CASE WHEN run.report_state = 'cancelled' THEN 'failed' ELSE 'waiting' END,
       reason = CASE WHEN run.report_state = 'cancelled' THEN 'The report was cancelled.' END,
       ended_at = CASE WHEN run.report_state = 'cancelled' THEN $2::timestamptz END
     FROM control.schedule_runs AS run
     WHERE delivery.tenant_id = run.tenant_id AND delivery.run_id = run.run_id AND run.run_id = ANY ($1::text[])`,
    [ids, at],
  );
  await endRuns(executor, ids, at);
  return ids.length;
}

/** Those of which nothing is left to deliver. */
export async function endRuns(executor: SqlExecutor, ids: readonly string[], at: Date): Promise<void> {
  await executor.query(
    `UPDATE control.schedule_runs AS run SET phase = 'ended', ended_at = $2
     WHERE run.run_id = ANY ($1::text[]) AND run.phase = 'delivering' AND NOT EXISTS (
       SELECT 1 FROM control.schedule_deliveries AS delivery
       WHERE delivery.tenant_id = run.tenant_id AND delivery.run_id = run.run_id AND delivery.state = 'waiting')`,
    [ids, at],
  );
}
