import { reportRequestSchema, type ReportRequest, type ScheduleRequest } from '@coditect/contracts';
import { checkTimeZone } from '../../metric-queries/check-range.js';
import type { CurrentSchedule, DuePlan, DueSchedule } from '../../platform/schedules.js';
import { findNextRun, listDueRuns, type ScheduleRule } from './cron-rule.js';
import { toRange } from './relative-period.js';

/** How long a run waits for the numbers of its period, before it is made without them. */
const waitMsMax = 3_600_000;

/** Throws 422 `time_zone_unknown`. */
export function toRule(request: ScheduleRequest): ScheduleRule {
  return {
    cron: request.cron,
    zone: checkTimeZone(request.timeZone),
    weekdaysOnly: request.weekdaysOnly,
    startMs: request.startAt === null ? undefined : Date.parse(request.startAt),
    endMs: request.endAt === null ? undefined : Date.parse(request.endAt),
  };
}

/** When a schedule that was just written runs next; `null` while it is paused, and when its life is over. */
export function findFirstRun(request: ScheduleRequest, nowMs: number): Date | null {
  if (request.paused) return null;
  const next = findNextRun(toRule(request), nowMs);
  return next === undefined ? null : new Date(next);
}

/**
 * When a schedule runs next that was there before. What says when it runs being the same, the next run stays: it may be due
 * already, and nobody has taken it yet.
 */
export function keepNextRun(before: CurrentSchedule, request: ScheduleRequest, nowMs: number): Date | null {
  if (request.paused) return null;
  const isSame = before.request !== undefined && timingOf(before.request) === timingOf(request);
  return isSame && before.nextRunAt !== null ? before.nextRunAt : findFirstRun(request, nowMs);
}

function timingOf({ cron, timeZone, weekdaysOnly, startAt, endAt }: ScheduleRequest): string {
  return JSON.stringify([cron, timeZone, weekdaysOnly, startAt, endAt]);
}

/** What is made at a run: the same whenever it is asked for. */
export function toReportRequest(schedule: ScheduleRequest, runMs: number): ReportRequest {
  const { title, format, options, timeZone } = schedule;
  const { fromMs, toMs } = toRange(schedule.period, runMs, checkTimeZone(timeZone));
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  const queries = schedule.queries.map((query) => ({
    ...query,
    range,
    timeZone: query.timeZone ?? timeZone,
  }));
  return reportRequestSchema.parse({ title, format, options, queries });
}

/** The latest run that is due is made, also when it is late. Older ones were missed, and one report for each helps nobody. */
export function planDue({ request, dueAt }: DueSchedule, nowMs: number): DuePlan {
  const rule = toRule(request);
  const due = listDueRuns(rule, dueAt.getTime(), nowMs);
  const last = due.at(-1);
  const next = findNextRun(rule, Math.max(nowMs, last ?? nowMs));
  return {
    nextRunAt: next === undefined ? null : new Date(next),
    skipped: due.slice(0, -1).map((at) => new Date(at)),
    run:
      last === undefined
        ? undefined
        : {
            dueAt: new Date(last),
            request: toReportRequest(request, last),
            waitUntil: new Date(nowMs + waitMsMax),
          },
  };
}
