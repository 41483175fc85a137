import { createDeadline, type Deadline } from '../../platform/deadline.js';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { Telemetry } from '../../platform/telemetry.js';
import { aborted, backOffMs, pause, type BackOff } from './back-off.js';
import { notReached, type BrokerConnection } from './broker-connection.js';
import { createDeferred } from './deferred.js';
import type { IncomingMessage } from './incoming-message.js';
import { readQueue, type Session } from './queue-reader.js';
import type { SessionChannel } from './session-channel.js';
import { declareIntake, intakeDeadLettersQueue, intakeQueue, type QueueLimits } from './topology.js';

/** What a producer published. */
export interface IntakeMessage {
  /** Who published it: the broker refuses another name than that of the connection. Absent when the producer left it out. */
  readonly userId: string | undefined;
  readonly messageId: string | undefined;
  readonly contentType: string;
  readonly contentEncoding: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** The first delivery is 1. */
  readonly attempt: number;
}

export interface IntakeConsumerOptions {
  readonly connection: Pick<BrokerConnection, 'keepChannel'>;
  readonly limits: QueueLimits;
  /** Messages in hand at a time. */
  readonly prefetch: number;
  /**
   * Resolves once all of the message is safe, refused or not. After a retryable `AppError` it is called again, after a
   * pause, for as long as it takes. Anything else gives the message back to the broker, which counts.
   */
  readonly take: (message: IntakeMessage) => Promise<void>;
  /** Puts aside what the broker gave up on after the delivery limit. Resolves once it is safe. */
  readonly putAside: (message: IntakeMessage) => Promise<void>;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'errors'>;
  /** Wait before a message is taken again; doubles with each failure. */
  readonly retryDelayMs?: number | undefined;
  /** How long the start may wait for a broker that went away. */
  readonly declareTimeoutMs?: number | undefined;
}

export interface IntakeConsumer {
  /** Takes nothing more; resolves when what is in hand is done, or at the deadline. The rest goes back to the queue. */
  close(deadline: Deadline): Promise<void>;
}

const component = 'messaging.intake';
const retryMostMs = 30_000;
const deadLetterPrefetch = 1;
const declareTimeoutMs = 60_000;
const closeTimeoutMs = 3_000;

/**
 * Reads what AMQP producers publish, beside any number of other collectors. Declares the way in each time the channel
 * is opened. Rejects with `topology_differs` when it is there and was declared otherwise, and with `bus_unavailable` when
 * the broker did not declare it in time.
 */
export async function consumeIntake(options: IntakeConsumerOptions): Promise<IntakeConsumer> {
  const { limits, prefetch, take } = options;
  // The broker's own count may be lost on the way.
  const putAside = (message: IntakeMessage): Promise<void> =>
    options.putAside({ ...message, attempt: Math.max(message.attempt, limits.deliveryLimit + 1) });
  const declared = createDeclaration();
  const connection: Pick<BrokerConnection, 'keepChannel'> = {
    keepChannel: (name, open) =>
      options.connection.keepChannel(name, async (channel, lost) => {
        await declared.follow(declareIntake(channel, limits));
        await open(channel, lost);
      }),
  };
  const readers = [
    readQueue(connection, {
      logger: options.logger,
      queue: intakeQueue,
      prefetch,
      openSession: (channel, lost) => openSession({ ...options, work: take }, channel, lost),
    }),
    readQueue(connection, {
      logger: options.logger,
      queue: intakeDeadLettersQueue,
      prefetch: deadLetterPrefetch,
      openSession: (channel, lost) => openSession({ ...options, work: putAside }, channel, lost),
    }),
  ];
  const close = async (deadline: Deadline): Promise<void> => {
    await Promise.all(readers.map((reader) => reader.close(deadline)));
  };
  try {
    await declared.within(options.declareTimeoutMs ?? declareTimeoutMs);
  } catch (error) {
    await close(createDeadline(closeTimeoutMs));
    throw error;
  }
  return { close };
}

/** Whether the way in could be declared for the first time. What no waiting can change is told at the start. */
function createDeclaration(): {
  within(timeoutMs: number): Promise<void>;
  follow(work: Promise<void>): Promise<void>;
} {
  const { promise, resolve, reject } = createDeferred<void>();
  let lastError: unknown;
  return {
    async within(timeoutMs) {
      const over = aborted(AbortSignal.timeout(timeoutMs)).then(() => {
        throw notReached(lastError);
      });
      await Promise.race([promise, over]);
    },
    async follow(work) {
      try {
        await work;
        resolve();
      } catch (error) {
        lastError = error;
        if (error instanceof AppError && !error.retryable) reject(error);
        throw error;
      }
    },
  };
}

type SessionOptions = Pick<IntakeConsumerOptions, 'logger' | 'telemetry' | 'retryDelayMs'> & {
  readonly work: (message: IntakeMessage) => Promise<void>;
};

/** Works on every message as it comes, side by side, and acknowledges each when it is done. */
function openSession(options: SessionOptions, channel: SessionChannel, lost: AbortSignal): Session {
  const { logger, telemetry, work } = options;
  const backOff: BackOff = { firstMs: options.retryDelayMs ?? 500, mostMs: retryMostMs };
  const finishing = new AbortController();
  const over = AbortSignal.any([lost, finishing.signal]);
  const inHand = new Set<Promise<void>>();

  async function handle(incoming: IncomingMessage): Promise<void> {
    const message = toIntakeMessage(incoming);
    let failures = 0;
    let outcome = await attempt(message);
    while (outcome === 'again') {
      await pause(backOffMs(failures, backOff), over);
      if (over.aborted) return;
      failures += 1;
      outcome = await attempt(message);
    }
    if (outcome === 'failed') await pause(backOffMs(incoming.attempt - 1, backOff), over);
    if (outcome === 'done') channel.acknowledge(incoming);
    else channel.handBack(incoming);
  }

  async function attempt(message: IntakeMessage): Promise<'done' | 'again' | 'failed'> {
    try {
      await work(message);
      return 'done';
    } catch (error) {
      const isAwaited = error instanceof AppError && error.retryable;
      telemetry.errors.inc({ component, code: error instanceof AppError ? error.code : 'unforeseen' });
      logger.warn({ err: error, attempt: message.attempt }, 'published events not taken in');
      return isAwaited ? 'again' : 'failed';
    }
  }

  return {
    arrive(incoming) {
      const handling = handle(incoming).finally(() => inHand.delete(handling));
      inHand.add(handling);
    },
    async finish() {
      finishing.abort();
      await Promise.all(inHand);
    },
  };
}

function toIntakeMessage({ delivery, contentType, body, attempt }: IncomingMessage): IntakeMessage {
  const { properties } = delivery;
  return {
    userId: textOf(properties.userId),
    messageId: textOf(properties.messageId),
    contentType,
    contentEncoding: textOf(properties.contentEncoding),
    headers: properties.headers ?? {},
    body,
    attempt,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
