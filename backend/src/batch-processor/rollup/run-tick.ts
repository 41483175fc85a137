import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../platform/logger.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { Span } from '../../storage/timescale/rollup/spans.js';
import { isMeeting } from '../../storage/timescale/rollup/tenant-turn.js';
import { closeDays, prepareTenant, rollNewest, type RollOptions, type StepOutcome } from './roll-tenant.js';

export interface TickOptions extends RollOptions {
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'errors' | 'rollupDuration'>;
  /** After this long among old days, the newest are rolled up again. */
  readonly intervalMs: number;
  /** After this long the tick ends, so that the tenants that are done get their turn in the next. No end without it. */
  readonly roundMs?: number;
}

const component = 'rollup';
const attemptsMax = 5;
const backOffMs = 50;

/** Where a tenant stands in one tick. */
interface Course {
  readonly tenant: Tenant;
  readonly fromMs: number;
  belowMs: number;
  freshAtMs: number;
  steps: number;
}

/**
 * Rolls up all that has landed, tenant by tenant in turns of one bounded transaction each: the newest days first, so
 * that years of history keep nobody waiting for today. Then closes the days whose time has come. What fails for one
 * tenant is logged and waits for the next tick. Stops after the transaction under way when `signal` fires. With `only`, what
 * landed in other days waits. Answers whether all is done: false when a long history goes on in the next tick.
 */
export async function runTick(
  options: TickOptions,
  tenants: readonly Tenant[],
  only: Span = { fromMs: -Infinity, toMs: Infinity },
  signal?: AbortSignal,
): Promise<boolean> {
  const endsAtMs = options.now() + (options.roundMs ?? Infinity);
  let courses: readonly Course[] = tenants.map((tenant) => ({
    tenant,
    fromMs: only.fromMs,
    belowMs: only.toMs,
    freshAtMs: options.now(),
    steps: 0,
  }));
  do {
    const going: Course[] = [];
    for (const course of courses) {
      if (signal?.aborted === true) return false;
      if (await goOn(options, course, signal)) going.push(course);
    }
    courses = going;
  } while (courses.length > 0 && options.now() < endsAtMs);
  return courses.length === 0;
}

/** One step of one tenant. False when it has nothing left, or failed. */
async function goOn(options: TickOptions, course: Course, signal?: AbortSignal): Promise<boolean> {
  const { tenant } = course;
  try {
    if (course.steps === 0) await retried(() => prepareTenant(options, tenant));
    course.steps += 1;
    return await takeStep(options, course, signal);
  } catch (error) {
    const code = codeOf(error);
    options.telemetry.errors.inc({ component, code });
    options.logger.error(
      { err: error, tenantId: tenant.id, code },
      'rollup failed, the next tick tries again',
    );
    return false;
  }
}

async function takeStep(options: TickOptions, course: Course, signal?: AbortSignal): Promise<boolean> {
  const { tenant } = course;
  if (Number.isFinite(course.belowMs) && options.now() - course.freshAtMs >= options.intervalMs) {
    await timed(options, () => rollNewest(options, tenant.id, Infinity));
    course.freshAtMs = options.now();
    options.logger.info(
      { tenantId: tenant.id, steps: course.steps, reachedAt: new Date(course.belowMs).toISOString() },
      'rollup of history goes on',
    );
  }
  const rolled = await timed(options, () => rollNewest(options, tenant.id, course.belowMs));
  if (rolled === 'busy') return false;
  if (!rolled.isDone && rolled.reachedMs > course.fromMs) {
    course.belowMs = rolled.reachedMs;
    return true;
  }
  return closeAll(options, tenant.id, signal);
}

async function closeAll(options: TickOptions, tenantId: string, signal?: AbortSignal): Promise<boolean> {
  for (;;) {
    if (signal?.aborted === true) return false;
    const closed = await timed(options, () => closeDays(options, tenantId));
    if (closed === 'busy' || closed.isDone) return false;
  }
}

/** Between two transactions others get their turn: the embedded engine does one thing at a time. */
async function timed(options: TickOptions, step: () => Promise<StepOutcome>): Promise<StepOutcome> {
  const stop = options.telemetry.rollupDuration.startTimer();
  const outcome = await retried(step);
  const seconds = stop();
  await sleep(Math.min(pauseMsMax, seconds * 1_000 * pauseShare));
  return outcome;
}

const pauseShare = 0.25;
const pauseMsMax = 500;

/** Does the work again when its transaction gave way to another. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isMeeting(error) || attempt === attemptsMax) throw error;
      await sleep(backOffMs * attempt * (0.5 + Math.random()));
    }
  }
}

export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'internal_error';
  return typeof error.code === 'string' ? error.code : 'internal_error';
}
