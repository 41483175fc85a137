import type { RejectedEvent } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';

/** What became of the events that were sent. */
export interface ImportReceipt {
  readonly accepted: number;
  /** The part of `accepted` that was stored already; `null` where a broker stands between. */
  readonly duplicates: number | null;
  readonly rejected: readonly RejectedEvent[];
}

/** Where events go: the collector's intake, here or in the running instance. Sending the same again is harmless. */
export interface ImportSink {
  importEvents(
    tenantId: string,
    candidates: readonly { readonly index: number; readonly event: unknown }[],
  ): Promise<ImportReceipt>;
}

export interface RetryOptions {
  readonly sleep: (ms: number) => Promise<void>;
  readonly attemptsMax: number;
}

const pauseMsMin = 250;
const pauseMsMax = 5_000;

/** Sends until it is stored. Only refusals that say that a retry may help are retried, with longer and longer pauses. */
export async function sendWithRetries<T>(send: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable || attempt >= options.attemptsMax) throw error;
      const growing = Math.min(pauseMsMax, pauseMsMin * 2 ** (attempt - 1));
      await options.sleep(Math.max(growing, (error.retryAfterSeconds ?? 0) * 1_000));
    }
  }
}
