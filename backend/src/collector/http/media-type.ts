import { AppError } from '../../platform/errors.js';

/**
 * The media type of a `content-type` header in lower case and without parameters, '' when there is none.
 * Throws `AppError` 415 `charset_unsupported`: JSON is UTF-8.
 */
export function parseMediaType(header: string | undefined): string {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=', 2);
    if (name.trim() === 'charset' && !/^"?(?:utf-?8|us-ascii)"?$/.test(value.trim())) {
      throw new AppError('charset_unsupported', 'The body must be UTF-8.', { status: 415 });
    }
  }
  return type.trim();
}

/** `application/json` and everything built upon it, such as `application/vnd.acme+json`. */
export function isJson(mediaType: string): boolean {
  return /^[\w.-]+\/(?:[\w.-]+\+)?json$/.test(mediaType);
}

/** Throws `AppError` 400 `body_not_utf8`. A byte order mark is left out. */
export function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new AppError('body_not_utf8', 'The body is not UTF-8.', { status: 400, cause });
  }
}

/** Throws `AppError` 400 `body_empty` or `body_not_json`. */
export function parseJsonBody(body: Uint8Array): unknown {
  const text = decodeUtf8(body);
  if (text.trim() === '') throw new AppError('body_empty', 'The request has no body.', { status: 400 });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError('body_not_json', 'The body is not JSON.', { status: 400, cause });
  }
}
