import { FrontError } from './front-error.js';

/** Lets a few work at once; the others wait in line, up to a bound. */
export interface Turns {
  /** Resolves with the function that ends the turn. Rejects when the line is full or `signal` fires while waiting. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export function createTurns(options: { running: number; waitingMax: number }): Turns {
  let free = options.running;
  const waiting: (() => void)[] = [];

  function createEnd(): () => void {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    };
  }

  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return createEnd();
      }
      if (waiting.length >= options.waitingMax) {
        const reason = `Too many statements wait: ${options.waitingMax}`;
        throw new FrontError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', reason, 503);
      }
      await new Promise<void>((resolve, reject) => {
        const start = (): void => {
          signal?.removeEventListener('abort', withdraw);
          resolve();
        };
        const withdraw = (): void => {
          waiting.splice(waiting.indexOf(start), 1);
          reject(new Error('withdrawn while it waited'));
        };
        signal?.addEventListener('abort', withdraw, { once: true });
        waiting.push(start);
      });
      return createEnd();
    },
  };
}
