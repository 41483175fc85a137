import { type ConfirmChannel } from 'amqplib';
import { type EventEnvelope } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { Branch, OpenPartition, Partition, PartitionReader } from '../event-bus.js';
import { backOffMs, pause } from './back-off.js';
import { decodeEvents } from './codec.js';
import { giveUp } from './give-up.js';
import { type IncomingMessage } from './incoming-message.js';
import { type Session } from './queue-reader.js';
import { type RabbitBusOptions } from './rabbit-bus-options.js';

const component = 'messaging.consumer';
const retryMostMs = 30_000;

/** How long the messages behind wait for one that was handed back. Longer, and the broker has given it up by a rule of its own. */
const awaitedMostMs = 10_000;

/** The next message is decoded while this one is stored; more would only be memory. */
export const storePrefetch = 2;

export interface StoreSessionContext {
  readonly options: RabbitBusOptions;
  readonly branch: Branch;
  readonly partition: Partition;
  readonly openPartition: OpenPartition;
}

interface Decoding {
  readonly message: IncomingMessage;
  events?: Promise<EventEnvelope[]>;
}

/** Stores the messages of one partition one by one, in their order, and acknowledges each when it is stored. */
export function openStoreSession(
  context: StoreSessionContext,
  channel: ConfirmChannel,
  lost: AbortSignal,
): Session {
  const { options, branch, partition } = context;
  const { logger, telemetry } = options;
  const retryBackOff = { firstMs: options.retryDelayMs ?? 200, mostMs: retryMostMs };
  const finishing = new AbortController();
  const over = AbortSignal.any([lost, finishing.signal]);
  const inbox: Decoding[] = [];
  let reader: PartitionReader | undefined;
  let running: Promise<void> | undefined;
  /** The id of a message that was handed back and comes first again: those behind it wait. */
  let awaited: string | undefined;
  let awaitedTimer: NodeJS.Timeout | undefined;

  function decode(one: Decoding | undefined): Promise<EventEnvelope[]> | undefined {
    if (one === undefined) return undefined;
    if (one.events === undefined) {
      one.events = decodeEvents(one.message.body, one.message.events);
      // Whoever takes it in hand sees the failure; until then it is nobody's.
      one.events.catch(() => undefined);
    }
    return one.events;
  }

  async function openReader(): Promise<PartitionReader | undefined> {
    for (let failures = 0; !over.aborted; failures += 1) {
      try {
        return await context.openPartition(partition, lost);
      } catch (error) {
        logger.error(
          { err: error, branch, partition: partition.index },
          'partition not opened, trying again',
        );
        telemetry.errors.inc({ component, code: 'partition_not_opened' });
        await pause(backOffMs(failures, retryBackOff), over);
      }
    }
    return undefined;
  }

  async function store(one: Decoding): Promise<void> {
    const { message } = one;
    let events: EventEnvelope[] | undefined;
    try {
      events = await decode(one);
      if (events === undefined) return;
      decode(inbox[0]);
      reader ??= await openReader();
      if (reader === undefined) return;
      await reader.store({ id: message.id, events });
    } catch (error) {
      if (!lost.aborted) await fail(message, events, error);
      return;
    }
    if (lost.aborted) return;
    channel.ack(message.delivery);
    telemetry.sent.inc({ component }, events.length);
    if (message.cutAt !== undefined)
      telemetry.lagSeconds.set({ component }, (options.now() - message.cutAt) / 1_000);
  }

  async function fail(
    message: IncomingMessage,
    events: readonly EventEnvelope[] | undefined,
    error: unknown,
  ): Promise<void> {
    const code = error instanceof AppError ? error.code : 'unforeseen';
    telemetry.errors.inc({ component, code });
    if (error instanceof AppError && !error.retryable) {
      const isSafe = await giveUp({ message, branch, code, reason: error.message, events }, options, lost);
      if (isSafe && !lost.aborted) channel.ack(message.delivery);
      return;
    }
    logger.warn(
      { err: error, messageId: message.id, branch, attempt: message.attempt },
      'message not stored',
    );
    await handBack(message);
  }

  /** The broker counts it, delivers it again before anything else, and gives it up when the count is over the limit. */
  async function handBack(message: IncomingMessage): Promise<void> {
    await pause(backOffMs(message.attempt - 1, retryBackOff), over);
    if (lost.aborted) return;
    if (message.attempt <= options.deliveryLimit) {
      awaited = message.id;
      awaitedTimer = setTimeout(goOn, awaitedMostMs);
    }
    channel.nack(message.delivery, false, true);
  }

  function goOn(): void {
    clearTimeout(awaitedTimer);
    awaited = undefined;
    pump();
  }
  over.addEventListener('abort', () => {
    clearTimeout(awaitedTimer);
  });

  const isOpen = (): boolean => !over.aborted && awaited === undefined;

  async function run(): Promise<void> {
    for (let next = inbox.shift(); next !== undefined; next = isOpen() ? inbox.shift() : undefined) {
      await store(next);
    }
    running = undefined;
  }

  function pump(): void {
    if (running === undefined && isOpen() && inbox.length > 0) running = run();
  }

  return {
    arrive(message) {
      telemetry.received.inc({ component }, message.events ?? 0);
      if (message.id === awaited) {
        inbox.unshift({ message });
        goOn();
      } else {
        inbox.push({ message });
        pump();
      }
    },
    async finish() {
      finishing.abort();
      await running;
    },
  };
}
