import { type ConfirmChannel } from 'amqplib';
import { AppError } from '../../platform/errors.js';
import { type Logger } from '../../platform/logger.js';
import { type BrokerConnection } from './broker-connection.js';
import { contentEncoding, contentType } from './codec.js';

export interface OutgoingMessage {
  readonly id: string;
  /** The default exchange, `''`, sends to the queue that the key names. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly events: number;
  /** What the body inflates to. */
  readonly bytes: number;
  /** When the oldest of its events was cut, epoch milliseconds. */
  readonly cutAt: number;
}

export interface SendOptions {
  /** Rejects with `bus_unavailable` when the broker did not confirm in time. Without, it waits as long as the signal lets it. */
  readonly timeoutMs?: number;
  /** Rejects with its reason and forgets the message. */
  readonly signal?: AbortSignal;
  /** Rejects at once with `broker_blocked` when the broker stops taking messages, instead of waiting until it goes on. */
  readonly failsWhenBlocked?: boolean;
}

/** Sends messages and waits for the broker's confirm. */
export interface ConfirmedSender {
  /**
   * Resolves when the message is safe in every queue that its key leads to. When the connection is lost, the message is
   * published again under its own id. Rejects with `queue_full` when a queue refused it.
   */
  send(message: OutgoingMessage, options?: SendOptions): Promise<void>;
  /** Events sent and not confirmed. */
  readonly unconfirmedEvents: number;
}

interface Waiting {
  readonly message: OutgoingMessage;
  readonly failsWhenBlocked: boolean;
  settle(error?: Error): void;
}

interface OpenedChannel {
  readonly channel: ConfirmChannel;
  readonly lost: AbortSignal;
}

export function createConfirmedSender(options: {
  connection: BrokerConnection;
  name: string;
  logger: Logger;
  /** Declares the queues again, where a message came back because one was deleted. */
  prepare?: (channel: ConfirmChannel) => Promise<void>;
}): ConfirmedSender {
  const { connection, logger } = options;
  const waiting = new Set<Waiting>();
  let current: OpenedChannel | undefined;
  let unconfirmedEvents = 0;
  let mayLackQueues = false;

  const kept = connection.keepChannel(options.name, async (channel, lost) => {
    const opened = { channel, lost };
    channel.on('return', (returned) => {
      refuse(returned.properties.messageId);
    });
    if (mayLackQueues) await options.prepare?.(channel);
    mayLackQueues = false;
    current = opened;
    for (const one of [...waiting]) transmit(one, opened);
  });

  connection.onBlocked(() => {
    for (const one of [...waiting]) if (one.failsWhenBlocked) one.settle(brokerBlocked());
  });

  function transmit(one: Waiting, { channel, lost }: OpenedChannel): void {
    if (lost.aborted) return;
    const { message } = one;
    const publishOptions = {
      persistent: true,
      mandatory: true,
      messageId: message.id,
      timestamp: Math.floor(message.cutAt / 1_000),
      contentType,
      contentEncoding,
      headers: { events: message.events, bytes: message.bytes, 'cut-at': message.cutAt },
    };
    try {
      channel.publish(
        message.exchange,
        message.routingKey,
        message.body,
        publishOptions,
        (refusal: unknown) => {
          // Fails too when the channel is lost: then it is sent again on the next one.
          if (refusal === null) one.settle();
          else if (!lost.aborted) one.settle(queueFull(refusal));
        },
      );
    } catch (error) {
      logger.debug({ err: error }, 'message waits for the next channel');
    }
  }

  /** The broker has no queue for it and says so before it confirms: what should be there was deleted. */
  function refuse(messageId: unknown): void {
    logger.error({ channel: options.name }, 'message came back without a queue');
    for (const one of [...waiting])
      if (one.message.id === messageId) one.settle(unavailable('There is no queue for it.'));
    mayLackQueues = true;
    void kept.reopen();
  }

  return {
    get unconfirmedEvents() {
      return unconfirmedEvents;
    },
    send(message, { timeoutMs, signal, failsWhenBlocked = false } = {}) {
      if (failsWhenBlocked && connection.isBlocked) return Promise.reject(brokerBlocked());
      return new Promise<void>((resolve, reject) => {
        const timer =
          timeoutMs === undefined
            ? undefined
            : setTimeout(() => {
                one.settle(unavailable('The message broker did not confirm in time.'));
              }, timeoutMs);
        const onAbort = (): void => {
          one.settle(unavailable('This process no longer needs it sent.'));
        };
        const one: Waiting = {
          message,
          failsWhenBlocked,
          settle(error) {
            if (!waiting.delete(one)) return;
            unconfirmedEvents -= message.events;
            clearTimeout(timer);
            signal?.removeEventListener('abort', onAbort);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        waiting.add(one);
        unconfirmedEvents += message.events;
        signal?.addEventListener('abort', onAbort);
        if (signal?.aborted === true) onAbort();
        else if (current !== undefined) transmit(one, current);
      });
    },
  };
}

export function brokerBlocked(): AppError {
  return new AppError('broker_blocked', 'The message broker is short of memory or disk.', {
    status: 503,
    retryable: true,
    retryAfterSeconds: 5,
  });
}

function queueFull(cause: unknown): AppError {
  return new AppError('queue_full', 'Too many events wait to be stored.', {
    status: 429,
    retryable: true,
    retryAfterSeconds: 5,
    cause,
  });
}

function unavailable(reason: string): AppError {
  return new AppError('bus_unavailable', reason, { status: 503, retryable: true, retryAfterSeconds: 5 });
}
