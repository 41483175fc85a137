import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import type { EventPlace } from '../../storage/clickhouse/queries/event-search.js';

/**
 * Up to where a search has come. With an event's id it goes on behind that event; without one everything on the near
 * side of the instant was looked at, and nothing of it.
 */
export interface SearchPlace extends Omit<EventPlace, 'eventId'> {
  readonly eventId: string | undefined;
}

// An event's id is a hash in the form of a UUID, without the bits that would name its kind.
const cursorSchema = z.tuple([z.string(), z.int(), z.string().regex(/^(?:[0-9a-f-]{36})?$/)]);

/** A name of the question: a cursor fits the one that it came from, of the same tenant. */
export function fingerprintOf(tenantId: string, question: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([tenantId, question]))
    .digest('base64url')
    .slice(0, 22);
}

export function formatCursor(fingerprint: string, { atMs, eventId }: SearchPlace): string {
  return Buffer.from(JSON.stringify([fingerprint, atMs, eventId ?? ''])).toString('base64url');
}

/** Throws 400 `cursor_invalid`: it says where to go on and nothing about who may read, so it is not signed. */
export function parseCursor(fingerprint: string, cursor: string): SearchPlace {
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success) throw invalid('The cursor is not one that an answer has given.');
  const [of, atMs, eventId] = parsed.data;
  if (of !== fingerprint)
    throw invalid('The cursor comes from another question. Ask without one to begin anew.');
  return { atMs, eventId: eventId === '' ? undefined : eventId };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(reason: string): AppError {
  return new AppError('cursor_invalid', reason, { status: 400, pointer: '/cursor' });
}
