import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { ReportQueue, ReportStart } from '../../platform/reports.js';

export interface KeepAliveOptions {
  readonly queue: Pick<ReportQueue, 'keep'>;
  readonly leaseMs: number;
  /** Called once it belongs to somebody else, or to nobody. */
  readonly onLost: () => void;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The lease of a report that is being made. */
export interface Lease {
  /** 0 to 1. What is less than before is not heard. */
  report(progress: number): void;
  /** Says something to the store; again and again while the store is away and the lease lasts. */
  say(words: () => Promise<boolean>): Promise<boolean>;
  end(): void;
}

const beatMs = 1_000;
const progressMin = 0.01;

/** Says once in a while that the report is being made and how far it is, and hears that it is no longer wanted. */
export function keepAlive(start: ReportStart, options: KeepAliveOptions): Lease {
  const { queue, leaseMs, logger, now } = options;
  let progress = 0;
  let said = { progress: 0, atMs: now() };
  let saying: Promise<void> | undefined;

  async function beat(): Promise<void> {
    const next = { progress, atMs: now() };
    if (await queue.keep(start, progress, leaseMs)) said = next;
    else options.onLost();
  }

  const timer = setInterval(() => {
    const isDue = progress - said.progress >= progressMin || now() - said.atMs > leaseMs / 4;
    if (!isDue || saying !== undefined) return;
    saying = beat()
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'report not kept alive');
      })
      .finally(() => {
        saying = undefined;
      });
  }, beatMs);

  return {
    report(share) {
      progress = Math.min(1, Math.max(progress, share));
    },
    async say(words) {
      for (;;) {
        try {
          return await words();
        } catch (error) {
          const canHelp = error instanceof AppError && error.retryable;
          if (!canHelp || now() - said.atMs >= leaseMs) throw error;
        }
        await sleep(beatMs);
      }
    },
    end() {
      clearInterval(timer);
    },
  };
}
