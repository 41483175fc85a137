import type { BrokerConnection } from '../../messaging/rabbitmq/broker-connection.js';
import {
  consumeIntake,
  type IntakeConsumer,
  type IntakeMessage,
} from '../../messaging/rabbitmq/intake-consumer.js';
import { intakeQueue, type QueueLimits } from '../../messaging/rabbitmq/topology.js';
import type { Telemetry } from '../../platform/telemetry.js';
import { createMessageTaker, type MessageTakerOptions } from './take-message.js';

export interface AmqpIntakeOptions extends MessageTakerOptions {
  /** The one that does not publish: the broker may stop to read from that one. */
  readonly connection: BrokerConnection;
  readonly queueLimits: QueueLimits;
  /** Messages in hand at a time: with the bound on a body, what they take of memory. */
  readonly prefetch: number;
  readonly telemetry: Pick<Telemetry, 'received' | 'dropped' | 'errors' | 'traces'>;
  /** Wait before a message that could not be stored is taken again; doubles with each failure. */
  readonly retryDelayMs?: number;
  /** How long the start may wait for a broker that went away. */
  readonly declareTimeoutMs?: number;
}

/**
 * The way in for producers that speak AMQP. Resolves once the exchange and its queue are there and are read; rejects
 * with `AppError` `topology_differs`, or `bus_unavailable` when the broker is gone for longer than that. Close it before the event bus.
 */
export async function startAmqpIntake(options: AmqpIntakeOptions): Promise<IntakeConsumer> {
  const taker = createMessageTaker(options);
  return consumeIntake({
    connection: options.connection,
    limits: options.queueLimits,
    prefetch: options.prefetch,
    take: (message) => takeWithin(options, message, () => taker.take(message)),
    putAside: (message) => taker.putAside(message),
    logger: options.logger,
    telemetry: options.telemetry,
    retryDelayMs: options.retryDelayMs,
    declareTimeoutMs: options.declareTimeoutMs,
  });
}

/** A producer may say which trace its message is a part of. */
function takeWithin(
  { telemetry }: AmqpIntakeOptions,
  message: IntakeMessage,
  work: () => Promise<void>,
): Promise<void> {
  const { traceparent } = message.headers;
  const from = typeof traceparent === 'string' ? [traceparent] : [];
  const attributes = {
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': 'process',
    'messaging.destination.name': intakeQueue,
    'coditect.component': 'collector.amqp',
  };
  return telemetry.traces.span('take message in', { kind: 'consumer', from, attributes }, work);
}
