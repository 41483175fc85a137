import { randomBytes, randomUUID } from 'node:crypto';
import type { Delivery, Schedule, ScheduleRun } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { NewSchedule, ScheduleStore, TestRun } from '../../platform/schedules.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';
import { lockToTenant } from '../postgres/tenant-role.js';
import { toText } from './report-rows.js';
import { runColumns, scheduleColumns, toEdit, toRuns, toSchedule, toScheduleId } from './schedule-rows.js';
import { insertDeliveries } from './schedule-run-store.js';
import type { SecretBox } from './secret-box.js';

export interface ScheduleStoreOptions {
  /** With the tables of the control store's migrations. */
  readonly database: SqlDatabase;
  readonly secrets: SecretBox;
  readonly now: () => Date;
}

/** Schedules in PostgreSQL, beside the control data. */
export function createScheduleStore(options: ScheduleStoreOptions): ScheduleStore {
  const { database, now } = options;
  const of = (tenantId: string): OneTenant => lockToTenant(database, tenantId);
  return {
    add: (tenantId, schedule) => addSchedule(options, tenantId, schedule),
    async list(tenantId) {
      const rows = await of(tenantId).query(
        `SELECT ${scheduleColumns} FROM control.schedules WHERE tenant_id = $1 ORDER BY created_at, schedule_id`,
        [tenantId],
      );
      const read = rows.map((row) => toSchedule(row) ?? toScheduleId(row));
      const schedules = read.filter((one) => typeof one !== 'string');
      const unreadable = read.filter((one) => typeof one === 'string');
      return { schedules, ...(unreadable.length > 0 && { unreadable }) };
    },
    has: async (tenantId, id) => (await findRow(of(tenantId), tenantId, id)) !== undefined,
    async find(tenantId, id) {
      const row = await findRow(of(tenantId), tenantId, id);
      return row === undefined ? undefined : toReadable(row);
    },
    change: (tenantId, id, edit) =>
      of(tenantId).transaction(async (executor) => {
        const row = await findRow(executor, tenantId, id, 'FOR UPDATE');
        if (row === undefined) return undefined;
        const { current, hasSecret } = toEdit(row);
        const { request, nextRunAt } = edit(current);
        const secret = hasSecret ? undefined : makeSecret(options, id, request.deliveries);
        const [changed] = await executor.query(
          `UPDATE control.schedules SET request = $3, next_run_at = $4, updated_at = $5,
             webhook_secret = coalesce(webhook_secret, $6::bytea)
           WHERE tenant_id = $1 AND schedule_id = $2 RETURNING ${scheduleColumns}`,
          [tenantId, id, JSON.stringify(request), nextRunAt, now(), secret?.sealed ?? null],
        );
        return withSecret(toReadable(changed), secret);
      }),
    async remove(tenantId, id) {
      const rows = await of(tenantId).query(
        'DELETE FROM control.schedules WHERE tenant_id = $1 AND schedule_id = $2 RETURNING schedule_id',
        [tenantId, toText(id)],
      );
      return rows.length > 0;
    },
    async listRuns(tenantId, id, limit) {
      if ((await findRow(of(tenantId), tenantId, id)) === undefined) return undefined;
      return readRuns(of(tenantId), tenantId, { scheduleId: toText(id), limit });
    },
    addTestRun: (tenantId, id, run) => addTestRun(options, tenantId, id, run),
  };
}

function toReadable(row: unknown): Schedule {
  const schedule = toSchedule(row);
  if (schedule !== undefined) return schedule;
  const reason = 'This version of the service can not read the schedule. Replace or remove it.';
  throw new AppError('schedule_unreadable', reason, { status: 409 });
}

type OneTenant = ReturnType<typeof lockToTenant>;

/** Not parsed: whether it is there has nothing to do with whether it can be read. */
async function findRow(
  executor: Pick<SqlExecutor, 'query'>,
  tenantId: string,
  id: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<unknown> {
  const [row] = await executor.query(
    `SELECT ${scheduleColumns} FROM control.schedules WHERE tenant_id = $1 AND schedule_id = $2 ${lock}`,
    [tenantId, toText(id)],
  );
  return row;
}

async function addSchedule(
  options: ScheduleStoreOptions,
  tenantId: string,
  { request, createdBy, nextRunAt, schedulesMax }: NewSchedule,
): Promise<Schedule> {
  const { database, now } = options;
  const id = `schedule_${randomUUID()}`;
  const secret = makeSecret(options, id, request.deliveries);
  const [row] = await lockToTenant(database, tenantId).query(
    `INSERT INTO control.schedules (tenant_id, schedule_id, request, webhook_secret, created_by, created_at, updated_at,
       next_run_at)
     SELECT $1, $2, $3, $4::bytea, $5, $6::timestamptz, $6, $7::timestamptz
     WHERE (SELECT count(*) FROM control.schedules WHERE tenant_id = $1) < $8::integer
     RETURNING ${scheduleColumns}`,
    [
      tenantId,
      id,
      JSON.stringify(request),
      secret?.sealed ?? null,
      createdBy,
      now(),
      nextRunAt,
      schedulesMax,
    ],
  );
  if (row !== undefined) return withSecret(toReadable(row), secret);
  const reason = `A tenant has at most ${schedulesMax} schedules. Remove one that is no longer needed.`;
  throw new AppError('too_many_schedules', reason, { status: 422, limit: schedulesMax });
}

interface MadeSecret {
  readonly plain: string;
  readonly sealed: Uint8Array;
}

const secretBytes = 32;

/** In the form of Standard Webhooks, whose libraries take it as it is. */
function makeSecret(
  { secrets }: ScheduleStoreOptions,
  id: string,
  deliveries: readonly Delivery[],
): MadeSecret | undefined {
  if (!deliveries.some(({ kind }) => kind === 'webhook')) return undefined;
  const plain = `whsec_${randomBytes(secretBytes).toString('base64')}`;
  return { plain, sealed: secrets.seal(plain, id) };
}

function withSecret(schedule: Schedule, secret: MadeSecret | undefined): Schedule {
  return secret === undefined ? schedule : { ...schedule, webhookSecret: secret.plain };
}

async function addTestRun(
  { database, now }: ScheduleStoreOptions,
  tenantId: string,
  scheduleId: string,
  { dueAt, request, deliveries, runsMax }: TestRun,
): Promise<ScheduleRun | undefined> {
  return lockToTenant(database, tenantId).transaction(async (executor) => {
    if ((await findRow(executor, tenantId, scheduleId, 'FOR UPDATE')) === undefined) return undefined;
    const runId = `run_${randomUUID()}`;
    const rows = await executor.query(
      `INSERT INTO control.schedule_runs (tenant_id, schedule_id, run_id, due_at, is_test, phase, request, wait_until,
         created_at)
       SELECT $1, $2, $3, $4::timestamptz, true, 'waiting', $5, $4, $6::timestamptz
       WHERE (SELECT count(*) FROM control.schedule_runs
              WHERE tenant_id = $1 AND schedule_id = $2 AND is_test AND ended_at IS NULL) < $7::integer
       RETURNING run_id`,
      [tenantId, scheduleId, runId, dueAt, JSON.stringify(request), now(), runsMax],
    );
    if (rows.length === 0) throw tooManyRuns(runsMax);
    await insertDeliveries(executor, { tenantId, runId }, deliveries);
    const [run] = await readRuns(executor, tenantId, { runId, limit: 1 });
    return run;
  });
}

function tooManyRuns(limit: number): AppError {
  const reason = `There are ${limit} test runs of this schedule under way already.`;
  return new AppError('too_many_runs', reason, {
    status: 429,
    retryable: true,
    limit,
    retryAfterSeconds: 30,
  });
}

async function readRuns(
  executor: Pick<SqlExecutor, 'query'>,
  tenantId: string,
  asked: { readonly scheduleId?: string; readonly runId?: string; readonly limit: number },
): Promise<readonly ScheduleRun[]> {
  const runs = await executor.query(
    `SELECT ${runColumns} FROM control.schedule_runs AS run
     LEFT JOIN control.reports AS report ON report.tenant_id = run.tenant_id AND report.report_id = run.report_id
     WHERE run.tenant_id = $1 AND ($2::text IS NULL OR run.schedule_id = $2) AND ($3::text IS NULL OR run.run_id = $3)
     ORDER BY run.due_at DESC, run.created_at DESC, run.run_id LIMIT $4::integer`,
    [tenantId, asked.scheduleId ?? null, asked.runId ?? null, asked.limit],
  );
  const ids = toRuns(runs, []).map(({ id }) => id);
  const deliveries = await executor.query(
    `SELECT run_id, kind, target, state, attempts, reason, ended_at FROM control.schedule_deliveries
     WHERE tenant_id = $1 AND run_id = ANY ($2::text[]) ORDER BY run_id, position`,
    [tenantId, ids],
  );
  return toRuns(runs, deliveries);
}
