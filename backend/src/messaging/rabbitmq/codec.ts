import { promisify } from 'node:util';
import { gunzip, gzipSync } from 'node:zlib';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventEnvelopeSchema, type EventEnvelope } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';

export const contentType = 'application/x-ndjson';
export const contentEncoding = 'gzip';

/** Far above any message of ours, and low enough that a few of them fit into memory. */
export const inflatedBytesMax = 64 * 1_048_576;

/** Events parsed before others get a turn: an insert message of 12,000 would hold everything up for a tenth of a second. */
const eventsPerTurn = 1_000;

const inflate = promisify(gunzip);

export const encodeEvent = (event: EventEnvelope): string => JSON.stringify(event);

export interface EncodedBody {
  readonly body: Buffer;
  /** What it inflates to. */
  readonly bytes: number;
}

/** One gzip member that ends with a line end, so that members one after the other are one text. */
export function encodeLines(lines: readonly string[]): EncodedBody {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  return { body: gzipSync(text, { level: 1 }), bytes: text.length };
}

export const encodeEvents = (events: readonly EventEnvelope[]): EncodedBody =>
  encodeLines(events.map(encodeEvent));

/** True for what may be joined with others unseen: one bad body would spoil them all. */
export const isGzip = (body: Buffer): boolean => body.length > 18 && body.readUInt16BE(0) === 0x1f8b;

function unreadable(reason: string, cause?: unknown): AppError {
  return new AppError('message_unreadable', reason, { status: 400, cause });
}

/**
 * The events of a body of one or several gzip members. Rejects with `message_unreadable`, which is not retryable, when
 * the body is not ours, is too large, or does not hold the number of events that its sender counted.
 */
export async function decodeEvents(body: Buffer, counted: number | undefined): Promise<EventEnvelope[]> {
  const text = await inflateText(body);
  const events: EventEnvelope[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    events.push(parseLine(line, events.length));
    if (events.length % eventsPerTurn === 0) await nextTurn();
  }
  if (events.length === 0) throw unreadable('The message holds no event.');
  // Bytes behind the last gzip member are left out by the inflater without a word.
  if (counted !== undefined && counted !== events.length) {
    throw unreadable(`The message holds ${events.length} events and says ${counted}.`);
  }
  return events;
}

async function inflateText(body: Buffer): Promise<string> {
  try {
    return (await inflate(body, { maxOutputLength: inflatedBytesMax })).toString('utf8');
  } catch (error) {
    throw unreadable(`The body is not gzip, or inflates to more than ${inflatedBytesMax} bytes.`, error);
  }
}

function parseLine(line: string, index: number): EventEnvelope {
  try {
    return eventEnvelopeSchema.parse(JSON.parse(line));
  } catch (error) {
    throw unreadable(`Line ${index + 1} of the message is not an event.`, error);
  }
}
