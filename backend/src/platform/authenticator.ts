import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { AppError } from './errors.js';
import type { Authenticator, ControlStore, Principal, Scope } from './tenancy.js';

export interface AuthenticatorOptions {
  readonly store: Pick<ControlStore, 'findPrincipal' | 'getUserSalt'>;
  /** How long an answer about a good key is trusted; 0 asks every time. A key that is refused is asked for sooner. */
  readonly keyCacheSeconds: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Epoch milliseconds, by which keys expire. */
  readonly wallNow: () => number;
  /** Told of each good use of a key, in the request's path. */
  readonly noteUse?: (keyId: string) => void;
}

type Refusal = 'revoked' | 'expired' | 'unknown';
type Verdict = Principal | Refusal;

/** A fresh key must not stay unknown for long because somebody tried it a moment too early. */
const refusalCacheMsMax = 2_000;
const principalsMax = 10_000;
/** Apart from the good keys, so that a flood of bad ones pushes none of those out. */
const refusalsMax = 10_000;
const saltsMax = 10_000;

/** Tells who a request speaks for. Looks up each key once however many requests come with it at the same time. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { store, now } = options;
  const keyCacheMs = options.keyCacheSeconds * 1_000;
  const refusalCacheMs = Math.min(refusalCacheMsMax, keyCacheMs);
  const principals = createTimedCache<Principal>({ max: principalsMax, ttlMs: keyCacheMs, now });
  const refusals = createTimedCache<Refusal>({ max: refusalsMax, ttlMs: refusalCacheMs, now });
  const salts = createTimedCache<string>({ max: saltsMax, ttlMs: keyCacheMs, now });
  const lookUp = shareConcurrent(async (key: string): Promise<Verdict> => {
    // An answer is as old as its question: the time the store takes counts.
    const askedAt = now();
    const found = (await store.findPrincipal(key)) ?? 'unknown';
    const digest = digestOf(key);
    if (typeof found === 'string') refusals.set(digest, found, askedAt);
    else principals.set(digest, found, askedAt);
    return found;
  });
  const lookUpSalt = shareConcurrent(async (tenantId: string): Promise<string> => {
    const askedAt = now();
    const salt = await store.getUserSalt(tenantId);
    salts.set(tenantId, salt, askedAt);
    return salt;
  });

  return {
    async authenticate(authorization, scope) {
      const key = readBearer(authorization);
      const digest = digestOf(key);
      const verdict = principals.get(digest) ?? refusals.get(digest) ?? (await lookUp(key));
      const principal = requireScope(requireGood(verdict, options.wallNow()), scope);
      options.noteUse?.(principal.keyId);
      return principal;
    },
    async getUserSalt(tenantId) {
      return salts.get(tenantId) ?? (await lookUpSalt(tenantId));
    },
  };
}

function readBearer(authorization: string | undefined): string {
  const key = /^Bearer +([\x21-\x7e]{1,256})$/i.exec(authorization?.trim() ?? '')?.[1];
  if (key !== undefined) return key;
  throw new AppError('key_missing', 'Send the key in the header "Authorization: Bearer KEY".', {
    status: 401,
  });
}

const refusalReasons: Readonly<Record<Refusal, string>> = {
  unknown: 'This key is not known.',
  revoked: 'This key was revoked.',
  expired: 'This key has expired.',
};

/** One that was read while it was good may have expired since: that needs no look-up. */
function requireGood(verdict: Verdict, wallNowMs: number): Principal {
  const isOver = typeof verdict === 'object' && (verdict.expiresAtMs ?? Infinity) <= wallNowMs;
  const refusal = isOver ? 'expired' : verdict;
  if (typeof refusal === 'object') return refusal;
  throw new AppError(`key_${refusal}`, refusalReasons[refusal], { status: 401 });
}

function requireScope(principal: Principal, scope: Scope): Principal {
  if (principal.scopes.includes(scope)) return principal;
  throw new AppError(
    'scope_missing',
    `This needs a key with the scope ${scope}. This one has ${principal.scopes.join(', ')}.`,
    { status: 403 },
  );
}

/** The cache holds no secrets, only their digests. */
function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}

interface TimedCache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T, readAt: number): void;
}

function createTimedCache<T extends string | object>(options: {
  max: number;
  ttlMs: number;
  now: () => number;
}): TimedCache<T> {
  const entries = new LRUCache<string, { readonly value: T; readonly expiresAt: number }>({
    max: options.max,
  });
  return {
    get(key) {
      const entry = entries.get(key);
      return entry !== undefined && options.now() < entry.expiresAt ? entry.value : undefined;
    },
    set(key, value, readAt) {
      entries.set(key, { value, expiresAt: readAt + options.ttlMs });
    },
  };
}

/** Callers who ask the same while it is being answered get the one answer. */
function shareConcurrent<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return async (key) => {
    const shared = underWay.get(key) ?? ask(key).finally(() => underWay.delete(key));
    underWay.set(key, shared);
    return shared;
  };
}
