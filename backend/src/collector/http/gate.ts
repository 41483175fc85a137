import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../platform/errors.js';
import type { Authenticator, Principal, Scope } from '../../platform/tenancy.js';
import type { Admission } from '../admission.js';
import type { CollectorLimits } from '../limits.js';
import type { HeldRefusals } from './held-refusals.js';

/** What stands before every route: who is asking, and whether there is room. */
export interface Gate {
  /** Runs the work for a request with a good key, one for `ingest` unless said otherwise, while there is room. */
  pass<T>(
    headers: IncomingHttpHeaders,
    work: (principal: Principal) => Promise<T>,
    scope?: Scope,
  ): Promise<T>;
}

/**
 * Throws `AppError`: 401 and 403 of the authenticator, 429 `too_many_requests` with a time to wait, 503
 * `control_unavailable` when keys can't be looked up; who comes to send also 429 `rate_limited`, before a body is read.
 * No tenant has more than half of the room. A tenant that comes again sooner than told is refused later, and has no room meanwhile.
 */
export function createGate(options: {
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly limits: Pick<CollectorLimits, 'requestsInFlightMax'>;
  readonly admission: Pick<Admission, 'requireRoom'>;
  readonly refusals: HeldRefusals;
}): Gate {
  const { admission, authenticator, limits, refusals } = options;
  const bound: RequestBound = { inFlight: 0, inFlightMax: limits.requestsInFlightMax };
  const ofTenants = createTenantBounds(Math.ceil(limits.requestsInFlightMax / 2));
  return {
    async pass(headers, work, scope = 'ingest') {
      let tenantId: string | undefined;
      try {
        return await runWithin(bound, async () => {
          const principal = await authenticate(authenticator, headers.authorization, scope);
          tenantId = principal.tenant.id;
          return ofTenants.run(tenantId, async () => {
            if (scope === 'ingest') await admission.requireRoom(principal.tenant.id);
            return work(principal);
          });
        });
      } catch (error) {
        if (tenantId !== undefined) await refusals.hold(tenantId, error);
        throw error;
      }
    },
  };
}

/** Bounds what is under way of each tenant apart. */
function createTenantBounds(inFlightMax: number): {
  run<T>(tenantId: string, work: () => Promise<T>): Promise<T>;
} {
  const bounds = new Map<string, RequestBound>();
  return {
    async run(tenantId, work) {
      const bound = bounds.get(tenantId) ?? { inFlight: 0, inFlightMax };
      bounds.set(tenantId, bound);
      try {
        return await runWithin(bound, work);
      } finally {
        if (bound.inFlight === 0) bounds.delete(tenantId);
      }
    },
  };
}

/** How many requests are under way, and how many may be. */
export interface RequestBound {
  inFlight: number;
  readonly inFlightMax: number;
}

/** Runs the work unless too much is under way already: `AppError` 429 `too_many_requests` with a time to wait. */
export async function runWithin<T>(bound: RequestBound, work: () => Promise<T>): Promise<T> {
  const limit = bound.inFlightMax;
  if (bound.inFlight >= limit) {
    throw new AppError('too_many_requests', `${limit} requests are under way already.`, {
      status: 429,
      retryable: true,
      retryAfterSeconds: 1,
      limit,
    });
  }
  bound.inFlight += 1;
  try {
    return await work();
  } finally {
    bound.inFlight -= 1;
  }
}

async function authenticate(
  authenticator: Pick<Authenticator, 'authenticate'>,
  authorization: string | undefined,
  scope: Scope,
): Promise<Principal> {
  try {
    return await authenticator.authenticate(authorization, scope);
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
