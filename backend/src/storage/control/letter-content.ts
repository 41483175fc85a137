import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { eventEnvelopeSchema, type EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import type { DeadLetter } from '../../platform/dead-letters.js';
import { createPageCursor, epochMsSchema } from '../../platform/page-cursor.js';

const reasonCharsMax = 2_000;
const nameCharsMax = 512;
const attemptsMax = 2_147_483_647;

/** Envelopes as NDJSON under gzip; no bytes for no events. */
export async function encodeEvents(events: readonly EventEnvelope[]): Promise<Buffer> {
  if (events.length === 0) return Buffer.alloc(0);
  return promisify(gzip)(events.map((event) => JSON.stringify(event)).join('\n'));
}

export async function decodeEvents(bytes: Uint8Array): Promise<EventEnvelope[]> {
  if (bytes.length === 0) return [];
  const text = (await promisify(gunzip)(bytes)).toString('utf8');
  return text.split('\n').map((line) => eventEnvelopeSchema.parse(JSON.parse(line)));
}

/** The events of both, each identity once; `undefined` when there is nothing new among the added. */
export function mergeEvents(
  kept: readonly EventEnvelope[],
  added: readonly EventEnvelope[],
): EventEnvelope[] | undefined {
  const known = new Set(kept.map((event) => event.eventId));
  const fresh = added.filter((event) => !known.has(event.eventId));
  return fresh.length === 0 ? undefined : [...kept, ...fresh];
}

/** How many events of each tenant a letter holds. A tenant of whom there are only bytes has none, and is named. */
export function countByTenant(
  events: readonly EventEnvelope[],
  rawTenantId: string | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  if (rawTenantId !== undefined) counts.set(rawTenantId, 0);
  for (const { tenantId } of events) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1);
  return counts;
}

/**
 * The texts and numbers of a letter as the database takes them, whatever a stranger put into a header: a letter that
 * could not be kept would block its queue.
 */
export function fitLetter(letter: DeadLetter): DeadLetter {
  const { raw } = letter;
  return {
    ...letter,
    messageId: fitText(letter.messageId, nameCharsMax),
    code: fitText(letter.code, nameCharsMax),
    reason: fitText(letter.reason, reasonCharsMax),
    attempts: Math.max(0, Math.min(Math.trunc(letter.attempts) || 0, attemptsMax)),
    ...(raw !== undefined && { raw: { ...raw, contentType: fitText(raw.contentType, nameCharsMax) } }),
  };
}

/** PostgreSQL has no character NUL. */
function fitText(text: string, charsMax: number): string {
  return text.replaceAll('\u0000', '').slice(0, charsMax);
}

/** Where a page ends: behind this letter. */
export interface LetterPosition {
  readonly firstAt: Date;
  readonly id: string;
}

const positionCursor = createPageCursor(z.tuple([epochMsSchema, z.uuid()]));

export function writeCursor({ firstAt, id }: LetterPosition): string {
  return positionCursor.write([firstAt.getTime(), id]);
}

/** Throws `AppError` 400 `cursor_invalid`. */
export function readCursor(cursor: string): LetterPosition {
  const [firstAtMs, id] = positionCursor.read(cursor);
  return { firstAt: new Date(firstAtMs), id };
}
