import { createHash } from 'node:crypto';
import { type ConsumeMessage } from 'amqplib';
import { z } from 'zod';
import { contentEncoding, contentType, inflatedBytesMax, isGzip } from './codec.js';

const count = z.int().positive().optional().catch(undefined);
const headersSchema = z.object({
  events: count,
  bytes: count,
  'cut-at': count,
  traceparent: z.string().optional().catch(undefined),
  'x-delivery-count': z.int().nonnegative().optional().catch(undefined),
});

/** A delivery, with what its sender and the broker say of it. */
export interface IncomingMessage {
  readonly id: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** How many events its sender put in, where it is one of ours. */
  readonly events: number | undefined;
  readonly bytes: number | undefined;
  readonly cutAt: number | undefined;
  /** Of the work that sent it, as W3C Trace Context. */
  readonly traceparent: string | undefined;
  /** The first delivery is 1. */
  readonly attempt: number;
  readonly delivery: ConsumeMessage;
}

export function parseIncoming(delivery: ConsumeMessage): IncomingMessage {
  const { properties, content } = delivery;
  const headers = headersSchema.parse(properties.headers ?? {});
  const id: unknown = properties.messageId;
  const type: unknown = properties.contentType;
  return {
    // Without an id of its own the body is the id: given up twice, it is one letter.
    id:
      typeof id === 'string' && id !== ''
        ? id
        : createHash('sha256').update(content).digest('hex').slice(0, 32),
    body: content,
    contentType: typeof type === 'string' ? type : 'application/octet-stream',
    events: headers.events,
    bytes: headers.bytes,
    cutAt: headers['cut-at'],
    traceparent: headers.traceparent,
    attempt: (headers['x-delivery-count'] ?? 0) + 1,
    delivery,
  };
}

/** What may be put with others into one message without a look inside. */
export function isJoinable(message: IncomingMessage): boolean {
  return (
    message.contentType === contentType &&
    message.delivery.properties.contentEncoding === contentEncoding &&
    message.events !== undefined &&
    message.bytes !== undefined &&
    message.bytes <= inflatedBytesMax &&
    isGzip(message.body)
  );
}
