import type { KpiList, MetricAnswer, MetricQuery, ServiceStatus } from '@coditect/contracts';
import { describeKpis, type KpiRegistry } from '../kpis/kpi-registry.js';
import { answerPlan } from '../metric-queries/answer-query.js';
import { withTarget, type FindTarget } from '../metric-queries/find-target.js';
import type { QueryLimits } from '../metric-queries/limits.js';
import type { MetricEngine } from '../metric-queries/metric-engine.js';
import { planQuery } from '../metric-queries/plan-query.js';
import type { RunQuestion } from '../metric-queries/question-runner.js';
import type { ReadMinGroupSize } from '../platform/min-group-size.js';
import type { GoalsReader } from '../platform/goals.js';
import type { Tenant } from '../platform/tenancy.js';
import type { LandedEvents } from '../storage/timescale/queries/landed-events.js';

export interface RollupAnswersOptions {
  readonly engine: MetricEngine;
  readonly kpis: KpiRegistry;
  readonly run: RunQuestion;
  readonly readLandedEvents: (tenantId: string) => Promise<LandedEvents>;
  readonly findTarget: FindTarget;
  /** For what seats cost. */
  readonly goals: GoalsReader;
  readonly readMinGroupSize?: ReadMinGroupSize | undefined;
  readonly limits: QueryLimits;
  /** Epoch milliseconds: everything accepted that happened before has landed. */
  readonly watermark: () => number | Promise<number>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly service: string;
  readonly version: string;
}

/** Questions that are answered at once, from rollups. Every one is asked for a tenant; errors are `AppError`. */
export interface RollupAnswers {
  /** Those that are shipped, and the tenant's own. */
  listKpis(tenant: Tenant): KpiList;
  answerQuery(tenant: Tenant, query: MetricQuery, signal: AbortSignal): Promise<MetricAnswer>;
  describeStatus(tenant: Tenant, signal: AbortSignal): Promise<ServiceStatus>;
}

export function createRollupAnswers(options: RollupAnswersOptions): RollupAnswers {
  const { kpis, limits, now, run } = options;
  return {
    listKpis: (tenant) => describeKpis(kpis.of(tenant.id)),
    async answerQuery(tenant, query, signal) {
      const plan = planQuery(tenant, query, { kpis, nowMs: now(), limits });
      const answer = await run(tenant, { query, revision: plan.kpi.revision }, signal, (limited) =>
        answerPlan(tenant.id, plan, limited, options),
      );
      return withTarget(answer, await options.findTarget(tenant, query));
    },
    async describeStatus(tenant, signal) {
      const asOfMs = now();
      const landed = await run(tenant, 'status', signal, () => options.readLandedEvents(tenant.id));
      const { events, newestEventMs, newestReceivedMs } = landed;
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
