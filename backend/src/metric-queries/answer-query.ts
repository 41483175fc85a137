import type { MetricAnswer, Notice } from '@coditect/contracts';
import { buildAnswer, buildTotals } from './build-answer.js';
import { checkFilterPatterns } from './check-patterns.js';
import { hideSmallGroups, noticeHidden } from './hide-small-groups.js';
import type { QueryLimits } from './limits.js';
import type { MetricEngine } from './metric-engine.js';
import type { ReadMinGroupSize } from '../platform/min-group-size.js';
import type { GoalsReader } from '../platform/goals.js';
import type { QueryPlan } from './query-plan.js';
import { readActiveUsers } from './read-active-users.js';
import { readMeasures, type ReadSpans } from './read-measures.js';
import { readPerUser } from './read-per-user.js';
import { readStates, type StatesOptions } from './read-states.js';
import { findTotalOf } from './total-of-series.js';

export interface AnswerOptions {
  readonly engine: MetricEngine;
  readonly limits: QueryLimits;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number | Promise<number>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** For what seats cost. Without it no price is known. */
  readonly goals?: GoalsReader;
  /** Fewest people of whom a part of a tenant is told. Without it everything is. */
  readonly readMinGroupSize?: ReadMinGroupSize | undefined;
}

/** A series, and the same question for its whole range, where both are asked. */
export interface PanelPlans {
  readonly plan: QueryPlan;
  readonly total?: QueryPlan;
}

/** Answers a plan. Throws `AppError` 400 `regex_invalid` with its place, 422 for what is too much or no longer kept. */
export function answerPlan(
  tenantId: string,
  plan: QueryPlan,
  signal: AbortSignal,
  options: AnswerOptions,
): Promise<MetricAnswer> {
  return answerPlans(tenantId, { plan }, signal, options);
}

/** Answers a plan and, from the same reads where it can be told from them, its total. Throws as above. */
export async function answerPlans(
  tenantId: string,
  { plan, total }: PanelPlans,
  signal: AbortSignal,
  options: AnswerOptions,
): Promise<MetricAnswer> {
  const { engine, limits } = options;
  await checkPatterns(plan, engine, signal);
  // Both are taken before the store is read, so that they never promise more than the numbers hold.
  const asOfMs = options.now();
  const watermarkMs = await options.watermark();
  const reader = await engine.open(tenantId, plan, asOfMs, signal);
  const readSeatPrices = async () => (await options.goals?.read(tenantId))?.seatPrices ?? [];
  const reading = { reader, limits, signal, watermarkMs, readSeatPrices };
  const minGroupSize = (await options.readMinGroupSize?.(tenantId)) ?? 1;
  const toTotal = total && findTotalOf(plan, total);
  const [read, readApart] = await Promise.all([
    readPlan(plan, reading),
    total === undefined || toTotal !== undefined ? undefined : readPlan(total, reading),
  ]);
  const told = hideSmallGroups(plan, read, minGroupSize);
  const notices = [
    ...reader.notices,
    ...(read.notices ?? []),
    ...(told.hidden > 0 ? [noticeHidden(told.hidden, minGroupSize)] : []),
  ];
  const answer = buildAnswer(plan, told, { asOfMs, watermarkMs, reader: { ...reader, notices } });
  const readTotal = readApart ?? toTotal?.(read);
  if (total === undefined || readTotal === undefined) return answer;
  return { ...answer, totals: buildTotals(total, hideSmallGroups(total, readTotal, minGroupSize)) };
}

function readPlan(
  plan: QueryPlan,
  reading: StatesOptions,
): Promise<ReadSpans & { readonly notices?: readonly Notice[] }> {
  switch (plan.kind) {
    case 'measures':
      return readMeasures(plan, reading);
    case 'activeUsers':
      return readActiveUsers(plan, reading);
    case 'perUser':
      return readPerUser(plan, reading);
    default:
      return readStates(plan, reading);
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
