import { metricQuerySchema, type Filter, type Interval, type Notice } from '@coditect/contracts';
import { budgetMetric } from '../../kpis/goals/check-goals.js';
import type { Scope } from '../../kpis/goals/choose-goals.js';
import { shippedKpis } from '../../kpis/kpi-registry.js';
import { answerPlan } from '../../metric-queries/answer-query.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import type { MetricEngine } from '../../metric-queries/metric-engine.js';
import { planQuery } from '../../metric-queries/plan-query.js';
import type { Range } from '../../metric-queries/time/buckets.js';
import type { Tenant } from '../../platform/tenancy.js';

export interface CostQuestion {
  readonly range: Range;
  readonly interval: Extract<Interval, '1h' | '1d'>;
  readonly filters: readonly Filter[];
}

/** Epoch milliseconds. */
export interface CostMoment {
  readonly asOfMs: number;
  readonly watermarkMs: number;
}

export interface CostAnswer {
  /** US dollars, by the start of the bucket, in order; every bucket of the range is there. */
  readonly costs: ReadonlyMap<number, number>;
  readonly sources: readonly string[];
  readonly notices: readonly Notice[];
}

/** The KPI `cost` in the tenant's own zone. */
export interface CostReader {
  /** Throws `AppError` 422 for filters that the KPI does not take, with the pointer. */
  check(tenant: Tenant, question: CostQuestion, nowMs: number): void;
  /** Throws also what the store refuses. */
  read(tenant: Tenant, question: CostQuestion, moment: CostMoment, signal: AbortSignal): Promise<CostAnswer>;
}

export function createCostReader({
  engine,
  limits,
}: {
  readonly engine: MetricEngine;
  readonly limits: QueryLimits;
}): CostReader {
  function plan(
    tenant: Tenant,
    { filters, interval, range }: CostQuestion,
    nowMs: number,
  ): ReturnType<typeof planQuery> {
    const { timeZone } = tenant;
    const query = metricQuerySchema.parse({
      metric: budgetMetric,
      range: { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
      interval,
      filters,
      timeZone,
    });
    // Months are whole: the first one begins before the range that was asked for, which has been checked.
    const rangeDaysMax = limits.rangeDaysMax + 31;
    return planQuery(tenant, query, { kpis: shippedKpis, nowMs, limits: { ...limits, rangeDaysMax } });
  }
  return {
    check(tenant, question, nowMs) {
      plan(tenant, question, nowMs);
    },
    async read(tenant, question, { asOfMs, watermarkMs }, signal) {
      const { meta, rows } = await answerPlan(tenant.id, plan(tenant, question, asOfMs), signal, {
        engine,
        limits,
        watermark: () => watermarkMs,
        now: () => asOfMs,
      });
      const costs = rows.map(([time, value]) => [Date.parse(String(time)), Number(value)] as const);
      return {
        costs: new Map(costs),
        sources: meta.source,
        // Whoever asks knows better what of it is still to come.
        notices: meta.notices.filter(({ code }) => code !== 'period_incomplete'),
      };
    },
  };
}

/** The scope of a budget as filters. */
export function filtersOf(scope: Scope): readonly Filter[] {
  return Object.entries(scope).map(([dimension, value]) => ({ dimension, operator: '=', value }));
}
