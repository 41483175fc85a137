import { AppError } from '../../platform/errors.js';
import { decodeUtf8, parseJsonBody } from '../http/media-type.js';

const formType = 'application/x-www-form-urlencoded';

/** The content types that GitHub offers. */
export const githubMediaTypes = ['application/json', formType] as const;

/**
 * The payload of a delivery in either content type, still unchecked.
 * Throws `AppError` 400 `body_empty`, `body_not_utf8`, `body_not_json`, `payload_missing`.
 */
export function parsePayload(mediaType: string, body: Uint8Array): unknown {
  if (mediaType !== formType) return parseJsonBody(body);
  const payload = new URLSearchParams(decodeUtf8(body)).get('payload');
  if (payload === null) {
    const reason = 'A form needs the field "payload".';
    throw new AppError('payload_missing', reason, { status: 400 });
  }
  return parseJsonBody(Buffer.from(payload, 'utf8'));
}
