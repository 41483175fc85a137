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
}

/** A key as it is listed: never the secret. Times are ISO-8601 UTC. */
export interface KeyRecord {
  readonly id: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly prefix: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
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
  createKey(tenantId: string, scopes: readonly Scope[]): Promise<KeyRecord & { readonly key: string }>;
  listKeys(tenantId?: string): Promise<readonly KeyRecord[]>;
  /** Throws `key_unknown`. Revoking twice is no error. */
  revokeKey(id: string): Promise<KeyRecord>;
  /** The principal of a live key, by the key's secret text; `undefined` for unknown, `'revoked'` for revoked. */
  findPrincipal(key: string): Promise<Principal | 'revoked' | undefined>;
  getSetting(name: string): Promise<string | undefined>;
  putSetting(name: string, value: string): Promise<void>;
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
 * Throws `AppError`: 401 `key_missing`, `key_unknown`, `key_revoked`; 403 `scope_missing`.
 */
export interface Authenticator {
  authenticate(authorization: string | undefined, scope: Scope): Promise<Principal>;
  /** Cached like keys. */
  getUserSalt(tenantId: string): Promise<string>;
}
