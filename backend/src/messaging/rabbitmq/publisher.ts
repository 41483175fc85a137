import { randomUUID } from 'node:crypto';
import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { Branch, Message, PublishReceipt } from '../event-bus.js';
import { partitionOf } from '../partition-of.js';
import { atMost } from './back-off.js';
import { type BrokerConnection } from './broker-connection.js';
import { encodeEvents, encodeLines } from './codec.js';
import { brokerBlocked, type ConfirmedSender, type OutgoingMessage } from './confirmed-sender.js';
import { createCutter, type Cut } from './cutter.js';
import { type RabbitBusOptions } from './rabbit-bus-options.js';
import { eventsExchange, partitionKey, storeQueue } from './topology.js';

/** About two hundred kilobytes on the wire; the readers hold many messages. */
const messageCharsMax = 1_048_576;
const component = 'messaging.publisher';

export interface Publisher {
  publish(batch: readonly EventEnvelope[]): Promise<PublishReceipt>;
  replay(branch: Branch, message: Message): Promise<void>;
  /** Refuses what comes from now on; resolves when what came before is confirmed or refused, or the time is up. */
  close(timeoutMs: number): Promise<void>;
}

export function createPublisher(
  options: RabbitBusOptions & { connection: BrokerConnection; sender: ConfirmedSender },
): Publisher {
  const { connection, sender, telemetry } = options;
  const underWay = new Set<Promise<unknown>>();
  const sendOptions = { timeoutMs: options.confirmTimeoutMs, failsWhenBlocked: true };
  let pendingEvents = 0;
  let isClosed = false;

  const cutter = createCutter({
    partitions: options.partitions,
    lingerMs: options.lingerMs,
    eventsMax: options.messageEventsMax,
    charsMax: messageCharsMax,
    send: (cut) => sender.send(messageOf(cut, options), sendOptions),
  });

  async function guarded(events: number, send: () => Promise<void>): Promise<void> {
    refuseWhenFull(events);
    telemetry.received.inc({ component }, events);
    countUnderWay(events);
    const sending = send();
    underWay.add(sending);
    try {
      await sending;
      telemetry.sent.inc({ component }, events);
    } catch (error) {
      telemetry.errors.inc({ component, code: error instanceof AppError ? error.code : 'unforeseen' });
      throw error;
    } finally {
      underWay.delete(sending);
      countUnderWay(-events);
    }
  }

  function countUnderWay(events: number): void {
    pendingEvents += events;
    telemetry.underWay.set({ component }, pendingEvents);
  }

  function refuseWhenFull(events: number): void {
    if (isClosed) throw refusal('shutting_down', 'This process is shutting down.', 503);
    if (connection.isBlocked) throw brokerBlocked();
    // A batch that alone is over the bound still goes through when nothing else is under way.
    if (pendingEvents > 0 && pendingEvents + events > options.pendingEventsMax) {
      throw refusal('overloaded', 'Too many events are waiting to be stored.', 429);
    }
  }

  return {
    async publish(batch) {
      await guarded(batch.length, () => cutter.add(batch));
      return { duplicates: null };
    },
    replay: (branch, message) =>
      guarded(message.events.length, () => sender.send(replayOf(branch, message, options), sendOptions)),
    async close(timeoutMs) {
      isClosed = true;
      cutter.flush();
      await atMost(timeoutMs, Promise.allSettled(underWay));
    },
  };
}

function messageOf(cut: Cut, { partitions, now }: RabbitBusOptions): OutgoingMessage {
  return {
    id: randomUUID(),
    exchange: eventsExchange,
    routingKey: partitionKey({ index: cut.partition, count: partitions }),
    events: cut.lines.length,
    cutAt: now(),
    ...encodeLines(cut.lines),
  };
}

/** Straight to the queue from which it is stored: a joiner would give it another id. */
function replayOf(branch: Branch, message: Message, { partitions, now }: RabbitBusOptions): OutgoingMessage {
  const [first] = message.events;
  if (first === undefined) {
    throw new AppError('message_empty', 'A message without events is not replayed.', { status: 400 });
  }
  const partition = { index: partitionOf(first.eventId, partitions), count: partitions };
  return {
    id: message.id,
    exchange: '',
    routingKey: storeQueue(branch, partition),
    events: message.events.length,
    cutAt: now(),
    ...encodeEvents(message.events),
  };
}

function refusal(code: string, reason: string, status: number): AppError {
  return new AppError(code, reason, { status, retryable: true, retryAfterSeconds: 1 });
}
