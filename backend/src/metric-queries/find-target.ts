import type { AnswerTarget, MetricAnswer, MetricQuery, Notice } from '@coditect/contracts';
import { chooseTarget, pinScope, toAnswerTarget } from '../kpis/goals/choose-goals.js';
import type { GoalsReader } from '../platform/goals.js';
import type { Logger } from '../platform/logger.js';
import type { Tenant } from '../platform/tenancy.js';
import { findZone } from './time/zone.js';

const dayMs = 86_400_000;

/** What an answer is held against; neither when the tenant has set nothing for this question. */
export interface FoundTarget {
  readonly target?: AnswerTarget;
  /** An answer does not fail for want of its target: it says so. */
  readonly notice?: Notice;
}

/** The target of a question, which need not have been checked. Never rejects. */
export type FindTarget = (tenant: Tenant, query: MetricQuery) => Promise<FoundTarget>;

const unknown: Notice = {
  severity: 'warning',
  code: 'target_unknown',
  text: 'Targets could not be read: this answer shows none.',
};

export function createTargetFinder(options: {
  readonly goals: GoalsReader;
  readonly logger: Logger;
}): FindTarget {
  const { goals, logger } = options;
  let isAway = false;
  return async (tenant, query) => {
    try {
      const { targets } = await goals.read(tenant.id);
      isAway = false;
      const found = findAmong(targets, tenant, query);
      return found === undefined ? {} : { target: toAnswerTarget(found) };
    } catch (error) {
      // Every question would say the same.
      if (!isAway) logger.warn({ err: error }, 'goals not read');
      isAway = true;
      return { notice: unknown };
    }
  };
}

function findAmong(
  targets: Parameters<typeof chooseTarget>[0],
  { timeZone }: Tenant,
  { filters, metric, range }: MetricQuery,
): ReturnType<typeof chooseTarget> {
  const scope = pinScope(filters);
  // Days of goals are the tenant's, in whatever zone a question is asked.
  const lastDay = findZone(timeZone)?.localDayOf(Date.parse(range.to) - 1);
  if (scope === undefined || lastDay === undefined) return undefined;
  return chooseTarget(targets, { metric, scope, lastDay: isoDate(lastDay) });
}

/** Of days since 1970-01-01. */
function isoDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The answer with what it is held against. */
export function withTarget<A extends Pick<MetricAnswer, 'meta'>>(
  answer: A,
  { notice, target }: FoundTarget,
): A {
  return {
    ...answer,
    meta: {
      ...answer.meta,
      ...(target !== undefined && { target }),
      notices: [...answer.meta.notices, ...(notice === undefined ? [] : [notice])],
    },
  };
}
