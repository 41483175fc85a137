import { setMaxListeners } from 'node:events';
import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { Branch, OpenPartition, Partition, PartitionReader } from '../event-bus.js';
import { backOffMs, ignore, pause, type BackOff } from './back-off.js';
import { decodeEvents } from './codec.js';
import { createDeliveryLine, createLooseLine, type DeliveryLine } from './delivery-line.js';
import { giveUp } from './give-up.js';
import type { IncomingMessage } from './incoming-message.js';
import { createMessagesInHand, isSuspect, type StoreWidth } from './messages-in-hand.js';
import type { Session } from './queue-reader.js';
import type { RabbitBusOptions } from './rabbit-bus-options.js';
import type { SessionChannel } from './session-channel.js';

const component = 'messaging.consumer';
const retryMostMs = 30_000;

/** Longer, and the broker has given the message up by a rule of its own. */
const holdMostMs = 10_000;

/** What was given back when a channel was lost comes within this time, one message after the other. */
const gatherMs = 100;

export const storeWidths = {
  // One at a time, in order. The next message is decoded while this one is stored; more would only be memory.
  stream: { prefetch: 2, messagesMax: 1, eventsMax: 1 },
  // Landing is by identity and needs no order: small messages wait side by side, so that they can land together.
  batch: { prefetch: 32, messagesMax: 32, eventsMax: 4_000 },
} as const satisfies Record<Branch, StoreWidth>;

export interface StoreSessionContext {
  readonly options: RabbitBusOptions;
  readonly branch: Branch;
  readonly partition: Partition;
  readonly openPartition: OpenPartition;
}

type Events = readonly EventEnvelope[];

/**
 * Stores the messages of one partition, as many at a time as its branch allows, and acknowledges each when it is stored.
 * Where that is one, they keep their order.
 */
export function openStoreSession(
  context: StoreSessionContext,
  channel: SessionChannel,
  lost: AbortSignal,
): Session {
  const { options, branch } = context;
  const { logger, telemetry } = options;
  const backOff = { firstMs: options.retryDelayMs ?? 200, mostMs: retryMostMs };
  const finishing = new AbortController();
  const over = AbortSignal.any([lost, finishing.signal]);
  const width: StoreWidth = storeWidths[branch];
  const decode = createDecoder();
  const line = openLine(width, pump, { lost, over });
  const inHand = createMessagesInHand(width);
  let opening: Promise<PartitionReader | undefined> | undefined;

  async function store(message: IncomingMessage): Promise<void> {
    let events: Events | undefined;
    try {
      const decoded = await decode(message);
      events = decoded;
      const next = line.peek();
      if (next !== undefined && width.messagesMax === 1) void decode(next).catch(ignore);
      opening ??= openReader(context, { lost, over, backOff });
      const reader = await opening;
      if (reader === undefined) return;
      await storeWithin(context, message, () => reader.store({ id: message.id, events: decoded }));
    } catch (error) {
      if (!lost.aborted) await fail(message, events, error);
      return;
    }
    if (lost.aborted) return;
    channel.acknowledge(message);
    countStored(message, events.length, options);
  }

  async function fail(message: IncomingMessage, events: Events | undefined, error: unknown): Promise<void> {
    const code = error instanceof AppError ? error.code : 'unforeseen';
    telemetry.errors.inc({ component, code });
    if (error instanceof AppError && !error.retryable) {
      const isSafe = await giveUp({ message, branch, code, reason: error.message, events }, options, lost);
      if (isSafe) channel.acknowledge(message);
      return;
    }
    logger.warn(
      { err: error, messageId: message.id, branch, attempt: message.attempt },
      'message not stored',
    );
    await pause(backOffMs(message.attempt - 1, backOff), over);
    if (lost.aborted) return;
    // The broker counts it, delivers it again before anything else, and gives it up when the count is over the limit.
    if (message.attempt <= options.deliveryLimit) line.holdFor(message.id);
    channel.handBack(message);
  }

  function pump(): void {
    for (let next = line.peek(); next !== undefined && !over.aborted; next = line.peek()) {
      if (!inHand.fits(next)) return;
      line.take();
      void start(next);
    }
  }

  async function start(message: IncomingMessage): Promise<void> {
    await inHand.hold(message, () => store(message));
    pump();
  }

  return {
    arrive(message) {
      telemetry.received.inc({ component }, message.events ?? 0);
      line.arrive(message);
    },
    async finish() {
      finishing.abort();
      await inHand.done();
    },
  };
}

/** Goes on with what sent the message, in the other process. */
function storeWithin<T>(
  { branch, options }: StoreSessionContext,
  message: IncomingMessage,
  work: () => Promise<T>,
): Promise<T> {
  const attributes = {
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': 'process',
    'messaging.destination.name': message.delivery.fields.routingKey,
    'messaging.message.id': message.id,
    'messaging.batch.message_count': message.events ?? 0,
    'coditect.branch': branch,
    'coditect.attempt': message.attempt,
  };
  return options.telemetry.traces.span(
    `store events (${branch})`,
    { kind: 'consumer', from: [message.traceparent], attributes },
    work,
  );
}

function openLine(
  { messagesMax, prefetch }: StoreWidth,
  onReady: () => void,
  { lost, over }: { readonly lost: AbortSignal; readonly over: AbortSignal },
): DeliveryLine {
  // Each message in hand may wait for the end of the session, here and in its reader.
  setMaxListeners(10 + 2 * prefetch, lost, over);
  return messagesMax === 1
    ? createDeliveryLine({ holdMostMs, onReady, over })
    : createLooseLine({ gatherMs, isSuspect, onReady, over });
}

function countStored(message: IncomingMessage, events: number, { telemetry, now }: RabbitBusOptions): void {
  telemetry.sent.inc({ component }, events);
  if (message.cutAt !== undefined) telemetry.lagSeconds.set({ component }, (now() - message.cutAt) / 1_000);
}

/** Decodes each message once, however often it is asked for. */
function createDecoder(): (message: IncomingMessage) => Promise<EventEnvelope[]> {
  const decoded = new WeakMap<IncomingMessage, Promise<EventEnvelope[]>>();
  return (message) => {
    const before = decoded.get(message);
    if (before !== undefined) return before;
    const events = decodeEvents(message.body, message.events);
    decoded.set(message, events);
    return events;
  };
}

/** Tries until it succeeds. `undefined` when it is over before. */
async function openReader(
  { options, branch, partition, openPartition }: StoreSessionContext,
  { lost, over, backOff }: { lost: AbortSignal; over: AbortSignal; backOff: BackOff },
): Promise<PartitionReader | undefined> {
  for (let failures = 0; !over.aborted; failures += 1) {
    try {
      return await openPartition(partition, lost);
    } catch (error) {
      options.logger.error(
        { err: error, branch, partition: partition.index },
        'partition not opened, trying again',
      );
      options.telemetry.errors.inc({ component, code: 'partition_not_opened' });
      await pause(backOffMs(failures, backOff), over);
    }
  }
  return undefined;
}
