import type { AuditLog } from '../platform/audit.js';
import type { AuditTrail } from '../platform/audit-trail.js';
import type { Authenticator } from '../platform/tenancy.js';
import type { Config } from '../platform/config.js';
import { readUserAsSaid, type ReadGrafanaUser } from '../platform/grafana-user.js';
import { createHttpService, type HttpService } from '../platform/http-service.js';
import type { ReadMinGroupSize } from '../platform/min-group-size.js';
import type { GoalSettings, GoalsReader } from '../platform/goals.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { ReadUserRole } from '../platform/user-roles.js';
import type { ClickHouse } from '../storage/clickhouse/client.js';
import type { Quotas } from '../platform/quotas.js';
import type { ReadTenantLimits } from '../platform/tenant-limits.js';
import type { ReadUsageStore } from '../platform/usage-of-tenant.js';
import type { UsageMeter } from '../platform/usage.js';
import { lockTenants } from '../storage/clickhouse/tenant-lock.js';
import { describeMetricsApi } from './http/openapi.js';
import { mountMetricsRoutes } from './http/routes.js';
import { noGoals } from '../kpis/goals/goals-reader.js';
import { shippedKpis, type KpiRegistry } from '../kpis/kpi-registry.js';
import { createTargetFinder } from '../metric-queries/find-target.js';
import { fixedLimits, type QueryLimits } from '../metric-queries/limits.js';
import { createAnalysesStore } from './analyses/analyses-store.js';
import { createAnalysisHandlers } from './analyses/analysis-handlers.js';
import type { AnalysisTools } from './analyses/analysis-scope.js';
import { createAnalyses, type Analyses } from './analyses/answer-analysis.js';
import type { BudgetTools } from './analyses/budget.js';
import { createBudgetsReader } from './annotations/read-budgets.js';
import { createCostReader } from './budgets/read-cost.js';
import { createClickHouseEngine } from './clickhouse-engine.js';
import { createEventParts } from './events/compose-events.js';
import { createLiveParts } from './live/compose-live.js';
import type { LiveStreams } from './live/live-streams.js';
import { createMetricsAnswers } from './metrics-answers.js';
import { meterReads } from './meter-reads.js';
import { shareReads } from './share-reads.js';
import { createMetricsStore } from './metrics-store.js';
import { createCachedQuestions, type AskCached } from '../metric-queries/cached-questions.js';
import type { MetricEngine } from '../metric-queries/metric-engine.js';
import { createQuerySlots } from '../metric-queries/query-slots.js';
import { createWorkShares } from '../metric-queries/work-shares.js';
import { createQuestionRunner, type RunQuestion } from '../metric-queries/question-runner.js';
import { fixedRawLimits, type RawLimits } from './raw-limits.js';
import { createSharedFlights } from '../metric-queries/shared-flights.js';

export interface MetricsServiceOptions {
  readonly config: Pick<Config, 'platform' | 'tls' | 'metrics' | 'clickhouse' | 'streamProcessor'>;
  readonly clickHouse: ClickHouse;
  readonly authenticator: Authenticator;
  /** Without it no tenant has KPIs of its own. */
  readonly kpis?: KpiRegistry;
  /** Without them no answer is held against anything, and nothing is asked about them. */
  readonly goals?: { readonly reader: GoalsReader; readonly settings: GoalSettings };
  /** Fewest people of whom a part of a tenant is told. Without it everything is. */
  readonly readMinGroupSize?: ReadMinGroupSize;
  /** How much each tenant may ask for. Without them everybody may ask for everything. */
  readonly limits?: {
    readonly read: ReadTenantLimits;
    readonly quotas: Quotas;
    readonly meter: UsageMeter;
    readonly usage: ReadUsageStore;
  };
  /** Without it nothing is written of who asks and changes what. */
  readonly audit?: { readonly log: AuditLog; readonly trail: AuditTrail };
  /** Without it users of Grafana are who they say they are. */
  readonly readUser?: ReadGrafanaUser;
  /** Of users whom it verified. */
  readonly readRole?: ReadUserRole;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
  /** Time between two signs of life of a live answer; a quarter of a minute unless a test is in a hurry. */
  readonly liveBeatMs?: number | undefined;
  /** Turns readiness red before anything else ends. */
  readonly isClosing?: () => boolean;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly version: string;
}

const service = 'metrics-service';

/** Questions about KPIs over HTTP. Owns no client: what is passed in is closed by who made it. */
export function createMetricsService(given: MetricsServiceOptions): HttpService {
  const options = { ...given, clickHouse: readForTenants(given) };
  const { config, clickHouse, authenticator, logger, telemetry } = options;
  const { metrics } = config;
  const raw = { ...fixedRawLimits, retentionDays: config.streamProcessor.rawRetentionDays };
  const { engine, freshEngine } = createEngines(config, clickHouse, raw);
  const asking = createAsking(options);
  const limits = limitsFrom(metrics);
  const goals = options.goals?.reader ?? noGoals;
  const cost = createCostReader({ engine, limits });
  const answers = createMetricsAnswers({
    kpis: options.kpis ?? shippedKpis,
    ...asking,
    engine,
    freshEngine,
    store: createMetricsStore(clickHouse),
    goals,
    readMinGroupSize: options.readMinGroupSize,
    findTarget: createTargetFinder({ goals, logger }),
    limits,
    dimensionValuesMax: metrics.dimensionValuesMax,
    watermark: options.watermark,
    now: options.now,
    service,
    version: options.version,
  });
  const analyses = composeAnalyses(options, { limits, raw, goals, cost }, asking.ask);
  const events = createEventParts({
    ...asking,
    clickHouse,
    limits,
    rawLimits: raw,
    queryTimeoutMs: config.clickhouse.queryTimeoutMs,
    memoryBytesMax: metrics.analysisMemoryBytesMax,
    watermark: options.watermark,
    now: options.now,
    readers: { budgets: createBudgetsReader({ goals, cost, limits, watermark: options.watermark }) },
  });
  const live = createLiveParts({
    answers,
    config: metrics,
    telemetry,
    now: options.now,
    beatMs: options.liveBeatMs,
  });
  const http = createHttpService({
    name: service,
    host: config.platform.listenHost,
    port: metrics.port,
    tls: config.tls,
    logger,
    telemetry,
    openapi: () => describeMetricsApi(options.version),
    isReady: async () => {
      if (options.isClosing?.() === true) return false;
      await engine.checkRegex('', AbortSignal.timeout(2_000));
      return true;
    },
    mount: (app) => {
      mountMetricsRoutes(app, {
        answers,
        analyses,
        ...events,
        live,
        authenticator,
        goals: options.goals?.settings,
        audit: options.audit,
        usage: options.limits && { ...options.limits, now: options.now },
        bodyBytesMax: metrics.bodyBytesMax,
        requestLog: { logger, which: metrics.requestLog },
        readUser: options.readUser ?? readUserAsSaid,
        readRole: options.readRole,
      });
    },
  });
  return closeStreamsFirst(http, live);
}

/** One tenant's rows at a time, in turns, and noted. */
function readForTenants({ clickHouse, limits }: MetricsServiceOptions): ClickHouse {
  const locked = lockTenants(clickHouse);
  if (limits === undefined) return locked;
  return meterReads(locked, { meter: limits.meter, now: () => performance.now() });
}

function limitsFrom({ filterValuesMax, groupsMax, pointsMax }: Config['metrics']): QueryLimits {
  return { ...fixedLimits, pointsMax, groupsMax, filterValuesMax };
}

function composeAnalyses(
  { clickHouse, config, now, readMinGroupSize, watermark }: MetricsServiceOptions,
  tools: BudgetTools & Pick<AnalysisTools, 'raw'>,
  ask: AskCached,
): Analyses {
  const handlers = createAnalysisHandlers({
    ...tools,
    store: createAnalysesStore(clickHouse),
    aggregateRetentionDays: config.streamProcessor.aggregateRetentionDays,
    memoryBytesMax: config.metrics.analysisMemoryBytesMax,
  });
  return createAnalyses({ handlers, ask, readMinGroupSize, watermark, now });
}

/** What may be a moment old shares its reads. */
function createEngines(
  { metrics, streamProcessor }: MetricsServiceOptions['config'],
  clickHouse: ClickHouse,
  raw: RawLimits,
): { readonly engine: MetricEngine; readonly freshEngine: MetricEngine } {
  const states = {
    memoryBytesMax: metrics.analysisMemoryBytesMax,
    aggregateRetentionDays: streamProcessor.aggregateRetentionDays,
  };
  return {
    engine: createClickHouseEngine(shareReads(clickHouse, createSharedFlights()), raw, states),
    freshEngine: createClickHouseEngine(clickHouse, raw, states),
  };
}

/** A stream goes on until it is ended, and the HTTP server waits for all that are open. */
function closeStreamsFirst(http: HttpService, live: LiveStreams): HttpService {
  return {
    start: () => http.start(),
    async close() {
      await live.close();
      await http.close();
    },
  };
}

interface Asking {
  /** For what is asked of the store each time. */
  readonly work: RunQuestion;
  /** For what may be a moment old. */
  readonly ask: AskCached;
}

/** Of the time that a question may wait in line: so much of it at most for what the tenant's questions before it took. */
const shareOfWait = 0.8;

/** Slots, deadline, shared flights and kept answers: one set for every question of this service. */
function createAsking({ config, limits, telemetry, watermark, now }: MetricsServiceOptions): Asking {
  const { metrics } = config;
  const work = createQuestionRunner({
    slots: createQuerySlots({
      runningMax: metrics.concurrentQueriesMax,
      waitingMax: metrics.waitingQueriesMax,
      retryAfterSeconds: 1,
      waitMsMax: config.clickhouse.queryTimeoutMs,
      shares: createWorkShares({
        runningMax: metrics.sharedQueriesMax,
        workMsPerSecond: metrics.sharedWorkMsPerSecond,
        waitMsMax: config.clickhouse.queryTimeoutMs * shareOfWait,
        now: () => performance.now(),
      }),
    }),
    flights: createSharedFlights(),
    queryTimeoutMs: config.clickhouse.queryTimeoutMs,
    admit:
      limits &&
      (async (tenantId) => {
        await limits.quotas.require(tenantId, 'rowsReadPerDay');
        return limits.read(tenantId);
      }),
  });
  const ask = createCachedQuestions({
    work,
    bytesMax: metrics.cacheBytesMax,
    watermark,
    now,
    observe: (outcome, bytes) => {
      telemetry.answerCache.inc({ outcome });
      telemetry.answerCacheBytes.set(bytes);
    },
  });
  return { work, ask };
}
