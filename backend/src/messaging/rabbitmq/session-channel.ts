import { IllegalOperationError, type ConfirmChannel } from 'amqplib';
import type { Logger } from '../../platform/logger.js';
import type { IncomingMessage } from './incoming-message.js';

/**
 * What a session does on its channel. To settle a message on a channel that is closed, or about to be, is no error: the
 * broker delivers the message again.
 */
export interface SessionChannel {
  acknowledge(message: IncomingMessage): void;
  /** With every message that was delivered before it. */
  acknowledgeUpTo(message: IncomingMessage): void;
  /** Back to the queue. The broker counts it. */
  handBack(message: IncomingMessage): void;
  /** Messages of a queue that nobody was given yet. Rejects when the channel is gone. */
  countReady(queue: string): Promise<number>;
}

export function createSessionChannel(
  channel: ConfirmChannel,
  lost: AbortSignal,
  logger: Logger,
): SessionChannel {
  function settle(how: () => void): void {
    if (lost.aborted) return;
    try {
      how();
    } catch (error) {
      // The client closes the connection, and the channel does not know yet.
      if (!(error instanceof IllegalOperationError)) throw error;
      logger.debug({ err: error }, 'message not settled, it comes again');
    }
  }
  return {
    acknowledge(message) {
      settle(() => {
        channel.ack(message.delivery);
      });
    },
    acknowledgeUpTo(message) {
      settle(() => {
        channel.ack(message.delivery, true);
      });
    },
    handBack(message) {
      settle(() => {
        channel.nack(message.delivery, false, true);
      });
    },
    async countReady(queue) {
      return (await channel.checkQueue(queue)).messageCount;
    },
  };
}
