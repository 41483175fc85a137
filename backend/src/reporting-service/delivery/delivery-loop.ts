import type { Logger } from '../../platform/logger.js';
import type { DeliveryJob, DeliveryQueue } from '../../platform/schedules.js';
import type { Telemetry } from '../../platform/telemetry.js';
import { deliver, type DeliverOptions } from './deliver.js';
import { DeliveryError } from './delivery-error.js';

export interface DeliveryLoopOptions extends DeliverOptions {
  readonly queue: DeliveryQueue;
  /** Most deliveries in hand at once. */
  readonly concurrency: number;
  readonly attemptsMax: number;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly random: () => number;
}

/** Longer than any send may take, or another process would send the same. */
const leaseMs = 300_000;
const minuteMs = 60_000;
const waitsMs = [minuteMs, 5 * minuteMs, 30 * minuteMs, 120 * minuteMs, 360 * minuteMs];
const jitter = 0.1;

/** How long to wait after an attempt in vain, in milliseconds. `chance` is from 0 to 1. */
function waitAfterMs(attempt: number, chance: number): number {
  const wait = waitsMs[Math.min(attempt, waitsMs.length) - 1] ?? minuteMs;
  return Math.round(wait * (1 + jitter * chance));
}

/**
 * Sends everything that is due, a few at a time. Resolves when nothing is due any more, or `isClosing`. Rejects when
 * something could not be noted, and like that only when nothing is being sent any more.
 */
export async function deliverDue(options: DeliveryLoopOptions, isClosing: () => boolean): Promise<void> {
  async function work(): Promise<void> {
    while (!isClosing()) {
      const job = await options.queue.claim(leaseMs);
      if (job === undefined) return;
      await deliverOne(job, options);
    }
  }
  const works = await Promise.allSettled(Array.from({ length: options.concurrency }, work));
  const broken = works.find(({ status }) => status === 'rejected');
  if (broken?.status === 'rejected') throw broken.reason;
}

async function deliverOne(job: DeliveryJob, options: DeliveryLoopOptions): Promise<void> {
  const { queue, attemptsMax, telemetry } = options;
  const { kind, attempt, runId } = job;
  const logger = options.logger.child({ tenantId: job.tenant.id, runId, kind, attempt });
  try {
    if (attempt > attemptsMax) {
      const reason = 'The process that sent it ended each time before it was done.';
      throw new DeliveryError(reason, { isRetryable: false });
    }
    await deliver(job, options);
  } catch (error) {
    const { reason, isRetryable } = judge(error);
    const isOver = !isRetryable || attempt >= attemptsMax;
    // The reason may hold what a receiver has said, and goes to the tenant only.
    const err = error instanceof DeliveryError ? error.cause : error;
    logger.warn({ err, isOver }, 'report not delivered');
    telemetry.reportDeliveries.inc({ kind, outcome: isOver ? 'failed' : 'postponed' });
    if (isOver) await queue.fail(job, reason);
    else await queue.postpone(job, reason, new Date(options.now() + waitAfterMs(attempt, options.random())));
    return;
  }
  // A crash from here on sends it again, under the same id.
  await queue.delivered(job);
  telemetry.reportDeliveries.inc({ kind, outcome: 'delivered' });
  logger.info('report delivered');
}

function judge(error: unknown): { readonly reason: string; readonly isRetryable: boolean } {
  if (error instanceof DeliveryError) return { reason: error.message, isRetryable: error.isRetryable };
  return { reason: 'Something failed on our side. The log has the reason.', isRetryable: true };
}
