import type { MetricAnswer } from '@coditect/contracts';
import { buildAnswer } from './build-answer.js';
import { checkFilterPatterns } from './check-patterns.js';
import type { QueryLimits } from './limits.js';
import type { MetricEngine } from './metric-engine.js';
import type { QueryPlan } from './query-plan.js';
import { readActiveUsers } from './read-active-users.js';
import { readMeasures, type ReadOptions, type ReadSpans } from './read-measures.js';
import { readPerUser } from './read-per-user.js';

export interface AnswerOptions {
  readonly engine: MetricEngine;
  readonly limits: QueryLimits;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number | Promise<number>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Answers a plan. Throws `AppError` 400 `regex_invalid` with its place, 422 for what is too much or no longer kept. */
export async function answerPlan(
  tenantId: string,
  plan: QueryPlan,
  signal: AbortSignal,
  options: AnswerOptions,
): Promise<MetricAnswer> {
  const { engine, limits } = options;
  await checkPatterns(plan, engine, signal);
  // Both are taken before the store is read, so that they never promise more than the numbers hold.
  const asOfMs = options.now();
  const watermarkMs = await options.watermark();
  const reader = await engine.open(tenantId, plan, asOfMs, signal);
  const reading = { reader, limits, signal };
  return buildAnswer(plan, await readPlan(plan, reading), { asOfMs, watermarkMs, reader });
}

function readPlan(plan: QueryPlan, reading: ReadOptions): Promise<ReadSpans> {
  switch (plan.kind) {
    case 'measures':
      return readMeasures(plan, reading);
    case 'activeUsers':
      return readActiveUsers(plan, reading);
    case 'perUser':
      return readPerUser(plan, reading);
  }
}

/** Throws `AppError` 400 `regex_invalid` with the place of the expression in the question. */
export function checkPatterns(
  plan: QueryPlan,
  engine: Pick<MetricEngine, 'checkRegex'>,
  signal: AbortSignal,
): Promise<void> {
  return checkFilterPatterns(plan.filters, (pattern) => engine.checkRegex(pattern, signal));
}
