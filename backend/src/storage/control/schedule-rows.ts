import {
  relativePeriodSchema,
  reportFormatSchema,
  reportRequestSchema,
  reportStateSchema,
  scheduleRequestSchema,
  type Delivery,
  type ReportRequest,
  type Schedule,
  type ScheduleRequest,
  type ScheduleRun,
} from '@coditect/contracts';
import { z } from 'zod';
import type { CurrentSchedule, DeliveryJob, DueSchedule, WaitingRun } from '../../platform/schedules.js';
import { jsonText, toText } from './report-rows.js';

export const scheduleColumns =
  'tenant_id, schedule_id, request, webhook_secret, created_at, updated_at, next_run_at, last_run_at';

const scheduleRow = z.object({
  tenant_id: z.string(),
  schedule_id: z.string(),
  request: jsonText(scheduleRequestSchema),
  webhook_secret: z.instanceof(Uint8Array).nullable(),
  created_at: z.date(),
  updated_at: z.date(),
  next_run_at: z.date().nullable(),
  last_run_at: z.date().nullable(),
});

const scheduleIdRow = z.object({ schedule_id: z.string() });

export function toScheduleId(row: unknown): string {
  return scheduleIdRow.parse(row).schedule_id;
}

/** `undefined` when this version can't read it. */
export function toSchedule(found: unknown): Schedule | undefined {
  const { data: row } = scheduleRow.safeParse(found);
  if (row === undefined) return undefined;
  return {
    ...row.request,
    id: row.schedule_id,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    nextRunAt: row.next_run_at?.toISOString() ?? null,
    lastRunAt: row.last_run_at?.toISOString() ?? null,
  };
}

const editRow = z.object({
  request: z.string(),
  webhook_secret: z.instanceof(Uint8Array).nullable(),
  next_run_at: z.date().nullable(),
});

/** What can't be read any more can still be written anew. */
export function toEdit(row: unknown): {
  readonly current: CurrentSchedule;
  readonly hasSecret: boolean;
} {
  const { request, webhook_secret: secret, next_run_at: nextRunAt } = editRow.parse(row);
  const current = { request: jsonText(scheduleRequestSchema).safeParse(request).data, nextRunAt };
  return { current, hasSecret: secret !== null };
}

const dueRow = z.object({
  tenant_id: z.string(),
  schedule_id: z.string(),
  request: z.string(),
  next_run_at: z.date(),
});

/** What is wrong with a request that an earlier version has stored is `undefined`, not an error: others are due as well. */
export function toDue(row: unknown): Omit<DueSchedule, 'request'> & { request: ScheduleRequest | undefined } {
  const { tenant_id: tenantId, schedule_id: id, request, next_run_at: dueAt } = dueRow.parse(row);
  return { tenantId, id, request: jsonText(scheduleRequestSchema).safeParse(request).data, dueAt };
}

/** Of a run and its report, joined as `run` and `report`. */
export const runColumns = `run.run_id, run.due_at, run.is_test, run.phase, run.report_id, run.report_state, run.reason,
  report.state AS current_state`;

const runRow = z.object({
  run_id: z.string(),
  due_at: z.date(),
  is_test: z.boolean(),
  phase: z.enum(['waiting', 'making', 'delivering', 'ended', 'skipped']),
  report_id: z.string().nullable(),
  report_state: reportStateSchema.nullable(),
  current_state: reportStateSchema.nullable(),
  reason: z.string().nullable(),
});

const deliveryRow = z.object({
  run_id: z.string(),
  kind: z.enum(['email', 'webhook']),
  target: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  reason: z.string().nullable(),
  ended_at: z.date().nullable(),
});

/** Runs with their deliveries, both in the order of their rows. */
export function toRuns(runs: readonly unknown[], deliveries: readonly unknown[]): readonly ScheduleRun[] {
  const parsed = deliveries.map((row) => deliveryRow.parse(row));
  return runs.map((row) => {
    const run = runRow.parse(row);
    return {
      id: run.run_id,
      dueAt: run.due_at.toISOString(),
      isTest: run.is_test,
      reportId: run.report_id,
      state: stateOf(run),
      ...(run.reason !== null && { reason: run.reason }),
      deliveries: parsed
        .filter((delivery) => delivery.run_id === run.run_id)
        .map((delivery) => ({
          kind: delivery.kind,
          target: delivery.target,
          state: delivery.state,
          attempts: delivery.attempts,
          reason: delivery.reason,
          at: delivery.ended_at?.toISOString() ?? null,
        })),
    };
  });
}

/** Of the report as it is now, of the one that is no longer there as it was; its file is gone with it. */
function stateOf(run: z.infer<typeof runRow>): ScheduleRun['state'] {
  if (run.phase === 'waiting') return 'queued';
  if (run.current_state !== null) return run.current_state;
  return run.report_state === 'done' ? 'expired' : (run.report_state ?? 'cancelled');
}

const waitingRow = z.object({
  tenant_id: z.string(),
  schedule_id: z.string(),
  run_id: z.string(),
  is_test: z.boolean(),
  request: z.string().nullable(),
  wait_until: z.date(),
});

/** A request that this version can't read is `undefined`, not an error: others wait as well. */
export function toWaiting(
  row: unknown,
): Omit<WaitingRun, 'request'> & { request: ReportRequest | undefined } {
  const run = waitingRow.parse(row);
  return {
    tenantId: run.tenant_id,
    scheduleId: run.schedule_id,
    id: run.run_id,
    isTest: run.is_test,
    request: jsonText(reportRequestSchema).safeParse(run.request).data,
    waitUntil: run.wait_until,
  };
}

const turnRow = z.object({
  tenant_id: z.string(),
  run_id: z.string(),
  position: z.int(),
  attempts: z.int(),
});

/** Whose turn a delivery is, whether or not the rest of it can be read. */
export function toDeliveryTurn(row: unknown): DeliveryTurn {
  const { tenant_id: tenantId, run_id: runId, position, attempts: attempt } = turnRow.parse(row);
  return { tenantId, runId, position, attempt };
}

export interface DeliveryTurn {
  readonly tenantId: string;
  readonly runId: string;
  readonly position: number;
  readonly attempt: number;
}

const scheduleInPart = z.object({
  title: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  period: relativePeriodSchema,
  format: reportFormatSchema,
});

const jobRow = z.object({
  tenant_id: z.string(),
  name: z.string(),
  time_zone: z.string(),
  schedule_id: z.string(),
  schedule: jsonText(scheduleInPart),
  run_id: z.string(),
  position: z.int(),
  kind: z.enum(['email', 'webhook']),
  target: z.string(),
  attempts: z.int(),
  due_at: z.date(),
  is_test: z.boolean(),
  report_id: z.string(),
  request: jsonText(reportRequestSchema),
  reason: z.string().nullable(),
});

/** `undefined` when this version can't read it. */
export function toDeliveryJob(row: unknown): DeliveryJob | undefined {
  const { data: job } = jobRow.safeParse(row);
  if (job === undefined) return undefined;
  return {
    tenant: { id: job.tenant_id, name: job.name, timeZone: job.time_zone },
    scheduleId: job.schedule_id,
    schedule: job.schedule,
    runId: job.run_id,
    position: job.position,
    kind: job.kind,
    target: job.target,
    attempt: job.attempts,
    dueAt: job.due_at,
    isTest: job.is_test,
    reportId: job.report_id,
    request: job.request,
    notice: job.reason ?? undefined,
  };
}

export interface DeliveryTarget {
  readonly kind: Delivery['kind'];
  readonly target: string;
}

/** One for each address, each once: one that is refused holds up no other. */
export function toTargets(deliveries: readonly Delivery[]): readonly DeliveryTarget[] {
  const all = deliveries.flatMap((delivery): DeliveryTarget[] =>
    delivery.kind === 'email'
      ? delivery.to.map((target) => ({ kind: 'email', target: toText(target) }))
      : [{ kind: 'webhook', target: toText(delivery.url) }],
  );
  return [...new Map(all.map((one) => [`${one.kind} ${one.target}`, one])).values()];
}
