import { type ConfirmChannel } from 'amqplib';
import { AppError } from '../../platform/errors.js';
import { type Logger } from '../../platform/logger.js';
import { busUnavailable, type BrokerConnection } from './broker-connection.js';
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
  /** What it goes on with, as W3C Trace Context. */
  readonly traceparent?: string | undefined;
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
  /** Rejects whatever waits, with `bus_unavailable`. To be called when nothing more is sent. */
  abandon(): void;
}

interface Waiting {
  readonly message: OutgoingMessage;
  readonly failsWhenBlocked: boolean;
  readonly settle: (error?: Error) => void;
}

export interface ConfirmedSenderOptions {
  readonly connection: BrokerConnection;
  readonly name: string;
  readonly logger: Logger;
  /** Declares the queues again, where a message came back because one was deleted. */
  readonly prepare?: (channel: ConfirmChannel) => Promise<void>;
}

export function createConfirmedSender(options: ConfirmedSenderOptions): ConfirmedSender {
  const { connection, logger } = options;
  const waiting = new Set<Waiting>();
  let transmit: ((one: Waiting) => void) | undefined;
  let mayLackQueues = false;

  const kept = connection.keepChannel(options.name, async (channel, lost) => {
    channel.on('return', (returned) => {
      refuse(returned.properties.messageId);
    });
    lost.addEventListener('abort', () => {
      transmit = undefined;
    });
    if (mayLackQueues) await options.prepare?.(channel);
    mayLackQueues = false;
    transmit = createTransmit(channel, lost, logger);
    for (const one of [...waiting]) transmit(one);
  });

  connection.onBlocked(() => {
    for (const one of [...waiting]) if (one.failsWhenBlocked) one.settle(brokerBlocked());
  });

  /** The broker has no queue for it and says so before it confirms: what should be there was deleted. */
  function refuse(messageId: unknown): void {
    logger.error({ channel: options.name }, 'message came back without a queue');
    for (const one of [...waiting]) {
      if (one.message.id === messageId) one.settle(busUnavailable('The message broker has no queue for it.'));
    }
    mayLackQueues = true;
    void kept.reopen();
  }

  return {
    send(message, sendOptions = {}) {
      if (sendOptions.failsWhenBlocked === true && connection.isBlocked)
        return Promise.reject(brokerBlocked());
      return new Promise<void>((resolve, reject) => {
        const one = createWaiting(message, sendOptions, (error) => {
          waiting.delete(one);
          if (error === undefined) resolve();
          else reject(error);
        });
        waiting.add(one);
        transmit?.(one);
      });
    },
    abandon() {
      for (const one of [...waiting]) one.settle(busUnavailable('This process is shutting down.'));
    },
  };
}

/** `settled` is called once: when it is confirmed, refused, out of time or no longer wanted. */
function createWaiting(
  message: OutgoingMessage,
  { timeoutMs, signal, failsWhenBlocked = false }: SendOptions,
  settled: (error?: Error) => void,
): Waiting {
  let isSettled = false;
  let timer: NodeJS.Timeout | undefined;
  const settle = (error?: Error): void => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    settled(error);
  };
  const onAbort = (): void => {
    settle(busUnavailable('Nobody waits for it any more.'));
  };
  if (timeoutMs !== undefined) {
    timer = setTimeout(() => {
      settle(busUnavailable('The message broker did not confirm in time.'));
    }, timeoutMs);
  }
  signal?.addEventListener('abort', onAbort);
  return { message, failsWhenBlocked, settle };
}

function createTransmit(channel: ConfirmChannel, lost: AbortSignal, logger: Logger): (one: Waiting) => void {
  return ({ message, settle }) => {
    const publishOptions = {
      persistent: true,
      mandatory: true,
      messageId: message.id,
      timestamp: Math.floor(message.cutAt / 1_000),
      contentType,
      contentEncoding,
      headers: {
        events: message.events,
        bytes: message.bytes,
        'cut-at': message.cutAt,
        ...(message.traceparent !== undefined && { traceparent: message.traceparent }),
      },
    };
    const onConfirm = (refusal: unknown): void => {
      if (refusal === null) settle();
      // Fails too when the channel is lost: then it is sent again on the next one.
      else if (!lost.aborted) settle(queueFull(refusal));
    };
    try {
      channel.publish(message.exchange, message.routingKey, message.body, publishOptions, onConfirm);
    } catch (error) {
      logger.debug({ err: error }, 'message waits for the next channel');
    }
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
