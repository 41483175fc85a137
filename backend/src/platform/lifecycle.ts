import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.js';

interface Closer {
  readonly name: string;
  readonly close: () => Promise<void> | void;
}

/**
 * What was opened, in the order of the data. `close` runs the closers in reverse, each with a deadline, and goes on
 * when one fails. Register a closer on the line after you open the thing.
 */
export interface Lifecycle {
  onClose(name: string, close: () => Promise<void> | void): void;
  /** Resolves when all is closed; the names that failed or ran out of time are returned. Safe to call twice. */
  close(): Promise<readonly string[]>;
  readonly isClosing: boolean;
}

export interface LifecycleOptions {
  readonly logger: Logger;
  readonly closeTimeoutMs: number;
  /** Time between the sign that this process closes and the first closer: whoever asks for readiness looks elsewhere meanwhile. */
  readonly closeDelayMs?: number;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const closers: Closer[] = [];
  let closing: Promise<readonly string[]> | undefined;

  async function closeOne(closer: Closer): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`not closed within ${options.closeTimeoutMs} ms`));
      }, options.closeTimeoutMs);
    });
    try {
      await Promise.race([Promise.resolve(closer.close()), deadline]);
      return true;
    } catch (error) {
      options.logger.error({ err: error, closer: closer.name }, 'close failed');
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  async function closeAll(): Promise<readonly string[]> {
    const failed: string[] = [];
    if (options.closeDelayMs !== undefined) await sleep(options.closeDelayMs);
    for (const closer of closers.reverse()) {
      if (!(await closeOne(closer))) failed.push(closer.name);
    }
    return failed;
  }

  return {
    onClose(name, close) {
      closers.push({ name, close });
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
    get isClosing() {
      return closing !== undefined;
    },
  };
}
