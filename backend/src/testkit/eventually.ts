import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats a check until it passes; after `timeoutMs` its failure is the failure of the test. */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(20);
  }
}
