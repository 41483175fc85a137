import type { MetricQuery, ReportRequest } from '@coditect/contracts';
import { planQuery, type PlanContext } from '../../metric-queries/plan-query.js';
import type { QueryPlan } from '../../metric-queries/query-plan.js';
import { AppError } from '../../platform/errors.js';
import type { Tenant } from '../../platform/tenancy.js';

export interface PlannedQuery {
  /** As it was asked, with its time zone. */
  readonly query: MetricQuery;
  readonly plan: QueryPlan;
}

/** Plans every question of a report. Throws what `planQuery` throws, with the pointer into the body of the report. */
export function planReport(
  tenant: Pick<Tenant, 'id' | 'timeZone'>,
  request: ReportRequest,
  context: PlanContext,
): readonly PlannedQuery[] {
  return (request.queries ?? []).map((query, index) =>
    pointingAt(index, () => {
      const plan = planQuery(tenant, query, context);
      return { plan, query: { ...query, timeZone: plan.zone.name } };
    }),
  );
}

function pointingAt<T>(index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw pointInto(index, error);
  }
}

/** The same error, with its pointer at the question in the body of a report. */
export function pointInto(index: number, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message, status, retryable, limit, retryAfterSeconds } = error;
  return new AppError(code, message, {
    status,
    retryable,
    pointer: `/queries/${index}${error.pointer ?? ''}`,
    ...(limit !== undefined && { limit }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    cause: error,
  });
}
