import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { Branch, OpenPartition, Partition, PartitionReader } from '../event-bus.js';
import { backOffMs, ignore, pause, type BackOff } from './back-off.js';
import { decodeEvents } from './codec.js';
import { createDeliveryLine } from './delivery-line.js';
import { giveUp } from './give-up.js';
import type { IncomingMessage } from './incoming-message.js';
import type { Session } from './queue-reader.js';
import type { RabbitBusOptions } from './rabbit-bus-options.js';
import type { SessionChannel } from './session-channel.js';

const component = 'messaging.consumer';
const retryMostMs = 30_000;

/** Longer, and the broker has given the message up by a rule of its own. */
const holdMostMs = 10_000;

/** The next message is decoded while this one is stored; more would only be memory. */
export const storePrefetch = 2;

export interface StoreSessionContext {
  readonly options: RabbitBusOptions;
  readonly branch: Branch;
  readonly partition: Partition;
  readonly openPartition: OpenPartition;
}

type Events = readonly EventEnvelope[];

/** Stores the messages of one partition one by one, in their order, and acknowledges each when it is stored. */
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
  const decode = createDecoder();
  const line = createDeliveryLine({ holdMostMs, onReady: pump, over });
  let reader: PartitionReader | undefined;
  let running: Promise<void> | undefined;

  async function store(message: IncomingMessage): Promise<void> {
    let events: Events | undefined;
    try {
      events = await decode(message);
      const next = line.peek();
      if (next !== undefined) void decode(next).catch(ignore);
      reader ??= await openReader(context, { lost, over, backOff });
      if (reader === undefined) return;
      await reader.store({ id: message.id, events });
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
    if (!lost.aborted) handBack(message);
  }

  /** The broker counts it, delivers it again before anything else, and gives it up when the count is over the limit. */
  function handBack(message: IncomingMessage): void {
    if (message.attempt <= options.deliveryLimit) line.holdFor(message.id);
    channel.handBack(message);
  }

  async function run(): Promise<void> {
    let message = line.take();
    while (message !== undefined) {
      await store(message);
      message = over.aborted ? undefined : line.take();
    }
    running = undefined;
  }

  function pump(): void {
    if (running === undefined && !over.aborted) running = run();
  }

  return {
    arrive(message) {
      telemetry.received.inc({ component }, message.events ?? 0);
      line.arrive(message);
    },
    async finish() {
      finishing.abort();
      await running;
    },
  };
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
