import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../platform/logger.js';
import { runBackfill, type BackfillOptions } from './backfill.js';
import { createDelivery, type Wait } from './delivery.js';
import type { EventSink } from './event-sink.js';
import type { Lane, SimulatorProgress } from './lane.js';
import { runLive, type LiveOptions } from './live.js';
import { demoTenants, type TenantProfile } from './profile.js';
import { createTimeline } from './timeline.js';

export type { SimulatorProgress };

const adoptionMsDefault = 30 * 86_400_000;

export interface SimulatorOptions {
  /** Any text. The same seed and the same days give the same events. */
  readonly seed: string;
  /** Epoch milliseconds. No event is ever later. */
  readonly now: () => number;
  readonly sink: EventSink;
  /** Default: the three demo tenants. Create them in the control store first, with id and time zone from here. */
  readonly tenants?: readonly TenantProfile[];
  /**
   * When the roll-out at the tenants began, in epoch milliseconds; adoption grows from there. Keep it across restarts.
   * Default: 30 days before now.
   */
  readonly adoptionFromMs?: number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Default: a timer. */
  readonly wait?: Wait;
}

export interface Simulator {
  readonly tenants: readonly TenantProfile[];
  readonly adoptionFromMs: number;
  /** Rejects when the sink refuses for good, or again and again. Running it again changes nothing. */
  backfill(options: BackfillOptions): Promise<SimulatorProgress>;
  /** Runs until the signal aborts, then resolves. What the sink refuses is tried again, with growing pauses. */
  live(options: LiveOptions): Promise<void>;
}

/** Demo traffic for some tenants: the past at full speed, then the present as it happens. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { seed, now, sink, logger } = options;
  const tenants = options.tenants ?? demoTenants;
  const adoptionFromMs = options.adoptionFromMs ?? now() - adoptionMsDefault;
  const wait: Wait = options.wait ?? (async (durationMs, signal) => delay(durationMs, undefined, { signal }));
  const deliver = createDelivery({ sink, wait, logger });
  const lanes = tenants.map((profile): Lane => {
    return { profile, timeline: createTimeline({ profile, seed, adoptionFromMs }) };
  });
  let standsAtMs: number | undefined;

  return {
    tenants,
    adoptionFromMs,
    async backfill(request) {
      const result = await runBackfill({ lanes, deliver, nowMs: now() }, request);
      standsAtMs = result.completeUntilMs;
      logger.info({ events: result.events, completeUntilMs: result.completeUntilMs }, 'backfill ended');
      return result;
    },
    async live(request) {
      const fromMs = request.resumeFromMs ?? standsAtMs ?? now();
      await runLive({ lanes, seed, now, deliver, wait, logger, fromMs }, request);
    },
  };
}
