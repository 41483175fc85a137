import type { WebhookStore } from './webhooks.js';

/** A customer whose data is kept apart. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  /** IANA zone in which this tenant's days begin. */
  readonly timeZone: string;
}

export const scopes = ['ingest', 'read', 'report', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Who a credential speaks for. The tenant of every request comes from here and from nowhere else. */
export interface Principal {
  readonly tenant: Tenant;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** Epoch milliseconds from which the key is good no more. */
  readonly expiresAtMs?: number;
}

/** A key as it is listed: never the secret. Times are ISO-8601 UTC. */
export interface KeyRecord {
  readonly id: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly prefix: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  /** `null` for one that does not end by itself. */
  readonly expiresAt: string | null;
  /** To the minute or so. `null` before its first use. */
  readonly lastUsedAt: string | null;
  /** Id of the key from which this one took over. */
  readonly replaces: string | null;
}

/** That a key was good for a request at this moment. */
export interface KeyUse {
  readonly keyId: string;
  readonly at: Date;
}

/** A migration of a store. `appliedAt` is ISO-8601 UTC, `null` while it waits. */
export interface MigrationStatus {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string | null;
}

/**
 * Control data: tenants, keys, salts. Lives in PostgreSQL, or in PGlite when embedded.
 * Writes are durable when they resolve.
 */
export interface ControlStore {
  migrate(): Promise<void>;
  /** Every migration that is known or was applied, by number. Applies nothing. */
  listMigrations(): Promise<readonly MigrationStatus[]>;
  /** Creates a tenant with a fresh salt. Throws `AppError` `tenant_exists`, `tenant_name_invalid` or `time_zone_unknown`. */
  createTenant(name: string, options: { timeZone: string }): Promise<Tenant>;
  listTenants(): Promise<readonly Tenant[]>;
  findTenant(id: string): Promise<Tenant | undefined>;
  /** The secret with which this tenant's user ids are pseudonymised. Throws `tenant_unknown`. */
  getUserSalt(tenantId: string): Promise<string>;
  /** Throws `tenant_unknown`. The key is in this answer and never again. */
  createKey(
    tenantId: string,
    scopes: readonly Scope[],
    options?: { readonly lifeMs?: number | undefined },
  ): Promise<KeyRecord & { readonly key: string }>;
  /**
   * Creates a key that may do what the one of this id may, for as long as that one was made for. That one ends after the
   * overlap, or when it would have. Throws `key_unknown`, or `key_ended` for one that is good no more.
   */
  rotateKey(
    id: string,
    options: { readonly overlapMs: number },
  ): Promise<KeyRecord & { readonly key: string }>;
  listKeys(tenantId?: string): Promise<readonly KeyRecord[]>;
  /** Throws `key_unknown`. Revoking twice is no error. */
  revokeKey(id: string): Promise<KeyRecord>;
  /** Writes down when keys were last used. The later time counts, in whatever order they come. */
  noteKeyUses(uses: readonly KeyUse[]): Promise<void>;
  /** The principal of a live key, by the key's secret text; `undefined` for an unknown one. */
  findPrincipal(key: string): Promise<Principal | 'revoked' | 'expired' | undefined>;
  getSetting(name: string): Promise<string | undefined>;
  putSetting(name: string, value: string): Promise<void>;
  /** Those whose names begin so, by name. */
  listSettings(prefix: string): Promise<readonly { readonly name: string; readonly value: string }[]>;
  /** Answers whether it was there. */
  removeSetting(name: string): Promise<boolean>;
  readonly webhooks: WebhookStore;
  /**
   * Runs `work` while nobody else, in any process on this database, runs work under the same name. `work` must not use
   * this store.
   */
  withLock<T>(name: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Who is asking: reads `Authorization: Bearer KEY`. Answers are cached for at most `KEY_CACHE_SECONDS` (10 at most).
 * Throws `AppError`: 401 `key_missing`, `key_unknown`, `key_revoked`, `key_expired`; 403 `scope_missing`.
 */
export interface Authenticator {
  authenticate(authorization: string | undefined, scope: Scope): Promise<Principal>;
  /** Cached like keys. */
  getUserSalt(tenantId: string): Promise<string>;
}
