import { isAborted, type Deliver } from './delivery.js';
import type { Lane, SimulatorProgress } from './lane.js';

const dayMs = 86_400_000;

export interface BackfillOptions {
  readonly days: number;
  /** Epoch milliseconds, exclusive; at most now. */
  readonly until: number;
  /** Skips what was stored before. */
  readonly resumeFromMs?: number;
  /** An abort ends the backfill between two batches; it resolves with what was done. */
  readonly signal?: AbortSignal;
  /** Called after each day. */
  readonly onProgress?: (progress: SimulatorProgress) => void;
}

export interface BackfillContext {
  readonly lanes: readonly Lane[];
  readonly deliver: Deliver;
  readonly nowMs: number;
}

/** Delivers the past, day by day. `completeUntilMs` of the answer is where live traffic takes over. */
export async function runBackfill(
  context: BackfillContext,
  options: BackfillOptions,
): Promise<SimulatorProgress> {
  const { signal } = options;
  const untilMs = Math.min(options.until, context.nowMs);
  let fromMs = Math.max(untilMs - options.days * dayMs, options.resumeFromMs ?? Number.NEGATIVE_INFINITY);
  let events = 0;
  while (fromMs < untilMs && !isAborted(signal)) {
    const toMs = Math.min(fromMs + dayMs, untilMs);
    try {
      events += await context.deliver(sliceOf(context.lanes, fromMs, toMs), signal);
    } catch (error) {
      if (!isAborted(signal)) throw error;
    }
    // A slice cut short is stored in part only: the next start takes it up again from its beginning.
    if (isAborted(signal)) break;
    fromMs = toMs;
    options.onProgress?.({ events, completeUntilMs: fromMs, untilMs });
  }
  return { events, completeUntilMs: fromMs, untilMs };
}

function sliceOf(lanes: readonly Lane[], fromMs: number, toMs: number) {
  return lanes.map(({ profile, timeline }) => ({
    tenantId: profile.id,
    events: timeline.between(fromMs, toMs),
  }));
}
