import { setTimeout as sleep } from 'node:timers/promises';
import { createDeferred } from './deferred.js';

export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** For connections and channels. */
export const reconnectBackOff: BackOff = { firstMs: 100, mostMs: 5_000 };

/** Doubles with each failure up to the most; between half and all of that, so that many who failed at once do not return at once. */
export function backOffMs(failures: number, { firstMs, mostMs }: BackOff): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30));
  return full * (0.5 + Math.random() / 2);
}

/** Resolves after the time, or at once when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // The caller looks at the signal.
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/** Something that happens once, for as many as wait for it. */
export interface Change {
  readonly happened: Promise<void>;
  happen(): void;
}

export function createChange(): Change {
  const { promise, resolve } = createDeferred<void>();
  return { happened: promise, happen: resolve };
}

export function ignore(): void {
  // Where the outcome makes no difference.
}
