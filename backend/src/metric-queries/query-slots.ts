import { AppError } from '../platform/errors.js';

export interface QuerySlots {
  /** Runs the work once a slot is free. Throws 429 `too_many_queries` when even the queue is full. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Waiter {
  readonly start: () => void;
}

/** At most `runningMax` at once and `waitingMax` in line, first come first served. Who gives up leaves the line. */
export function createQuerySlots(options: {
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly retryAfterSeconds: number;
}): QuerySlots {
  const waiting: Waiter[] = [];
  let running = 0;

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next.start();
  }

  function acquire(signal: AbortSignal): Promise<void> {
    if (running < options.runningMax) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.length >= options.waitingMax) {
      const reason = `There are ${running} questions under way and ${waiting.length} waiting already.`;
      const { retryAfterSeconds } = options;
      throw new AppError('too_many_queries', reason, {
        status: 429,
        retryable: true,
        limit: options.waitingMax,
        retryAfterSeconds,
      });
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(
          new AppError('query_cancelled', 'The question was withdrawn while it waited.', { status: 499 }),
        );
      };
      const waiter = {
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(waiter);
    });
  }

  return {
    async run(work, signal) {
      await acquire(signal);
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
