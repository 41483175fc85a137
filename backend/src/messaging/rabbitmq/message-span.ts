import type { SpanOptions } from '../../platform/traces.js';
import type { OutgoingMessage } from './confirmed-sender.js';

/** What a trace says of a message that is sent. */
export function spanOf(message: OutgoingMessage): SpanOptions {
  return {
    kind: 'producer',
    attributes: {
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': 'send',
      'messaging.destination.name': message.exchange === '' ? message.routingKey : message.exchange,
      'messaging.rabbitmq.destination.routing_key': message.routingKey,
      'messaging.message.id': message.id,
      'messaging.batch.message_count': message.events,
    },
  };
}
