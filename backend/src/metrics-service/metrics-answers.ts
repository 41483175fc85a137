import type {
  DimensionValues,
  KpiList,
  MetricAnswer,
  MetricQuery,
  PanelQuery,
  ServiceStatus,
} from '@coditect/contracts';
import { isToldByStates, kpiDimensions } from '../kpis/kpi.js';
import { describeKpis, type KpiRegistry } from '../kpis/kpi-registry.js';
import { AppError } from '../platform/errors.js';
import type { Tenant } from '../platform/tenancy.js';
import { answerPlans, type PanelPlans } from '../metric-queries/answer-query.js';
import { withTarget, type FindTarget } from '../metric-queries/find-target.js';
import type { QueryLimits } from '../metric-queries/limits.js';
import type { MetricEngine } from '../metric-queries/metric-engine.js';
import { planQuery } from '../metric-queries/plan-query.js';
import type { QueryPlan } from '../metric-queries/query-plan.js';
import type { ReadMinGroupSize } from '../platform/min-group-size.js';
import type { GoalsReader } from '../platform/goals.js';
import type { AskCached, Reply } from '../metric-queries/cached-questions.js';
import type { RunQuestion } from '../metric-queries/question-runner.js';
import type { MetricsStore } from './metrics-store.js';

/** Whole periods go on after the range, by a month at most, and those who came in one may return later. */
const statesReachMs = 62 * 86_400_000;

export interface AnswersOptions {
  readonly work: RunQuestion;
  readonly ask: AskCached;
  readonly engine: MetricEngine;
  /** For those who want what the store says now: joins no read that has begun before. */
  readonly freshEngine: MetricEngine;
  readonly kpis: KpiRegistry;
  readonly store: MetricsStore;
  readonly goals: GoalsReader;
  readonly readMinGroupSize?: ReadMinGroupSize | undefined;
  readonly findTarget: FindTarget;
  readonly limits: QueryLimits;
  /** Most values in one answer about a dimension. */
  readonly dimensionValuesMax: number;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly service: string;
  readonly version: string;
}

export interface QueryRequest {
  readonly query: PanelQuery;
  /** Wants what the store says now, whatever is kept. */
  readonly isFresh: boolean;
}

/** The questions that the service answers. Every one is asked for a tenant; errors are `AppError`. */
export interface MetricsAnswers {
  /** Those that are shipped, and the tenant's own. */
  listKpis(tenant: Tenant): KpiList;
  /** A `MetricAnswer`. */
  answerQuery(tenant: Tenant, request: QueryRequest, signal: AbortSignal): Promise<Reply>;
  /** Asks the store, and keeps nothing: for a question that is another one a second later. */
  answerNow(tenant: Tenant, query: PanelQuery, signal: AbortSignal): Promise<MetricAnswer>;
  listDimensionValues(
    tenant: Tenant,
    request: { readonly dimension: string; readonly prefix: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<DimensionValues>;
  describeStatus(tenant: Tenant, signal: AbortSignal): Promise<ServiceStatus>;
}

export function createMetricsAnswers(options: AnswersOptions): MetricsAnswers {
  const { kpis, limits, work } = options;
  const fresh = { ...options, engine: options.freshEngine };
  const planOf = (tenant: Tenant, query: MetricQuery): QueryPlan =>
    planQuery(tenant, query, { kpis, nowMs: options.now(), limits });
  const plansOf = (tenant: Tenant, { withTotal, ...query }: PanelQuery): PanelPlans => ({
    plan: planOf(tenant, query),
    ...(withTotal === true && { total: planOf(tenant, { ...query, interval: undefined, total: true }) }),
  });

  return {
    listKpis: (tenant) => describeKpis(options.kpis.of(tenant.id)),
    async answerQuery(tenant, { query, isFresh }, signal) {
      // Part of what is asked: an answer that was kept is of no definition of before, held against no target and hiding no
      // group by a size of before.
      const target = await options.findTarget(tenant, query);
      const minGroupSize = await options.readMinGroupSize?.(tenant.id);
      const kpi = kpis.of(tenant.id).find(query.metric);
      const isOfPeriods = kpi !== undefined && isToldByStates(kpi.measure);
      const question = {
        question: { query, revision: kpi?.revision, target, minGroupSize },
        untilMs: Date.parse(query.range.to) + (isOfPeriods ? statesReachMs : 0),
        isFresh,
        isOfPeriods,
      };
      return options.ask(tenant, question, signal, () => {
        const plans = plansOf(tenant, query);
        const from = isFresh ? fresh : options;
        return async (limited) => withTarget(await answerPlans(tenant.id, plans, limited, from), target);
      });
    },
    async answerNow(tenant, query, signal) {
      const target = await options.findTarget(tenant, query);
      const plans = plansOf(tenant, query);
      return work(
        tenant,
        { now: query, revision: plans.plan.kpi.revision, target },
        signal,
        async (limited) => withTarget(await answerPlans(tenant.id, plans, limited, fresh), target),
      );
    },
    async listDimensionValues(tenant, request, signal) {
      const dimension = kpiDimensions.find((name) => name === request.dimension);
      if (dimension === undefined) {
        const reason = `There is no dimension of this name. There are: ${kpiDimensions.join(', ')}.`;
        throw new AppError('dimension_unknown', reason, { status: 404 });
      }
      const limit = Math.min(request.limit, options.dimensionValuesMax);
      const question = { dimension, prefix: request.prefix, limit: limit + 1 };
      const values = await work(tenant, question, signal, (limited) =>
        options.store.readDimensionValues(tenant.id, question, limited),
      );
      return { dimension, values: values.slice(0, limit), truncated: values.length > limit };
    },
    async describeStatus(tenant, signal) {
      const asOfMs = options.now();
      const stored = await work(tenant, 'status', signal, (limited) =>
        options.store.readStoredEvents(tenant.id, limited),
      );
      const { events, newestEventMs, newestReceivedMs } = stored;
      return {
        service: options.service,
        version: options.version,
        tenant: tenant.id,
        timeZone: tenant.timeZone,
        events,
        newestEventAt: newestEventMs === null ? null : new Date(newestEventMs).toISOString(),
        newestReceivedAt: newestReceivedMs === null ? null : new Date(newestReceivedMs).toISOString(),
        freshnessSeconds: newestReceivedMs === null ? null : Math.max(0, (asOfMs - newestReceivedMs) / 1_000),
        asOf: new Date(asOfMs).toISOString(),
      };
    },
  };
}
