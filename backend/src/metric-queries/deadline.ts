import { AppError } from '../platform/errors.js';

/**
 * Runs the work with a signal that fires when the caller's does or when the time is up; in the latter case the
 * promise rejects with 504 `query_timeout`, even when the work does not heed the signal.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const forward = (): void => {
    controller.abort();
  };
  if (signal.aborted) forward();
  else signal.addEventListener('abort', forward, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // First in line: whatever the abort makes the work say comes later.
      const reason = `The question took longer than ${timeoutMs} ms. Ask for a shorter range.`;
      reject(new AppError('query_timeout', reason, { status: 504, limit: timeoutMs }));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([late, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', forward);
  }
}
