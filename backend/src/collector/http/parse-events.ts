import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../platform/errors.js';
import type { Candidate } from '../candidate.js';
import type { CollectorLimits } from '../limits.js';
import { isBinaryMode, parseBinaryEvent } from './binary-event.js';
import { decodeUtf8, parseJsonBody, parseMediaType } from './media-type.js';

const ndjsonTypes: ReadonlySet<string> = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
]);

export const eventMediaTypes = [
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/json',
  'application/x-ndjson',
] as const;

/** Throws `AppError` 415 before the body is read, so that a wrong one is not read at all. */
export function checkEventsMediaType(headers: IncomingHttpHeaders): string {
  const mediaType = parseMediaType(headers['content-type']);
  const isKnown = eventMediaTypes.some((known) => known === mediaType) || ndjsonTypes.has(mediaType);
  if (isKnown || isBinaryMode(headers)) return mediaType;
  throw new AppError('content_type_unsupported', `Send one of ${eventMediaTypes.join(', ')}.`, {
    status: 415,
  });
}

/**
 * The events of a request, in any of the four ways to send them, still unchecked.
 * Throws `AppError`: 400 `body_empty`, `body_not_json`, `body_not_utf8`, `batch_empty`, `batch_not_list`;
 * 413 `batch_too_large`; 415 `content_type_unsupported`.
 */
export function parseEvents(
  request: { readonly headers: IncomingHttpHeaders; readonly mediaType: string; readonly body: Uint8Array },
  limits: Pick<CollectorLimits, 'batchEventsMax'>,
): Candidate[] {
  const { headers, mediaType, body } = request;
  if (ndjsonTypes.has(mediaType)) return parseNdjson(decodeUtf8(body), limits.batchEventsMax);
  if (mediaType === 'application/cloudevents-batch+json') {
    const list = parseJsonBody(body);
    if (!Array.isArray(list))
      throw new AppError('batch_not_list', 'A batch is a JSON list.', { status: 400 });
    return toCandidates(list, limits.batchEventsMax);
  }
  if (mediaType !== 'application/cloudevents+json' && isBinaryMode(headers)) {
    return parseBinaryEvent(headers, mediaType, body);
  }
  const parsed = parseJsonBody(body);
  const isBatch = mediaType === 'application/json' && Array.isArray(parsed);
  return isBatch ? toCandidates(parsed, limits.batchEventsMax) : [{ index: 0, event: parsed }];
}

function toCandidates(list: readonly unknown[], eventsMax: number): Candidate[] {
  if (list.length === 0) throw batchEmpty();
  if (list.length > eventsMax) throw batchTooLarge(eventsMax);
  return list.map((event, index) => ({ index, event }));
}

/** One event a line. Blank lines are left out and not counted; a line that is not JSON is refused by itself. */
function parseNdjson(text: string, eventsMax: number): Candidate[] {
  const candidates: Candidate[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line === '') continue;
    if (candidates.length === eventsMax) throw batchTooLarge(eventsMax);
    candidates.push(parseLine(line, candidates.length));
  }
  if (candidates.length === 0) throw batchEmpty();
  return candidates;
}

function parseLine(line: string, index: number): Candidate {
  try {
    return { index, event: JSON.parse(line) as unknown };
  } catch {
    return { index, rejection: { code: 'line_not_json', pointer: '', reason: 'The line is not JSON.' } };
  }
}

function batchEmpty(): AppError {
  return new AppError('batch_empty', 'The request holds no event.', { status: 400 });
}

function batchTooLarge(limit: number): AppError {
  return new AppError('batch_too_large', `A request holds at most ${limit} events.`, { status: 413, limit });
}
