import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';

export interface FreezeGuardOptions {
  /** Each in milliseconds. Several, since one may stand still with the process while another goes on. */
  readonly clocks: readonly (() => number)[];
  /** Calls the function every so many milliseconds; the result ends that. */
  readonly every: (ms: number, beat: () => void) => () => void;
  /** How long after a stop the broker or its client may need to notice that the connection is gone. */
  readonly quarantineMs: number;
  readonly logger: Logger;
}

/**
 * Notices that this process stood still (SIGSTOP, a paused machine): its partitions may be another's by then, without a
 * word of it having arrived here, and what it was about to insert may be stored and so long ago that its token is
 * forgotten.
 */
export interface FreezeGuard {
  /** Throws `AppError` `process_was_stopped`, retryable, until it is sure to know what became of its connection. */
  requireAwake(): void;
  close(): void;
}

const pulseMs = 1_000;

/** Far more than a busy event loop takes, and far less than anyone needs for the inserts after which a token is forgotten. */
const standstillMs = 5_000;

export function createFreezeGuard(options: FreezeGuardOptions): FreezeGuard {
  const clocks = options.clocks.map((now) => ({
    now,
    last: now(),
    quarantineUntil: Number.NEGATIVE_INFINITY,
  }));

  /** Either comes first after a stop: the pulse, or the insert that was about to be made. */
  function look(): void {
    let stoppedMs = 0;
    for (const clock of clocks) {
      const now = clock.now();
      stoppedMs = Math.max(stoppedMs, now - clock.last);
      clock.last = now;
    }
    if (stoppedMs <= standstillMs) return;
    for (const clock of clocks) clock.quarantineUntil = clock.last + options.quarantineMs;
    options.logger.warn({ stoppedMs, quarantineMs: options.quarantineMs }, 'process was stopped');
  }

  const stop = options.every(pulseMs, look);
  return {
    requireAwake() {
      look();
      // A clock that is set back must not hold inserts up: the first one to say that it is over decides.
      if (clocks.some((clock) => clock.last >= clock.quarantineUntil)) return;
      throw new AppError('process_was_stopped', 'This process stood still and may have lost its partition.', {
        status: 503,
        retryable: true,
      });
    },
    close: stop,
  };
}

/** Pulses that keep no process alive. */
export function pulse(ms: number, beat: () => void): () => void {
  const timer = setInterval(beat, ms).unref();
  return () => {
    clearInterval(timer);
  };
}
