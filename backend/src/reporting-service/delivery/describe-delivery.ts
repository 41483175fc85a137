import type { Report, ReportManifest } from '@coditect/contracts';
import { DateTime } from 'luxon';
import type { DeliveryJob } from '../../platform/schedules.js';

/** A run, what it was for, and the report that came of it. */
export interface DeliveredReport {
  readonly job: DeliveryJob;
  readonly report: Report;
  readonly manifest: ReportManifest | null;
}

/** `2026-03-01 to 2026-03-07`, both days included. */
export function describePeriod({ request, schedule }: DeliveryJob): string {
  const range = request.queries?.[0]?.range;
  if (range === undefined) return 'none';
  const first = toDay(Date.parse(range.from), schedule.timeZone);
  // The end of a period is the midnight after it.
  const last = toDay(Date.parse(range.to) - 1, schedule.timeZone);
  return first === last ? first : `${first} to ${last}`;
}

function toDay(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toFormat('yyyy-MM-dd');
}

/** Minutes in the zone of the schedule. */
export function describeTime(iso: string, zone: string): string {
  return DateTime.fromISO(iso, { zone }).toFormat('yyyy-MM-dd HH:mm');
}

/** The same for every attempt, so that a receiver can tell what it has already. */
export function deliveryIdOf({ runId, position }: DeliveryJob): string {
  return `${runId}.${position}`;
}

/** What a receiver is sent as JSON: the same at every attempt while the report stays as it is. */
export function writeWebhookBody({ job, report }: DeliveredReport): string {
  const { schedule, scheduleId, runId, dueAt, isTest, request, notice } = job;
  return JSON.stringify({
    type: isMade(report) ? 'report.done' : 'report.failed',
    dueAt: dueAt.toISOString(),
    isTest,
    runId,
    period: request.queries?.[0]?.range ?? null,
    ...(notice !== undefined && { notice }),
    report,
    schedule: { id: scheduleId, ...schedule },
  });
}

/** Also when its file is gone by now. */
export function isMade({ state }: Report): boolean {
  return state === 'done' || state === 'expired';
}
