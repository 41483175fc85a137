import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import {
  scopes as allScopes,
  type ControlStore,
  type KeyRecord,
  type Principal,
  type Scope,
  type Tenant,
} from '../../platform/tenancy.js';
import {
  listMigrations,
  runMigrations,
  type Migration,
  type MigrationLedger,
} from '../postgres/migrations.js';
import { findSqlState, uniqueViolation, type SqlDatabase } from '../postgres/sql-executor.js';
import { createKeySecret, findKeyPrefix, hashKey, isSameHash } from './key-secret.js';
import { createSecretBox } from './secret-box.js';
import { toTenantId, toTimeZone } from './tenant-rules.js';
import { createWebhookStore } from './webhook-store.js';

export interface ControlStoreOptions {
  readonly database: SqlDatabase;
  readonly migrations: readonly Migration[];
  readonly now: () => Date;
  /** Encrypts what must be read again; without it such secrets are stored as they are. */
  readonly secretsKey?: string | undefined;
}

const ledger: MigrationLedger = { schema: 'control', lock: 7_305_318 };

const tenantRow = z.object({ tenant_id: z.string(), name: z.string(), time_zone: z.string() });
const saltRow = z.object({ user_salt: z.instanceof(Uint8Array) });
const settingRow = z.object({ value: z.string() });
const keyRow = z.object({
  key_id: z.string(),
  tenant_id: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(allScopes)),
  created_at: z.date(),
  revoked_at: z.date().nullable(),
});
const principalRow = z.object({ ...keyRow.shape, ...tenantRow.shape, key_hash: z.instanceof(Uint8Array) });

/** Control data in PostgreSQL. `migrate` comes before everything else. */
export function createControlStore(options: ControlStoreOptions): ControlStore {
  const { database, migrations, now } = options;
  return {
    async migrate() {
      await runMigrations(database, ledger, migrations, now);
    },
    async listMigrations() {
      return listMigrations(database, ledger, migrations);
    },
    ...createTenantQueries(database, now),
    ...createKeyQueries(database, now),
    ...createSettingQueries(database, now),
    webhooks: createWebhookStore({ database, now, secrets: createSecretBox(options.secretsKey) }),
    async withLock(name, work) {
      return database.transaction(async (executor) => {
        // Waiting for another process is no statement that takes too long.
        await executor.query(`SELECT set_config('statement_timeout', '0', true)`);
        await executor.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
        return work();
      });
    },
    async close() {
      await database.close();
    },
  };
}

type TenantQueries = Pick<ControlStore, 'createTenant' | 'listTenants' | 'findTenant' | 'getUserSalt'>;

function createTenantQueries(database: SqlDatabase, now: () => Date): TenantQueries {
  return {
    async createTenant(name, { timeZone }) {
      const tenant: Tenant = { id: toTenantId(name), name: name.trim(), timeZone: toTimeZone(timeZone) };
      const inserted = await database.query(
        `INSERT INTO control.tenants (tenant_id, name, time_zone, user_salt, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id) DO NOTHING RETURNING tenant_id`,
        [tenant.id, tenant.name, tenant.timeZone, randomBytes(32), now()],
      );
      if (inserted.length > 0) return tenant;
      throw new AppError('tenant_exists', `There is a tenant ${tenant.id} already.`, {
        status: 409,
        pointer: '/name',
      });
    },
    async listTenants() {
      const rows = await database.query(
        'SELECT tenant_id, name, time_zone FROM control.tenants ORDER BY tenant_id',
      );
      return rows.map((row) => toTenant(tenantRow.parse(row)));
    },
    async findTenant(id) {
      const [row] = await database.query(
        'SELECT tenant_id, name, time_zone FROM control.tenants WHERE tenant_id = $1',
        [id],
      );
      return row === undefined ? undefined : toTenant(tenantRow.parse(row));
    },
    async getUserSalt(tenantId) {
      const [row] = await database.query('SELECT user_salt FROM control.tenants WHERE tenant_id = $1', [
        tenantId,
      ]);
      if (row === undefined) throw createUnknownTenantError(tenantId);
      return Buffer.from(saltRow.parse(row).user_salt).toString('hex');
    },
  };
}

type KeyQueries = Pick<ControlStore, 'createKey' | 'listKeys' | 'revokeKey' | 'findPrincipal'>;

function createKeyQueries(database: SqlDatabase, now: () => Date): KeyQueries {
  return {
    async createKey(tenantId, scopes) {
      return insertKey(database, tenantId, toScopes(scopes), now());
    },
    async listKeys(tenantId) {
      const rows = await database.query(
        `SELECT key_id, tenant_id, prefix, scopes, created_at, revoked_at FROM control.keys
         WHERE $1::text IS NULL OR tenant_id = $1 ORDER BY tenant_id, created_at, key_id`,
        [tenantId ?? null],
      );
      return rows.map((row) => toKeyRecord(keyRow.parse(row)));
    },
    async revokeKey(id) {
      const [row] = await database.query(
        `UPDATE control.keys SET revoked_at = coalesce(revoked_at, $2) WHERE key_id = $1
         RETURNING key_id, tenant_id, prefix, scopes, created_at, revoked_at`,
        [id, now()],
      );
      if (row !== undefined) return toKeyRecord(keyRow.parse(row));
      throw new AppError('key_unknown', `There is no key with the id ${JSON.stringify(id.slice(0, 64))}.`, {
        status: 404,
      });
    },
    async findPrincipal(key) {
      const prefix = findKeyPrefix(key);
      if (prefix === undefined) return undefined;
      const [row] = await database.query(
        `SELECT key_id, keys.tenant_id, prefix, scopes, keys.created_at, revoked_at, key_hash, name, time_zone
         FROM control.keys JOIN control.tenants ON tenants.tenant_id = keys.tenant_id WHERE prefix = $1`,
        [prefix],
      );
      return row === undefined ? undefined : provePrincipal(key, principalRow.parse(row));
    },
  };
}

type SettingQueries = Pick<ControlStore, 'getSetting' | 'putSetting'>;

function createSettingQueries(database: SqlDatabase, now: () => Date): SettingQueries {
  return {
    async getSetting(name) {
      const [row] = await database.query('SELECT value FROM control.settings WHERE name = $1', [name]);
      return row === undefined ? undefined : settingRow.parse(row).value;
    },
    async putSetting(name, value) {
      await database.query(
        `INSERT INTO control.settings (name, value, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
        [name, value, now()],
      );
    },
  };
}

/** Two keys with one prefix are so unlikely that a second try settles it. */
async function insertKey(
  database: SqlDatabase,
  tenantId: string,
  scopes: readonly Scope[],
  createdAt: Date,
  triesLeft = 3,
): Promise<KeyRecord & { readonly key: string }> {
  const { key, prefix } = createKeySecret();
  const id = `key_${randomUUID()}`;
  try {
    const inserted = await database.query(
      `INSERT INTO control.keys (key_id, tenant_id, prefix, key_hash, scopes, created_at)
       SELECT $1, tenant_id, $3, $4, $5, $6 FROM control.tenants WHERE tenant_id = $2 RETURNING key_id`,
      [id, tenantId, prefix, hashKey(key), scopes, createdAt],
    );
    if (inserted.length === 0) throw createUnknownTenantError(tenantId);
  } catch (error) {
    if (findSqlState(error) !== uniqueViolation || triesLeft === 0) throw error;
    return insertKey(database, tenantId, scopes, createdAt, triesLeft - 1);
  }
  return { id, tenant: tenantId, scopes, prefix, createdAt: createdAt.toISOString(), revokedAt: null, key };
}

/** In the order of the list, each once. */
function toScopes(given: readonly Scope[]): readonly Scope[] {
  const wanted = allScopes.filter((scope) => given.includes(scope));
  if (wanted.length > 0) return wanted;
  throw new AppError('scope_missing', `A key needs at least one scope of ${allScopes.join(', ')}.`, {
    status: 400,
    pointer: '/scopes',
  });
}

function provePrincipal(key: string, row: z.infer<typeof principalRow>): Principal | 'revoked' | undefined {
  if (!isSameHash(hashKey(key), row.key_hash)) return undefined;
  if (row.revoked_at !== null) return 'revoked';
  return { tenant: toTenant(row), keyId: row.key_id, scopes: row.scopes };
}

function toTenant(row: z.infer<typeof tenantRow>): Tenant {
  return { id: row.tenant_id, name: row.name, timeZone: row.time_zone };
}

function toKeyRecord(row: z.infer<typeof keyRow>): KeyRecord {
  return {
    id: row.key_id,
    tenant: row.tenant_id,
    scopes: row.scopes,
    prefix: row.prefix,
    createdAt: row.created_at.toISOString(),
    revokedAt: row.revoked_at === null ? null : row.revoked_at.toISOString(),
  };
}

function createUnknownTenantError(id: string): AppError {
  return new AppError('tenant_unknown', `There is no tenant ${JSON.stringify(id.slice(0, 64))}.`, {
    status: 404,
  });
}
