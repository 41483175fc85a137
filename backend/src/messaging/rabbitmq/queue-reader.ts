import { createDeadline, type Deadline, isDoneBefore } from '../../platform/deadline.js';
import { type Logger } from '../../platform/logger.js';
import { type BrokerConnection } from './broker-connection.js';
import { type IncomingMessage, parseIncoming } from './incoming-message.js';
import { createSessionChannel, type SessionChannel } from './session-channel.js';

/** What is done with the messages of one queue while one channel lives. */
export interface Session {
  /** Called in the order of the queue. */
  arrive(message: IncomingMessage): void;
  /** Takes nothing more in hand; resolves when what is in hand is done. */
  finish(): Promise<void>;
}

/** `lost` aborts when the channel is gone: the broker gives what was not acknowledged to somebody else. */
export type OpenSession = (channel: SessionChannel, lost: AbortSignal) => Session;

/** The reading of one queue, by a session for each channel that it gets. */
export interface QueueReader {
  readonly queue: string;
  /** Messages came since the channel was opened: where one consumer at a time is active, it is this one. */
  readonly isActive: boolean;
  /** Finishes what is in hand and stands at the end of the line. */
  moveAway(timeoutMs: number): Promise<void>;
  /** Finishes what is in hand and gives the queue up. What can't be finished in time goes back to it. */
  close(deadline: Deadline): Promise<void>;
}

export interface QueueReaderOptions {
  readonly queue: string;
  /** Messages that the broker sends before the first is acknowledged. */
  readonly prefetch: number;
  readonly openSession: OpenSession;
  readonly logger: Logger;
}

/** Of the time to close, for what is in hand. The rest is for the broker to take its messages back. */
const inHandShare = 0.75;

/**
 * Each queue has a channel of its own, which is closed to give the queue up: then the broker takes back what was not
 * acknowledged before it activates the next consumer. Cancelling alone would let the next one start beside us.
 */
export function readQueue(
  connection: Pick<BrokerConnection, 'keepChannel'>,
  options: QueueReaderOptions,
): QueueReader {
  const { queue } = options;
  let session: Session | undefined;
  let isActive = false;

  const kept = connection.keepChannel(queue, async (channel, lost) => {
    const opened = options.openSession(createSessionChannel(channel, lost, options.logger), lost);
    session = opened;
    isActive = false;
    lost.addEventListener('abort', () => {
      isActive = false;
    });
    await channel.prefetch(options.prefetch);
    await channel.consume(queue, (delivery) => {
      if (delivery === null) {
        // The broker gave the consumer up: its queue was deleted, or moved to another node.
        void kept.reopen();
        return;
      }
      isActive = true;
      opened.arrive(parseIncoming(delivery));
    });
  });

  async function finish(deadline: Deadline): Promise<void> {
    if (session !== undefined) await isDoneBefore(deadline, session.finish());
  }

  return {
    queue,
    get isActive() {
      return isActive;
    },
    async moveAway(timeoutMs) {
      await finish(createDeadline(timeoutMs));
      await kept.reopen();
    },
    async close(deadline) {
      await finish(deadline.share(inHandShare));
      await kept.close(deadline);
    },
  };
}
