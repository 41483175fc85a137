import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { ReportJob, ReportOutcome, ReportQueue } from '../../platform/reports.js';
import type { Telemetry } from '../../platform/telemetry.js';
import { backOffMs } from './back-off.js';
import { judgeFailure } from './judge-failure.js';
import { keepAlive, type Lease } from './keep-alive.js';
import { makeReport, type RenderReport } from './make-report.js';
import type { ReportFiles } from './report-files.js';

export interface RunReportOptions {
  readonly queue: ReportQueue;
  readonly files: ReportFiles;
  readonly render: RenderReport;
  readonly leaseMs: number;
  readonly timeoutMs: number;
  /** Wait after the first start in vain. */
  readonly retryDelayMs: number;
  readonly retentionDays: number;
  /** Told how long a start has taken, whatever became of it. */
  readonly noteTime: (tenantId: string, ms: number) => void;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
}

/** Why a report that is under way is left. */
export const left = {
  closing: new Error('this process closes'),
  lost: new Error('the report is no longer wanted here'),
};

/** `dropped`: cancelled, removed, or begun by somebody else meanwhile. */
type Outcome = 'done' | 'failed' | 'postponed' | 'released' | 'dropped';

const dayMs = 86_400_000;

/** Makes a report that was claimed and says what became of it. `stop` ends it early, with a reason of `left`. */
export async function runReport(
  job: ReportJob,
  stop: AbortController,
  options: RunReportOptions,
): Promise<void> {
  const { now, telemetry } = options;
  const { format } = job.request;
  const logger = options.logger.child({ reportId: job.id, tenantId: job.tenant.id, attempt: job.attempt });
  const begunAt = now();
  logger.info({ format }, 'report begun');
  const onLost = (): void => {
    stop.abort(left.lost);
  };
  const lease = keepAlive(startOf(job), { ...options, logger, onLost });
  let outcome: Outcome;
  try {
    const { files, render, timeoutMs } = options;
    const made = await withTimeout(timeoutMs, stop.signal, (signal) =>
      makeReport(job, { files, render, signal, onProgress: lease.report }),
    );
    outcome = await finish(job, made, lease, options);
  } catch (error) {
    outcome = await settle({ job, error, why: stop.signal.reason }, lease, options);
    if (outcome === 'failed' || outcome === 'postponed') logger.warn({ err: error }, 'report not made');
  } finally {
    lease.end();
  }
  const seconds = (now() - begunAt) / 1_000;
  options.noteTime(job.tenant.id, seconds * 1_000);
  telemetry.reportDuration.observe({ format, outcome }, seconds);
  logger.info({ outcome, seconds }, 'report ended');
}

async function finish(
  job: ReportJob,
  made: ReportOutcome,
  lease: Lease,
  { queue, files, now, retentionDays }: RunReportOptions,
): Promise<Outcome> {
  const expiresAt = new Date(now() + retentionDays * dayMs);
  if (await lease.say(() => queue.finish(startOf(job), made, expiresAt))) return 'done';
  await files.remove(startOf(job));
  return 'dropped';
}

async function settle(
  { job, error, why }: { job: ReportJob; error: unknown; why: unknown },
  lease: Lease,
  options: RunReportOptions,
): Promise<Outcome> {
  const { queue, telemetry } = options;
  const start = startOf(job);
  if (why === left.lost) return 'dropped';
  if (why === left.closing) {
    // Should the store be away: the lease ends by itself.
    await queue.release(start);
    return 'released';
  }
  const { failure, isRetryable } = judgeFailure(error);
  telemetry.errors.inc({ component: 'reporting-service', code: failure.code });
  if (isRetryable && !job.isLastAttempt) {
    const waitMs = backOffMs(job.attempt, options.retryDelayMs, options.random());
    const isHeard = await lease.say(() => queue.postpone(start, new Date(options.now() + waitMs)));
    return isHeard ? 'postponed' : 'dropped';
  }
  return (await lease.say(() => queue.fail(start, failure))) ? 'failed' : 'dropped';
}

function startOf({ tenant, id, attempt }: ReportJob): { tenantId: string; id: string; attempt: number } {
  return { tenantId: tenant.id, id, attempt };
}

/** Rejects with `report_timeout` when the time is up, and with whatever stopped it before. */
async function withTimeout<T>(
  timeoutMs: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await work(AbortSignal.any([stop, timeout]));
  } catch (error) {
    if (stop.aborted || !timeout.aborted) throw error;
    const seconds = Math.round(timeoutMs / 1_000);
    const reason = `The report took longer than ${seconds} s. Ask for a shorter period, or for fewer groups.`;
    throw new AppError('report_timeout', reason, { status: 504, limit: timeoutMs, cause: error });
  }
}
