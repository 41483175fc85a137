import { randomUUID } from 'node:crypto';
import type { EventEnvelope } from '@coditect/contracts';
import { type Deadline, isDoneBefore } from '../../platform/deadline.js';
import { AppError } from '../../platform/errors.js';
import type { Branch, Message, PublishReceipt } from '../event-bus.js';
import { partitionOf } from '../partition-of.js';
import { createUnderWay } from '../under-way.js';
import { type BrokerConnection } from './broker-connection.js';
import { encodeEvents, encodeLines } from './codec.js';
import { brokerBlocked, type ConfirmedSender, type OutgoingMessage } from './confirmed-sender.js';
import { createCutter, type Cut } from './cutter.js';
import { spanOf } from './message-span.js';
import { type RabbitBusOptions } from './rabbit-bus-options.js';
import { eventsExchange, partitionKey, storeQueue } from './topology.js';

/** About two hundred kilobytes on the wire; the readers hold many messages. */
const messageCharsMax = 1_048_576;
const component = 'messaging.publisher';

export interface Publisher {
  publish(batch: readonly EventEnvelope[]): Promise<PublishReceipt>;
  replay(branch: Branch, message: Message): Promise<void>;
  /** Refuses what comes from now on; resolves when what came before is confirmed or refused, or at the deadline. */
  close(deadline: Deadline): Promise<void>;
}

export function createPublisher(
  options: RabbitBusOptions & { connection: BrokerConnection; sender: Pick<ConfirmedSender, 'send'> },
): Publisher {
  const { connection, sender, telemetry } = options;
  const underWay = createUnderWay({
    eventsMax: options.pendingEventsMax,
    onChange: (events) => {
      telemetry.underWay.set({ component }, events);
    },
  });
  const sendOptions = { timeoutMs: options.confirmTimeoutMs, failsWhenBlocked: true };

  const cutter = createCutter({
    partitions: options.partitions,
    lingerMs: options.lingerMs,
    eventsMax: options.messageEventsMax,
    charsMax: messageCharsMax,
    send: (cut) => sendWithin(messageOf(cut, options), cut.from),
  });

  /** A message goes on with every request that it holds events of. */
  function sendWithin(message: OutgoingMessage, from: readonly string[]): Promise<void> {
    return telemetry.traces.span('publish events', { ...spanOf(message), from }, () =>
      sender.send({ ...message, traceparent: telemetry.traces.current() }, sendOptions),
    );
  }

  function replayed(message: OutgoingMessage): Promise<void> {
    return telemetry.traces.span('replay events', spanOf(message), () =>
      sender.send({ ...message, traceparent: telemetry.traces.current() }, sendOptions),
    );
  }

  function guarded(events: number, send: () => Promise<void>): Promise<void> {
    if (connection.isBlocked) return Promise.reject(brokerBlocked());
    return underWay.run(events, () => counted(events, send));
  }

  async function counted(events: number, send: () => Promise<void>): Promise<void> {
    telemetry.received.inc({ component }, events);
    try {
      await send();
      telemetry.sent.inc({ component }, events);
    } catch (error) {
      telemetry.errors.inc({ component, code: error instanceof AppError ? error.code : 'unforeseen' });
      throw error;
    }
  }

  return {
    async publish(batch) {
      await guarded(batch.length, () => cutter.add(batch, telemetry.traces.current()));
      return { duplicates: null };
    },
    replay: (branch, message) =>
      guarded(message.events.length, () => replayed(replayOf(branch, message, options))),
    async close(deadline) {
      const over = underWay.close();
      cutter.flush();
      await isDoneBefore(deadline, over);
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
