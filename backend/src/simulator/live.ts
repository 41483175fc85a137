import type { Logger } from '../platform/logger.js';
import { isAborted, retryPauseMs, type Deliver, type Wait } from './delivery.js';
import { liveRequestsBetween } from './generate-live-requests.js';
import type { Lane, SimulatorProgress } from './lane.js';
import { toCloudEvent } from './recorder.js';

const tickMs = 1_000;
/** After a long absence live traffic catches up in slices of this width. */
const sliceMsMax = 3_600_000;
/** The extra requests are of the moment: none are made up for a longer absence. */
const extraReachMs = 60_000;

export interface LiveOptions {
  readonly signal: AbortSignal;
  /** Where to go on. Default: where the backfill ended, else now. */
  readonly resumeFromMs?: number;
  /** API requests a second on top of the natural traffic, so that something moves each moment. Default 0. */
  readonly eventsPerSecond?: number;
  /** Called after each slice, about once a second. */
  readonly onProgress?: (progress: SimulatorProgress) => void;
}

export interface LiveContext {
  readonly lanes: readonly Lane[];
  readonly seed: string;
  readonly now: () => number;
  readonly deliver: Deliver;
  readonly wait: Wait;
  readonly logger: Pick<Logger, 'warn'>;
  readonly fromMs: number;
}

/** Delivers what has happened since, second by second, until the signal aborts. What failed is delivered again. */
export async function runLive(context: LiveContext, options: LiveOptions): Promise<void> {
  const { signal } = options;
  let fromMs = context.fromMs;
  let events = 0;
  let failures = 0;
  while (!isAborted(signal)) {
    const nowMs = context.now();
    const toMs = Math.min(fromMs + sliceMsMax, nowMs);
    const delivered = await attempt(context, options, fromMs, toMs);
    if (isAborted(signal)) return;
    if (delivered === undefined) failures += 1;
    else {
      failures = 0;
      events += delivered;
      // A clock that was set back makes the slice empty: what was delivered stays delivered.
      fromMs = Math.max(fromMs, toMs);
      options.onProgress?.({ events, completeUntilMs: fromMs, untilMs: nowMs });
    }
    if (failures > 0 || toMs >= nowMs) await pause(context, signal, failures);
  }
}

/** `undefined` when the sink refused: said in the log once, and to be tried again. */
async function attempt(context: LiveContext, options: LiveOptions, fromMs: number, toMs: number) {
  try {
    return await context.deliver(sliceOf(context, options, fromMs, toMs), options.signal);
  } catch (error) {
    if (!isAborted(options.signal)) context.logger.warn({ err: error }, 'live traffic held up');
    return undefined;
  }
}

function sliceOf(context: LiveContext, options: LiveOptions, fromMs: number, toMs: number) {
  const extra = liveRequestsBetween({
    tenants: context.lanes.map((lane) => lane.profile),
    seed: context.seed,
    perSecond: options.eventsPerSecond ?? 0,
    fromMs: Math.max(fromMs, toMs - extraReachMs),
    toMs,
  });
  return context.lanes.map(({ profile, timeline }) => {
    const own = extra.filter((one) => one.tenantId === profile.id).map((one) => toCloudEvent(one.draft));
    return { tenantId: profile.id, events: [...timeline.between(fromMs, toMs), ...own] };
  });
}

async function pause(context: LiveContext, signal: AbortSignal, failures: number): Promise<void> {
  try {
    await context.wait(failures === 0 ? tickMs : retryPauseMs(failures), signal);
  } catch (error) {
    if (!isAborted(signal)) throw error;
  }
}
