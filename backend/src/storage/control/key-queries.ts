import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import {
  scopes as allScopes,
  type ControlStore,
  type KeyRecord,
  type KeyUse,
  type Principal,
  type Scope,
} from '../../platform/tenancy.js';
import {
  findSqlState,
  uniqueViolation,
  type SqlDatabase,
  type SqlExecutor,
} from '../postgres/sql-executor.js';
import { createKeySecret, findKeyPrefix, hashKey, isSameHash } from './key-secret.js';
import { createUnknownTenantError } from './tenant-rules.js';

type KeyQueries = Pick<
  ControlStore,
  'createKey' | 'rotateKey' | 'listKeys' | 'revokeKey' | 'noteKeyUses' | 'findPrincipal'
>;

type CreatedKey = KeyRecord & { readonly key: string };

const recordColumns =
  'key_id, keys.tenant_id, prefix, scopes, keys.created_at, revoked_at, life_ms, expires_at, last_used_at, replaces';
const keyRow = z.object({
  key_id: z.string(),
  tenant_id: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(allScopes)),
  created_at: z.date(),
  revoked_at: z.date().nullable(),
  life_ms: z.number().nullable(),
  expires_at: z.date().nullable(),
  last_used_at: z.date().nullable(),
  replaces: z.string().nullable(),
});
type KeyRow = z.infer<typeof keyRow>;
const principalRow = z.object({
  ...keyRow.shape,
  name: z.string(),
  time_zone: z.string(),
  key_hash: z.instanceof(Uint8Array),
});

/** Keys in PostgreSQL: found by their prefix, proven by the hash of the whole. */
export function createKeyQueries(database: SqlDatabase, now: () => Date): KeyQueries {
  return {
    async createKey(tenantId, scopes, { lifeMs } = {}) {
      const key = { tenantId, scopes: toScopes(scopes), lifeMs: lifeMs ?? null, createdAt: now() };
      return tryAgain(() => insertKey(database, { ...key, replaces: null }));
    },
    async rotateKey(id, { overlapMs }) {
      return tryAgain(() =>
        database.transaction((executor) => rotateKey(executor, { id, overlapMs, at: now() })),
      );
    },
    async listKeys(tenantId) {
      const rows = await database.query(
        `SELECT ${recordColumns} FROM control.keys
         WHERE $1::text IS NULL OR tenant_id = $1 ORDER BY tenant_id, created_at, key_id`,
        [tenantId ?? null],
      );
      return rows.map((row) => toKeyRecord(keyRow.parse(row)));
    },
    async revokeKey(id) {
      const [row] = await database.query(
        `UPDATE control.keys SET revoked_at = coalesce(revoked_at, $2) WHERE key_id = $1
         RETURNING ${recordColumns}`,
        [id, now()],
      );
      if (row === undefined) throw createUnknownKeyError(id);
      return toKeyRecord(keyRow.parse(row));
    },
    noteKeyUses: (uses) => writeKeyUses(database, uses),
    async findPrincipal(key) {
      const prefix = findKeyPrefix(key);
      if (prefix === undefined) return undefined;
      const [row] = await database.query(
        `SELECT ${recordColumns}, key_hash, name, time_zone
         FROM control.keys JOIN control.tenants ON tenants.tenant_id = keys.tenant_id WHERE prefix = $1`,
        [prefix],
      );
      return row === undefined ? undefined : provePrincipal(key, principalRow.parse(row), now());
    },
  };
}

/** Two keys with one prefix are so unlikely that a second try settles it. */
async function tryAgain<T>(work: () => Promise<T>, triesLeft = 3): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (findSqlState(error) !== uniqueViolation || triesLeft === 0) throw error;
    return tryAgain(work, triesLeft - 1);
  }
}

interface NewKey {
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  readonly lifeMs: number | null;
  readonly createdAt: Date;
  readonly replaces: string | null;
}

async function insertKey(executor: SqlExecutor, wanted: NewKey): Promise<CreatedKey> {
  const { key, prefix } = createKeySecret();
  const { tenantId, scopes, lifeMs, createdAt, replaces } = wanted;
  const expiresAt = lifeMs === null ? null : new Date(createdAt.getTime() + lifeMs);
  const [row] = await executor.query(
    `INSERT INTO control.keys (key_id, tenant_id, prefix, key_hash, scopes, created_at, life_ms, expires_at, replaces)
     SELECT $1, tenant_id, $3, $4, $5, $6, $7, $8, $9 FROM control.tenants WHERE tenant_id = $2
     RETURNING ${recordColumns}`,
    [`key_${randomUUID()}`, tenantId, prefix, hashKey(key), scopes, createdAt, lifeMs, expiresAt, replaces],
  );
  if (row === undefined) throw createUnknownTenantError(tenantId);
  return { ...toKeyRecord(keyRow.parse(row)), key };
}

async function rotateKey(
  executor: SqlExecutor,
  { id, overlapMs, at }: { readonly id: string; readonly overlapMs: number; readonly at: Date },
): Promise<CreatedKey> {
  const [row] = await executor.query(
    `SELECT ${recordColumns} FROM control.keys WHERE key_id = $1 FOR UPDATE`,
    [id],
  );
  if (row === undefined) throw createUnknownKeyError(id);
  const old = keyRow.parse(row);
  if (old.revoked_at !== null || isOver(old, at)) {
    throw new AppError('key_ended', 'This key is good no more. Create another one instead.', { status: 409 });
  }
  await executor.query('UPDATE control.keys SET expires_at = least(expires_at, $2) WHERE key_id = $1', [
    id,
    new Date(at.getTime() + overlapMs),
  ]);
  const { tenant_id: tenantId, scopes, life_ms: lifeMs } = old;
  return insertKey(executor, { tenantId, scopes, lifeMs, createdAt: at, replaces: id });
}

/** Rows are locked in the order of their ids, so that two processes which write at the same time can't block each other. */
async function writeKeyUses(database: SqlDatabase, uses: readonly KeyUse[]): Promise<void> {
  if (uses.length === 0) return;
  await database.query(
    `UPDATE control.keys SET last_used_at = greatest(keys.last_used_at, used.at)
     FROM unnest($1::text[], $2::timestamptz[]) AS used (key_id, at)
     JOIN (SELECT key_id FROM control.keys WHERE key_id = ANY ($1::text[]) ORDER BY key_id FOR UPDATE) AS locked
       ON locked.key_id = used.key_id
     WHERE keys.key_id = used.key_id`,
    [uses.map(({ keyId }) => keyId), uses.map(({ at }) => at)],
  );
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

/** What became of a key is told only to who has all of it. */
function provePrincipal(
  key: string,
  row: z.infer<typeof principalRow>,
  at: Date,
): Principal | 'revoked' | 'expired' | undefined {
  if (!isSameHash(hashKey(key), row.key_hash)) return undefined;
  if (row.revoked_at !== null) return 'revoked';
  if (isOver(row, at)) return 'expired';
  return {
    tenant: { id: row.tenant_id, name: row.name, timeZone: row.time_zone },
    keyId: row.key_id,
    scopes: row.scopes,
    ...(row.expires_at !== null && { expiresAtMs: row.expires_at.getTime() }),
  };
}

function isOver({ expires_at: expiresAt }: KeyRow, at: Date): boolean {
  return expiresAt !== null && expiresAt <= at;
}

function toKeyRecord(row: KeyRow): KeyRecord {
  return {
    id: row.key_id,
    tenant: row.tenant_id,
    scopes: row.scopes,
    prefix: row.prefix,
    createdAt: row.created_at.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    replaces: row.replaces,
  };
}

function createUnknownKeyError(id: string): AppError {
  return new AppError('key_unknown', `There is no key with the id ${JSON.stringify(id.slice(0, 64))}.`, {
    status: 404,
  });
}
