import type { MetricAnswer } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import { buildAnswer } from './build-answer.js';
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

/** Regular expressions are compiled on their own first, so that a bad one is named by its place in the question. */
export async function checkPatterns(
  plan: QueryPlan,
  engine: Pick<MetricEngine, 'checkRegex'>,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, { operator, value }] of plan.filters.entries()) {
    if ((operator !== '=~' && operator !== '!~') || typeof value !== 'string') continue;
    try {
      await engine.checkRegex(value, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'regex_invalid') throw error;
      const { status, message } = error;
      throw new AppError('regex_invalid', message, {
        status,
        pointer: `/filters/${index}/value`,
        cause: error,
      });
    }
  }
}
