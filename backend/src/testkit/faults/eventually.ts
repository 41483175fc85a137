import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until there is an answer other than `undefined`. An error of `ask` counts as no answer yet; the last one is the
 * cause of what is thrown at the deadline. Throws at once when `signal` is aborted.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  options: { readonly withinMs: number; readonly everyMs?: number; readonly signal?: AbortSignal },
): Promise<T> {
  const deadline = performance.now() + options.withinMs;
  let cause: unknown;
  while (performance.now() < deadline) {
    options.signal?.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    await sleep(options.everyMs ?? 50);
  }
  throw new Error(`${what}: not within ${options.withinMs / 1_000} s`, { cause });
}
