import type { BodyShare } from '../body-budget.js';
import type { Candidate } from '../candidate.js';
import { checkEventsMediaType, parseEvents } from '../http/parse-events.js';
import { inflateBody } from '../http/read-body.js';
import type { CollectorLimits } from '../limits.js';
import { isBinaryMode, toStructuredEvent, type AmqpContent } from './amqp-event.js';

export type AmqpLimits = Pick<CollectorLimits, 'bodyBytesMax' | 'inflatedBytesMax' | 'batchEventsMax'>;

export interface EncodedContent extends AmqpContent {
  readonly contentEncoding: string | undefined;
  readonly body: Buffer;
}

/** The bytes to keep of a message whose events are refused, in a form that stands without its headers. */
export interface KeptContent {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface DecodedMessage {
  readonly candidates: readonly Candidate[];
  readonly kept: KeptContent;
}

/**
 * The events of a message in binary or structured mode, still unchecked.
 * Rejects with `AppError`, as a request over HTTP would be: 400 `body_empty`, `body_not_json`, `body_not_utf8`,
 * `batch_empty`, `batch_not_list`, `body_truncated`, `encoding_invalid`; 413 `body_too_large`, `batch_too_large`;
 * 415 `content_type_unsupported`, `encoding_unsupported`, `charset_unsupported`; 429 `overloaded`.
 */
export async function decodeMessage(
  message: EncodedContent,
  limits: AmqpLimits,
  share: BodyShare,
): Promise<DecodedMessage> {
  const body = await inflateBody(message.body, message.contentEncoding, limits, share);
  const content = { contentType: message.contentType, headers: message.headers, body };
  if (isBinaryMode(content)) {
    const event = toStructuredEvent(content);
    return {
      candidates: [{ index: 0, event }],
      kept: { contentType: 'application/cloudevents+json', body: Buffer.from(JSON.stringify(event)) },
    };
  }
  return {
    candidates: decodeKept({ contentType: message.contentType, body }, limits),
    kept: { contentType: message.contentType, body },
  };
}

/** The events of what was kept. Throws like `decodeMessage`. */
export function decodeKept({ contentType, body }: KeptContent, limits: AmqpLimits): Candidate[] {
  const headers = { 'content-type': contentType };
  return parseEvents({ headers, mediaType: checkEventsMediaType(headers), body }, limits);
}
