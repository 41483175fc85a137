const waitMsMax = 600_000;
const growth = 4;
const jitter = 0.2;

/** How long to wait after a start in vain, in milliseconds. `chance` is from 0 to 1, so that many do not come back at once. */
export function backOffMs(attempt: number, firstMs: number, chance: number): number {
  const wait = Math.min(waitMsMax, firstMs * growth ** Math.min(attempt - 1, 10));
  return Math.round(wait * (1 - jitter + 2 * jitter * chance));
}
