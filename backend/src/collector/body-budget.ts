import { AppError } from '../platform/errors.js';

/** What one request, or one message, holds of the budget. */
export interface BodyShare {
  /** Called before so many more bytes are kept. Throws `AppError` 429 `overloaded` when all bodies together would be too large. */
  take(bytes: number): void;
  /** Called when bytes are dropped before the end. */
  giveBack(bytes: number): void;
}

/** Bounds the bytes of all bodies under way, as they came and inflated, whoever brings them: half of them of one tenant. */
export interface BodyBudget {
  /** Of all bodies under way. */
  readonly bytes: number;
  /** Runs the work with a share, of which nothing is left when it ends, however it ends. */
  hold<T>(tenantId: string, work: (share: BodyShare) => Promise<T>): Promise<T>;
}

const retryAfterSeconds = 1;

export function createBodyBudget({ bodiesBytesMax }: { readonly bodiesBytesMax: number }): BodyBudget {
  let bytes = 0;
  const bytesOf = new Map<string, number>();

  function count(tenantId: string, more: number): void {
    bytes += more;
    const ofTenant = (bytesOf.get(tenantId) ?? 0) + more;
    if (ofTenant === 0) bytesOf.delete(tenantId);
    else bytesOf.set(tenantId, ofTenant);
  }

  return {
    get bytes() {
      return bytes;
    },
    async hold(tenantId, work) {
      let held = 0;
      const share: BodyShare = {
        take(more) {
          // A body that alone is over the bound still goes through when nothing else is under way: it has bounds of its own.
          if (bytes > held && bytes + more > bodiesBytesMax) throw overloaded(bodiesBytesMax);
          const ofTenant = bytesOf.get(tenantId) ?? 0;
          if (ofTenant > held && ofTenant + more > bodiesBytesMax / 2) throw overloaded(bodiesBytesMax);
          held += more;
          count(tenantId, more);
        },
        giveBack(less) {
          held -= less;
          count(tenantId, -less);
        },
      };
      try {
        return await work(share);
      } finally {
        count(tenantId, -held);
        held = 0;
      }
    },
  };
}

function overloaded(limit: number): AppError {
  return new AppError('overloaded', 'Too many bytes of requests are under way.', {
    status: 429,
    retryable: true,
    retryAfterSeconds,
    limit,
  });
}
