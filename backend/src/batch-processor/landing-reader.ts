import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { LandEvents } from './land-events.js';

export interface LandingReaderOptions {
  readonly land: LandEvents;
  /** Aborts when the partition may have moved. A landing under way may still end: it counts nothing twice. */
  readonly signal: AbortSignal;
  /** Tries of a message on whose failure the store gives no sign that it will pass. */
  readonly attemptsMax: number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Lands the messages of one partition that a broker brings, any number at a time. */
export interface LandingReader {
  store(message: {
    readonly id: string;
    readonly events: readonly EventEnvelope[];
  }): Promise<{ readonly duplicates: number }>;
}

const pauseMsMin = 100;
const pauseMsMax = 10_000;

/**
 * While the store is away a message waits here, however long that takes: the backlog stays in the broker. Only a message
 * that fails again and again on a store that answers is given up, with `AppError` `store_failed`, not retryable.
 */
export function createLandingReader(options: LandingReaderOptions): LandingReader {
  const { land, signal, telemetry } = options;
  return {
    async store({ events, id: messageId }) {
      telemetry.received.inc({ component: 'batch-processor' }, events.length);
      let failures = 0;
      for (let attempt = 1; ; attempt += 1) {
        signal.throwIfAborted();
        try {
          return { duplicates: (await land(events)).size };
        } catch (error) {
          signal.throwIfAborted();
          if (!willPass(error)) failures += 1;
          if (failures >= options.attemptsMax) throw giveUp(error);
          telemetry.errors.inc({ component: 'batch-processor', code: codeOf(error) });
          options.logger.debug({ err: error, messageId, attempt }, 'message has not landed yet');
          await options.sleep(Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(attempt, 10)), signal);
        }
      }
    },
  };
}

function willPass(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
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
