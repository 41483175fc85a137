import type { Logger } from '../../platform/logger.js';

export interface TickerOptions {
  readonly ms: number;
  /** Rejecting ends nothing: it is tried again with the next tick. */
  readonly work: (isClosing: () => boolean) => Promise<void>;
  /** What the log says then. */
  readonly failure: string;
  readonly logger: Logger;
}

/** Does the same again and again, never twice at the same time. */
export interface Ticker {
  start(): void;
  /** Now, and not only with the next tick. */
  wake(): void;
  /** Resolves when the work under way is done. */
  close(): Promise<void>;
}

export function createTicker({ ms, work, failure, logger }: TickerOptions): Ticker {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  let isClosing = false;

  function wake(): void {
    if (isClosing) return;
    isAskedAgain = running !== undefined;
    running ??= work(() => isClosing)
      .catch((error: unknown) => {
        logger.warn({ err: error }, failure);
      })
      .finally(() => {
        running = undefined;
        if (isAskedAgain) wake();
      });
  }

  return {
    wake,
    start() {
      timer = setInterval(wake, ms);
      wake();
    },
    async close() {
      isClosing = true;
      clearInterval(timer);
      await running;
    },
  };
}
