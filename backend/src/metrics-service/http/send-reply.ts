import type { Request, Response } from 'express';
import type { Reply } from '../../metric-queries/cached-questions.js';

/**
 * Sends an answer that may have been kept, with its `Age` and the `max-age` after which the service asks the store
 * again. Private: it is one tenant's.
 */
export function sendReply(response: Response, { body, ageMs, lifetimeMs }: Reply): void {
  response
    .set('cache-control', `private, max-age=${Math.floor(lifetimeMs / 1_000)}`)
    .set('age', String(Math.floor(ageMs / 1_000)))
    .type('json')
    .send(body);
}

/** `Cache-Control: no-cache` (or `max-age=0`, which browsers send on reload) asks for what the store says now. */
export function wantsFresh(request: Request): boolean {
  return /(?:^|[\s,])(?:no-cache|no-store|max-age=0)(?:$|[\s,])/i.test(
    request.headers['cache-control'] ?? '',
  );
}
