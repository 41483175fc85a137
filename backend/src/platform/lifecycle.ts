import { setTimeout as sleep } from 'node:timers/promises';
import { createDeadline, isDoneBefore, type Deadline } from './deadline.js';
import type { Logger } from './logger.js';

/** Ends what was opened before the deadline, or leaves it. */
type Close = (deadline: Deadline) => Promise<void> | void;

export interface CloserOptions {
  /**
   * For what can do without its end, such as a last look or a summary: it gets its time, at most so long, and what is not
   * done by then is left.
   */
  readonly leaveAfterMs?: number | 'its time';
}

interface Closer {
  readonly name: string;
  readonly close: Close;
  readonly leaveAfterMs: CloserOptions['leaveAfterMs'];
}

/**
 * What was opened, in the order of the data. `close` runs the closers in reverse, each with a deadline, and goes on
 * when one fails. Register a closer on the line after you open the thing. One that may have to wait for somebody else
 * gives up by itself at its deadline; one that is still under way some time after has failed.
 */
export interface Lifecycle {
  onClose(name: string, close: Close, options?: CloserOptions): void;
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

/** Of the time of a closer, what it knows of: a busy machine is late with every timer. */
const ownShare = 0.8;

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const closers: Closer[] = [];
  let closing: Promise<readonly string[]> | undefined;

  async function end({ close, leaveAfterMs, name }: Closer, deadline: Deadline): Promise<void> {
    const closed = Promise.resolve(close(deadline));
    if (leaveAfterMs === undefined) return closed;
    const leaveAt = leaveAfterMs === 'its time' ? deadline : deadline.atMost(leaveAfterMs);
    const isDone = await isDoneBefore(leaveAt, closed);
    if (!isDone) options.logger.warn({ closer: name }, 'left before it was done');
  }

  async function closeOne(closer: Closer): Promise<boolean> {
    const deadline = createDeadline(options.closeTimeoutMs);
    try {
      const closed = end(closer, deadline.share(ownShare));
      if (await isDoneBefore(deadline, closed)) return true;
      throw new Error(`not closed within ${options.closeTimeoutMs} ms`);
    } catch (error) {
      options.logger.error({ err: error, closer: closer.name }, 'close failed');
      return false;
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
    onClose(name, close, { leaveAfterMs } = {}) {
      closers.push({ name, close, leaveAfterMs });
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
