import type { Readable } from 'node:stream';
import type { Report, ReportFormat, ReportList, ReportManifest, ReportRequest } from '@coditect/contracts';
import type { KpiRegistry } from '../kpis/kpi-registry.js';
import { checkPatterns } from '../metric-queries/answer-query.js';
import type { QueryLimits } from '../metric-queries/limits.js';
import type { MetricEngine } from '../metric-queries/metric-engine.js';
import { AppError } from '../platform/errors.js';
import type { ReportPage, ReportStore } from '../platform/reports.js';
import type { Quotas } from '../platform/quotas.js';
import type { Principal, Tenant } from '../platform/tenancy.js';
import type { ReportFiles } from './jobs/report-files.js';
import type { ReportWorker } from './jobs/report-worker.js';
import { planReport, pointInto } from './render/plan-report.js';

export interface ReportRequestsOptions {
  readonly store: ReportStore;
  readonly quotas: Quotas;
  readonly files: Pick<ReportFiles, 'open' | 'remove'>;
  readonly worker: Pick<ReportWorker, 'wake' | 'stop'>;
  readonly engine: Pick<MetricEngine, 'open' | 'checkRegex'>;
  readonly kpis: KpiRegistry;
  readonly limitsOf: (format: ReportFormat) => QueryLimits;
  readonly attemptsMax: number;
  readonly queuedMax: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface ReportFileStream {
  readonly file: NonNullable<Report['file']>;
  readonly stream: Readable;
}

/** What can be asked about reports. Another tenant's report is as unknown as one that never was: 404 `report_unknown`. */
export interface ReportRequests {
  /** Throws whatever makes a question of it impossible, and 429 `quota_exceeded`, before there is a report. */
  create(
    principal: Principal,
    request: ReportRequest,
    idempotencyKey: string | undefined,
    signal: AbortSignal,
  ): Promise<Report>;
  list(tenant: Tenant, page: ReportPage): Promise<ReportList>;
  get(tenant: Tenant, id: string): Promise<Report>;
  /** Throws 409 `report_not_done`. */
  getManifest(tenant: Tenant, id: string): Promise<ReportManifest>;
  /** Throws 409 `report_not_done`, 410 `report_expired` or `report_file_missing`. */
  openFile(tenant: Tenant, id: string): Promise<ReportFileStream>;
  /** Throws 409 `report_ended` when there is nothing left to cancel. */
  cancel(tenant: Tenant, id: string): Promise<Report>;
  /** Throws 409 `report_not_retryable`, 429 `quota_exceeded`. */
  retry(tenant: Tenant, id: string): Promise<Report>;
  remove(tenant: Tenant, id: string): Promise<void>;
}

export function createReportRequests(options: ReportRequestsOptions): ReportRequests {
  const { store, files, quotas, worker } = options;

  async function get(tenant: Tenant, id: string): Promise<Report> {
    return (await store.find(tenant.id, id)) ?? unknown();
  }

  return {
    get,
    async create({ tenant, keyId }, request, idempotencyKey, signal) {
      await quotas.require(tenant.id, 'reportMinutesPerDay');
      await checkQuestions(tenant, request, signal, options);
      const { attemptsMax, queuedMax } = options;
      const report = await store.add(tenant.id, {
        request,
        idempotencyKey,
        scheduleId: null,
        requestedBy: keyId,
        attemptsMax,
        queuedMax,
      });
      worker.wake();
      return report;
    },
    async list(tenant, page) {
      const { reports, next } = await store.list(tenant.id, page);
      return { reports: [...reports], next };
    },
    async getManifest(tenant, id) {
      const manifest = await store.findManifest(tenant.id, id);
      if (manifest === undefined) return unknown();
      return manifest ?? notDone(await get(tenant, id));
    },
    async openFile(tenant, id) {
      const report = await get(tenant, id);
      const { attempt, file, state } = report;
      if (state === 'expired')
        throw gone(
          'report_expired',
          'The file was removed when its time was over. Retry the report for a new one.',
        );
      if (state !== 'done' || file === null) return notDone(report);
      const stream = await files.open({ tenantId: tenant.id, id, attempt });
      if (stream === undefined)
        throw gone('report_file_missing', 'The file is not where files of reports are kept.');
      return { file, stream };
    },
    async cancel(tenant, id) {
      const report = (await store.cancel(tenant.id, id)) ?? unknown();
      worker.stop(id);
      if (report.state === 'cancelled') return report;
      throw new AppError('report_ended', `The report is ${report.state}: there is nothing to cancel.`, {
        status: 409,
      });
    },
    async retry(tenant, id) {
      await quotas.require(tenant.id, 'reportMinutesPerDay');
      const { report, isQueued } = (await store.retry(tenant.id, id, options.attemptsMax)) ?? unknown();
      if (!isQueued) {
        const reason = `The report is ${report.state}: only one that failed, was cancelled or expired is made again.`;
        throw new AppError('report_not_retryable', reason, { status: 409 });
      }
      worker.wake();
      return report;
    },
    async remove(tenant, id) {
      const start = (await store.remove(tenant.id, id)) ?? unknown();
      worker.stop(id);
      await files.remove(start);
    },
  };
}

/** Every question could be answered now. Should the store be away, the report waits for it instead. */
export async function checkQuestions(
  tenant: Tenant,
  request: ReportRequest,
  signal: AbortSignal,
  { engine, kpis, limitsOf, now }: Pick<ReportRequestsOptions, 'engine' | 'kpis' | 'limitsOf' | 'now'>,
): Promise<void> {
  const nowMs = now();
  const limits = limitsOf(request.format);
  const planned = planReport(tenant, request, { kpis, nowMs, limits });
  for (const [index, { plan }] of planned.entries()) {
    try {
      await checkPatterns(plan, engine, signal);
      await engine.open(tenant.id, plan, nowMs, signal);
    } catch (error) {
      if (error instanceof AppError && error.retryable) return;
      throw pointInto(index, error);
    }
  }
}

function unknown(): never {
  throw new AppError('report_unknown', 'There is no report with this id.', { status: 404 });
}

function notDone({ state, failure }: Report): never {
  const why = failure === null ? '' : ` ${failure.reason}`;
  throw new AppError('report_not_done', `The report is ${state}: it has no file.${why}`, { status: 409 });
}

function gone(code: string, reason: string): AppError {
  return new AppError(code, reason, { status: 410 });
}
