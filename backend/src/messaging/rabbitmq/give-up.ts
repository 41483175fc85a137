import { type EventEnvelope } from '@coditect/contracts';
import { type DeadLetter } from '../../platform/dead-letters.js';
import { backOffMs, pause } from './back-off.js';
import { type IncomingMessage } from './incoming-message.js';
import { type RabbitBusOptions } from './rabbit-bus-options.js';
import { type Branch } from '../event-bus.js';

const retryBackOff = { firstMs: 500, mostMs: 30_000 };

export interface GivenUp {
  readonly message: IncomingMessage;
  readonly branch: Branch;
  readonly code: string;
  readonly reason: string;
  /** Undefined where it can't be read. */
  readonly events: readonly EventEnvelope[] | undefined;
}

/** Puts a message aside with its reason. True when the letter is safe; false when the signal aborted before. */
export async function giveUp(
  { message, branch, code, reason, events }: GivenUp,
  options: Pick<RabbitBusOptions, 'deadLetters' | 'logger' | 'telemetry'>,
  signal: AbortSignal,
): Promise<boolean> {
  const letter: DeadLetter = {
    messageId: message.id,
    origin: branch,
    code,
    reason,
    attempts: message.attempt,
    events: events ?? [],
    ...(events === undefined && {
      raw: { tenantId: undefined, contentType: message.contentType, body: message.body },
    }),
  };
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await options.deadLetters.add(letter);
      const count = events?.length ?? message.events ?? 1;
      options.telemetry.dropped.inc({ component: 'messaging.consumer', reason: code }, count);
      options.logger.warn({ messageId: message.id, branch, code, events: count }, 'message dead-lettered');
      return true;
    } catch (error) {
      options.logger.error(
        { err: error, messageId: message.id, branch, code },
        'dead letter not kept, trying again',
      );
      await pause(backOffMs(failures, retryBackOff), signal);
    }
  }
  return false;
}
