import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../platform/errors.js';
import type { Authenticator, Principal } from '../../platform/tenancy.js';
import type { CollectorLimits } from '../limits.js';

/** What stands before every route: who is asking, and whether there is room. */
export interface Gate {
  /** Runs the work for a request with a good ingest key, unless too many are under way already. */
  pass<T>(headers: IncomingHttpHeaders, work: (principal: Principal) => Promise<T>): Promise<T>;
}

/**
 * Throws `AppError`: 401 and 403 of the authenticator, 429 `too_many_requests` with a time to wait, 503
 * `control_unavailable` when keys can't be looked up.
 */
export function createGate(options: {
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly limits: Pick<CollectorLimits, 'requestsInFlightMax'>;
}): Gate {
  let inFlight = 0;
  return {
    async pass(headers, work) {
      const limit = options.limits.requestsInFlightMax;
      if (inFlight >= limit) {
        const reason = `${limit} requests are under way already.`;
        throw new AppError('too_many_requests', reason, {
          status: 429,
          retryable: true,
          retryAfterSeconds: 1,
          limit,
        });
      }
      inFlight += 1;
      try {
        return await work(await authenticate(options.authenticator, headers.authorization));
      } finally {
        inFlight -= 1;
      }
    },
  };
}

async function authenticate(
  authenticator: Pick<Authenticator, 'authenticate'>,
  authorization: string | undefined,
): Promise<Principal> {
  try {
    return await authenticator.authenticate(authorization, 'ingest');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('control_unavailable', 'Keys can not be looked up now. Send the same request again.', {
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
      cause,
    });
  }
}
