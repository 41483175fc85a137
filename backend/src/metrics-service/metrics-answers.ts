import type { DimensionValues, KpiList, MetricQuery, ServiceStatus } from '@coditect/contracts';
import { kpiCatalogue } from '../kpis/catalogue.js';
import { describeKpi, kpiDimensions } from '../kpis/kpi.js';
import { AppError } from '../platform/errors.js';
import type { Tenant } from '../platform/tenancy.js';
import { answerPlan } from '../metric-queries/answer-query.js';
import { withTarget, type FindTarget } from '../metric-queries/find-target.js';
import type { QueryLimits } from '../metric-queries/limits.js';
import type { MetricEngine } from '../metric-queries/metric-engine.js';
import { planQuery } from '../metric-queries/plan-query.js';
import type { AskCached, Reply } from '../metric-queries/cached-questions.js';
import type { RunQuestion } from '../metric-queries/question-runner.js';
import type { MetricsStore } from './metrics-store.js';

export interface AnswersOptions {
  readonly work: RunQuestion;
  readonly ask: AskCached;
  readonly engine: MetricEngine;
  readonly store: MetricsStore;
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
  readonly query: MetricQuery;
  /** Wants what the store says now, whatever is kept. */
  readonly isFresh: boolean;
}

/** The questions that the service answers. Every one is asked for a tenant; errors are `AppError`. */
export interface MetricsAnswers {
  listKpis(): KpiList;
  /** A `MetricAnswer`. */
  answerQuery(tenant: Tenant, request: QueryRequest, signal: AbortSignal): Promise<Reply>;
  listDimensionValues(
    tenant: Tenant,
    request: { readonly dimension: string; readonly prefix: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<DimensionValues>;
  describeStatus(tenant: Tenant, signal: AbortSignal): Promise<ServiceStatus>;
}

export function createMetricsAnswers(options: AnswersOptions): MetricsAnswers {
  const { work } = options;

  return {
    listKpis: () => ({ kpis: kpiCatalogue.map(describeKpi) }),
    async answerQuery(tenant, { query, isFresh }, signal) {
      const { limits, now } = options;
      // Part of what is asked: an answer that was kept is not held against a target of before.
      const target = await options.findTarget(tenant, query);
      const question = { question: { query, target }, untilMs: Date.parse(query.range.to), isFresh };
      return options.ask(tenant, question, signal, () => {
        const plan = planQuery(query, { timeZone: tenant.timeZone, nowMs: now(), limits });
        return async (limited) => withTarget(await answerPlan(tenant.id, plan, limited, options), target);
      });
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
