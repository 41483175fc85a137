import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../platform/errors.js';
import type { Candidate } from '../candidate.js';
import { decodeUtf8, isJson } from './media-type.js';

/** Binary mode is told by the CloudEvents attributes being headers. One of them is enough to say what is missing. */
export function isBinaryMode(headers: IncomingHttpHeaders): boolean {
  return ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'].some((name) => headers[name] !== undefined);
}

/**
 * One event of which the attributes are `ce-` headers and the body is `data`.
 * Throws `AppError` 400 `body_not_utf8`, `body_not_json`; 415 `content_type_unsupported`.
 */
export function parseBinaryEvent(
  headers: IncomingHttpHeaders,
  mediaType: string,
  body: Uint8Array,
): Candidate[] {
  const event: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith('ce-') || value === undefined) continue;
    const attribute = name.slice(3);
    if (attribute === 'data' || attribute === 'data_base64') continue;
    const text = decodeHeader(Array.isArray(value) ? value.join(',') : value);
    if (text === undefined) {
      const reason = `The header "${name}" is not percent-encoded UTF-8.`;
      return [{ index: 0, rejection: { code: 'header_encoding_invalid', pointer: `/${attribute}`, reason } }];
    }
    event[attribute] = text;
  }
  const data = parseData(mediaType, body);
  return [{ index: 0, event: data === undefined ? event : { ...event, data } }];
}

function parseData(mediaType: string, body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  if (mediaType === '' || isJson(mediaType)) {
    try {
      return JSON.parse(decodeUtf8(body)) as unknown;
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError('body_not_json', 'The body is not JSON.', { status: 400, cause });
    }
  }
  if (mediaType.startsWith('text/')) return decodeUtf8(body);
  throw new AppError('content_type_unsupported', 'In binary mode the body is JSON or text.', { status: 415 });
}

/**
 * Takes the quotes off, then the percent-encoding; `undefined` when that is not UTF-8. A `%` that leads no two digits
 * stands for itself, because SDKs send texts such as `100%` as they are.
 */
function decodeHeader(value: string): string | undefined {
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  const text = isQuoted ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
  try {
    return decodeURIComponent(text.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
  } catch {
    return undefined;
  }
}
