import { AppError } from './errors.js';

/** Lets work through, and keeps it out while somebody needs a moment in which nothing is half done. */
export interface WriteGate {
  /** Waits as long as the gate is held, then runs the work. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Keeps new work waiting, waits for what is under way, runs, and opens again. Throws `AppError` `backup_busy`, retryable,
   * when what is under way does not end in time, or somebody else holds the gate.
   */
  hold<T>(work: () => Promise<T>): Promise<T>;
}

export function createWriteGate({ drainMsMax }: { readonly drainMsMax: number }): WriteGate {
  let inside = 0;
  let opened: Promise<void> | undefined;
  let onEmpty: (() => void) | undefined;

  async function drain(): Promise<void> {
    if (inside === 0) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(createBusyError('What is under way does not come to its end.'));
      }, drainMsMax);
      onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    async pass(work) {
      while (opened !== undefined) await opened;
      inside += 1;
      try {
        return await work();
      } finally {
        inside -= 1;
        if (inside === 0) onEmpty?.();
      }
    },
    async hold(work) {
      if (opened !== undefined) throw createBusyError('Another backup is at the same point.');
      let open: () => void = () => undefined;
      opened = new Promise((resolve) => {
        open = resolve;
      });
      try {
        await drain();
        return await work();
      } finally {
        onEmpty = undefined;
        opened = undefined;
        open();
      }
    },
  };
}

function createBusyError(reason: string): AppError {
  return new AppError('backup_busy', `${reason} Try again.`, {
    status: 503,
    retryable: true,
    retryAfterSeconds: 10,
  });
}
