import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ReportFormat } from '@coditect/contracts';
import { fixedLimits, type QueryLimits } from '../metric-queries/limits.js';
import type { MetricEngine } from '../metric-queries/metric-engine.js';
import { createQuerySlots } from '../metric-queries/query-slots.js';
import { createQuestionRunner } from '../metric-queries/question-runner.js';
import { createSharedFlights } from '../metric-queries/shared-flights.js';
import { noGoals } from '../kpis/goals/goals-reader.js';
import { shippedKpis, type KpiRegistry } from '../kpis/kpi-registry.js';
import { createTargetFinder, type FindTarget } from '../metric-queries/find-target.js';
import type { BrandingStore } from '../platform/branding.js';
import type { Config } from '../platform/config.js';
import { isDoneBefore } from '../platform/deadline.js';
import { AppError } from '../platform/errors.js';
import type { ReadMinGroupSize } from '../platform/min-group-size.js';
import type { GoalsReader } from '../platform/goals.js';
import { noQuotas, type Quotas } from '../platform/quotas.js';
import type { ReadTenantLimits } from '../platform/tenant-limits.js';
import type { UsageMeter } from '../platform/usage.js';
import { readUserAsSaid, type ReadGrafanaUser } from '../platform/grafana-user.js';
import { createHttpService, type HttpService } from '../platform/http-service.js';
import type { Logger } from '../platform/logger.js';
import type { ReportQueue, ReportStore } from '../platform/reports.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { ReadUserRole } from '../platform/user-roles.js';
import type { AuditTrail } from '../platform/audit-trail.js';
import type { SubjectOperations } from '../platform/subject-operations.js';
import type { Authenticator } from '../platform/tenancy.js';
import type { SqlDatabase } from '../storage/postgres/sql-executor.js';
import { lockToTenant } from '../storage/postgres/tenant-role.js';
import { queryLandedEvents } from '../storage/timescale/queries/landed-events.js';
import { createBrandingSettings } from './branding/branding-settings.js';
import { createBrandingReader } from './branding/report-branding.js';
import { describeReportingApi } from './http/openapi.js';
import { mountReportingRoutes } from './http/routes.js';
import { createLocalReportFiles } from './jobs/local-report-files.js';
import type { RenderReport } from './jobs/make-report.js';
import type { ReportFiles } from './jobs/report-files.js';
import { createReportWorker, type ReportWorker } from './jobs/report-worker.js';
import { createTimescaleEngine } from './metrics/timescale-engine.js';
import { RenderError, renderPdf } from './pdf/render-pdf.js';
import { canDrawLogo } from './pdf/try-logo.js';
import type { DrawPdf } from './render/pdf-report.js';
import { createReportRenderer } from './render/render-report.js';
import { checkQuestions, createReportRequests } from './report-requests.js';
import { createRollupAnswers } from './rollup-answers.js';
import { createSchedules, type ScheduleStores } from './schedules/compose-schedules.js';

export interface ReportingServiceOptions {
  readonly config: Pick<Config, 'platform' | 'tls' | 'metrics' | 'reporting' | 'delivery' | 'timescale'>;
  /** TimescaleDB, with landing and rollups. */
  readonly database: SqlDatabase;
  readonly reports: { readonly store: ReportStore; readonly queue: ReportQueue };
  readonly schedules: ScheduleStores;
  readonly branding: BrandingStore;
  /** Without them nothing is done about people from here. */
  readonly subjects?: SubjectOperations;
  /** Without them no answer is held against anything. */
  readonly goals?: GoalsReader;
  readonly authenticator: Authenticator;
  /** Fewest people of whom a part of a tenant is told. Without it everything is. */
  readonly readMinGroupSize?: ReadMinGroupSize;
  /** How much each tenant may ask for. Without them everybody may ask for everything. */
  readonly limits?: {
    readonly read: ReadTenantLimits;
    readonly quotas: Quotas;
    readonly meter: UsageMeter;
  };
  /** Without it nothing is written of who asks and changes what. */
  readonly audit?: AuditTrail;
  /** Without it no tenant has KPIs of its own. */
  readonly kpis?: KpiRegistry;
  /** Without it users of Grafana are who they say they are. */
  readonly readUser?: ReadGrafanaUser;
  /** Of users whom it verified. */
  readonly readRole?: ReadUserRole;
  /** Epoch milliseconds: everything accepted that happened before has landed. */
  readonly watermark: () => number | Promise<number>;
  /** Turns readiness red before anything else ends. */
  readonly isClosing?: () => boolean;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly version: string;
  /** Instead of PDF and CSV. */
  readonly render?: RenderReport;
  readonly drawPdf?: DrawPdf;
  readonly canDrawLogo?: (logo: Uint8Array) => Promise<boolean>;
}

const service = 'reporting-service';
/** Rows of a series that are in memory at once while they are written. */
const sliceRowsMax = 20_000;
/** Bounds of a report that memory sets: all starts of buckets, and all names of groups, are held at once. */
const reportPointsMax = 1_000_000;
const reportGroupsMax = 100_000;

/** Questions from rollups, and reports, over HTTP. Owns no store: what is passed in is closed by who made it. */
export function createReportingService(options: ReportingServiceOptions): HttpService {
  const { config, database, kpis = shippedKpis, logger, reports, telemetry, now, version } = options;
  const { reporting, metrics } = config;
  const { store, queue } = reports;
  const engine = createTimescaleEngine(database);
  const limitsOf = limitsFrom(config);
  const files = createLocalReportFiles(join(config.platform.dataDir, 'reports'));
  const findTarget = createTargetFinder({ goals: options.goals ?? noGoals, logger });
  const render = options.render ?? composeRenderer(options, engine, findTarget);
  const worker = composeWorker(options, { files, render });
  const quotas = options.limits?.quotas ?? noQuotas;
  const asking = { quotas, store, files, worker, engine, kpis, limitsOf, now };
  const requests = createReportRequests({ ...reporting, ...asking });
  const schedules = createSchedules({
    ...options,
    quotas,
    reports: store,
    files,
    checkReport: (tenant, request, signal) =>
      checkQuestions(tenant, request, signal, { engine, kpis, limitsOf, now }),
    onReport: worker.wake,
  });
  const http = createHttpService({
    name: service,
    host: config.platform.listenHost,
    port: reporting.port,
    tls: config.tls,
    logger,
    telemetry,
    openapi: () => describeReportingApi(version),
    isReady: async () => {
      if (options.isClosing?.() === true) return false;
      await Promise.all([database.query('SELECT 1'), queue.countInHand()]);
      return true;
    },
    mount: (app) => {
      mountReportingRoutes(app, {
        answers: composeAnswers(options, findTarget),
        reports: requests,
        schedules: schedules.requests,
        branding: createBrandingSettings({
          store: options.branding,
          canDraw: options.canDrawLogo ?? canDrawLogo,
        }),
        subjects: options.subjects,
        authenticator: options.authenticator,
        readUser: options.readUser ?? readUserAsSaid,
        readRole: options.readRole,
        audit: options.audit,
        queryBytesMax: metrics.bodyBytesMax,
        reportBytesMax: reporting.bodyBytesMax,
        framesBytesMax: reporting.framesBytesMax,
      });
    },
  });
  return {
    async start() {
      const url = await http.start();
      await worker.start();
      schedules.start();
      return url;
    },
    async close(deadline) {
      // Both at once: a report that is given back early is begun early elsewhere.
      const inHand = Promise.all([worker.close(), schedules.close()]);
      // What a silent database keeps is begun again when its lease is over.
      const settled = deadline === undefined ? inHand : isDoneBefore(deadline, inHand);
      await Promise.all([http.close(deadline), settled]);
    },
  };
}

function composeWorker(
  { config, limits, logger, now, reports, telemetry }: ReportingServiceOptions,
  making: { readonly files: ReportFiles; readonly render: RenderReport },
): ReportWorker {
  const { reporting } = config;
  return createReportWorker({
    ...reporting,
    ...making,
    queue: reports.queue,
    owner: `${hostname()}:${reporting.port === 0 ? randomUUID() : reporting.port}`,
    telemetry,
    logger,
    now,
    random: Math.random,
    noteTime: (tenantId, reportMs) => {
      limits?.meter.note(tenantId, { reportMs });
    },
  });
}

function composeRenderer(
  {
    branding,
    config,
    drawPdf = drawInWorker,
    goals = noGoals,
    kpis = shippedKpis,
    now,
    readMinGroupSize,
    watermark,
  }: ReportingServiceOptions,
  engine: MetricEngine,
  findTarget: FindTarget,
): RenderReport {
  const limitsOf = limitsFrom(config);
  const brandingOf = createBrandingReader(branding);
  return createReportRenderer({
    engine,
    kpis,
    limitsOf,
    sliceRowsMax,
    watermark,
    brandingOf,
    findTarget,
    goals,
    readMinGroupSize,
    drawPdf,
    now,
  });
}

function composeAnswers(
  options: ReportingServiceOptions,
  findTarget: FindTarget,
): ReturnType<typeof createRollupAnswers> {
  const { config, database, goals = noGoals, kpis = shippedKpis, watermark, now, version } = options;
  const { metrics } = config;
  return createRollupAnswers({
    engine: createTimescaleEngine(database),
    kpis,
    run: createQuestionRunner({
      slots: createQuerySlots({
        runningMax: metrics.concurrentQueriesMax,
        waitingMax: metrics.waitingQueriesMax,
        retryAfterSeconds: 1,
      }),
      flights: createSharedFlights(),
      queryTimeoutMs: config.timescale.queryTimeoutMs,
      admit: options.limits?.read,
    }),
    readLandedEvents: (tenantId) => queryLandedEvents(lockToTenant(database, tenantId), tenantId),
    findTarget,
    goals,
    readMinGroupSize: options.readMinGroupSize,
    limits: { ...fixedLimits, ...metrics },
    watermark,
    now,
    service,
    version,
  });
}

function limitsFrom({
  metrics,
  reporting,
}: ReportingServiceOptions['config']): (format: ReportFormat) => QueryLimits {
  return (format) => {
    const rowsMax = format === 'csv' ? reporting.rowsMax : reporting.pdfRowsMax;
    return {
      ...fixedLimits,
      filterValuesMax: metrics.filterValuesMax,
      rowsMax,
      pointsMax: Math.min(rowsMax, reportPointsMax),
      groupsMax: reportGroupsMax,
    };
  };
}

/** What could not be drawn once can't be drawn again. */
async function drawInWorker(...[document, options]: Parameters<DrawPdf>): Promise<Uint8Array> {
  try {
    return await renderPdf(document, options);
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const reason = 'The PDF could not be drawn. Take CSV, or ask for less; the log has the reason.';
    throw new AppError('render_failed', reason, { status: 500, cause: error });
  }
}
