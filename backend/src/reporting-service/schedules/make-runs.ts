import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { ReportStore } from '../../platform/reports.js';
import type { Quotas } from '../../platform/quotas.js';
import type { DuePlan, DueSchedule, ScheduleRuns, WaitingRun } from '../../platform/schedules.js';
import { planDue } from './plan-runs.js';

export interface MakeRunsOptions {
  readonly runs: ScheduleRuns;
  readonly reports: Pick<ReportStore, 'add'>;
  readonly quotas: Quotas;
  /** Epoch milliseconds: everything accepted that happened before has landed. */
  readonly watermark: () => number | Promise<number>;
  /** Starts that a report gets. */
  readonly attemptsMax: number;
  /** Most reports of a tenant that may wait. */
  readonly queuedMax: number;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const hourMs = 3_600_000;

/**
 * Takes what is due, asks for the reports of runs whose period is complete, and hands those that have ended to the
 * deliveries. Each step can be done again, here or by another process, and is then nothing. Answers whether a report was
 * asked for.
 */
export async function makeRuns(options: MakeRunsOptions): Promise<boolean> {
  const { runs } = options;
  const plan = (due: DueSchedule): DuePlan => planOrLater(due, options);
  let taken = await runs.takeDue(plan);
  while (taken > 0) taken = await runs.takeDue(plan);
  const isAsked = await askForReports(options);
  let settled = await runs.settle();
  while (settled > 0) settled = await runs.settle();
  return isAsked;
}

/** One that can no longer be planned, such as with a time zone that is no more, holds up no other. */
function planOrLater(due: DueSchedule, { now, logger }: MakeRunsOptions): DuePlan {
  try {
    return planDue(due, now());
  } catch (error) {
    logger.error({ err: error, scheduleId: due.id, tenantId: due.tenantId }, 'schedule not planned');
    return { run: undefined, skipped: [], nextRunAt: new Date(now() + hourMs) };
  }
}

async function askForReports(options: MakeRunsOptions): Promise<boolean> {
  const waiting = await options.runs.listWaiting();
  if (waiting.length === 0) return false;
  const completeMs = await options.watermark();
  const full = new Set<string>();
  let isAsked = false;
  for (const run of waiting) {
    if (full.has(run.tenantId)) continue;
    const readiness = judgeReadiness(run, completeMs, options.now());
    if (!readiness.isReady) continue;
    const isTaken = await askForReport(run, readiness.notice, options);
    if (isTaken) isAsked = true;
    else full.add(run.tenantId);
  }
  return isAsked;
}

type Readiness =
  { readonly isReady: false } | { readonly isReady: true; readonly notice: string | undefined };

function judgeReadiness(run: WaitingRun, completeMs: number, nowMs: number): Readiness {
  const isComplete = completeMs >= endOf(run);
  if (!isComplete && nowMs < run.waitUntil.getTime()) return { isReady: false };
  if (isComplete) return { isReady: true, notice: undefined };
  const until = new Date(completeMs).toISOString();
  return {
    isReady: true,
    notice: `The period was not complete when the report was asked for: what happened after ${until} may be missing.`,
  };
}

function endOf({ request }: WaitingRun): number {
  return Math.max(0, ...(request.queries ?? []).map(({ range }) => Date.parse(range.to)));
}

/** False when the queue of the tenant is full: the run waits. */
async function askForReport(
  run: WaitingRun,
  notice: string | undefined,
  { runs, reports, quotas, attemptsMax, queuedMax, logger }: MakeRunsOptions,
): Promise<boolean> {
  try {
    await quotas.require(run.tenantId, 'reportMinutesPerDay');
    const report = await reports.add(run.tenantId, {
      request: run.request,
      // Asked for twice, by two processes or after a crash, it is one report. No Idempotency-Key has a blank in it, so that
      // nobody else can have taken the key of a run.
      idempotencyKey: `run ${run.id}`,
      scheduleId: run.scheduleId,
      requestedBy: run.scheduleId,
      attemptsMax,
      queuedMax,
    });
    await runs.begin(run, report.id, notice);
    logger.info({ runId: run.id, reportId: report.id, tenantId: run.tenantId }, 'scheduled report asked for');
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'too_many_reports') return false;
    // To wait for the next day would be a report that comes when nobody waits for it any more.
    if (error.retryable && error.code !== 'quota_exceeded') throw error;
    logger.error({ err: error, runId: run.id }, 'scheduled report not asked for');
    await runs.giveUp(run, error.message);
    return true;
  }
}
