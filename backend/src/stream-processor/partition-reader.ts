import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { CountedOnceWriter, WriteRequest } from './counted-once-writer.js';

export interface PartitionReaderOptions {
  readonly writer: Pick<CountedOnceWriter, 'write'>;
  /** Aborts when the partition may have moved: nothing is written after that. */
  readonly signal: AbortSignal;
  /** Tries of a message on whose failure the store gives no sign that it will pass. */
  readonly attemptsMax: number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Stores the messages of one partition that a broker brings, one at a time. */
export interface PartitionReader {
  store(message: WriteRequest): Promise<{ readonly duplicates: number }>;
}

const pauseMsMin = 100;
const pauseMsMax = 10_000;

/**
 * While the store is away a message waits here, however long that takes: the backlog stays in the broker. Only a message
 * that fails again and again on a store that answers is given up, with `AppError` `store_failed`, not retryable.
 */
export function createPartitionReader(options: PartitionReaderOptions): PartitionReader {
  const { signal, writer } = options;

  async function storeOnce(message: WriteRequest): Promise<{ readonly duplicates: number }> {
    signal.throwIfAborted();
    const stored = await writer.write(message);
    return { duplicates: message.events.length - stored.size };
  }

  return {
    async store(message) {
      options.telemetry.received.inc({ component: 'stream-processor' }, message.events.length);
      let failures = 0;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await storeOnce(message);
        } catch (error) {
          signal.throwIfAborted();
          if (!willPass(error)) failures += 1;
          if (failures >= options.attemptsMax) throw giveUp(error);
          options.telemetry.errors.inc({ component: 'stream-processor', code: codeOf(error) });
          options.logger.warn({ err: error, messageId: message.id, attempt }, 'message not stored yet');
          await options.sleep(Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(attempt, 10)), signal);
        }
      }
    },
  };
}

const passingCodes = new Set(['query_timeout', 'query_cancelled']);

function willPass(error: unknown): boolean {
  return error instanceof AppError && (error.retryable || passingCodes.has(error.code));
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'internal_error';
}

function giveUp(cause: unknown): AppError {
  const text = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
  return new AppError('store_failed', `The store fails on this message: ${text.slice(0, 300)}`, {
    status: 500,
    cause,
  });
}
