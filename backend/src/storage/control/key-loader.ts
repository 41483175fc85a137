import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import { scopes as allScopes, type Scope } from '../../platform/tenancy.js';
import type { SqlDatabase, SqlExecutor } from '../postgres/sql-executor.js';
import { findKeyPrefix, hashKey, isSameHash } from './key-secret.js';
import { createUnknownTenantError } from './tenant-rules.js';

export interface LoadedKey {
  readonly id: string;
  /** `loaded` now, `kept` when it was there, `changed` when it had other scopes. */
  readonly outcome: 'loaded' | 'kept' | 'changed';
  /** The key that was loaded for the same purpose before, and ends now. */
  readonly replaced: string | undefined;
}

export interface KeyToLoad {
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  /** The whole secret, as its owner holds it. */
  readonly key: string;
  /** How long the key that was loaded for the same scopes before stays good. */
  readonly overlapMs: number;
}

/**
 * Takes a key that somebody else has made, such as the one that a secret store hands to Grafana as well. Repeat it as often
 * as you like. Throws `AppError` `key_invalid`, `key_taken`, `key_ended` or `tenant_unknown`.
 */
export type LoadKey = (wanted: KeyToLoad) => Promise<LoadedKey>;

const keyRow = z.object({
  key_id: z.string(),
  tenant_id: z.string(),
  key_hash: z.instanceof(Uint8Array),
  scopes: z.array(z.enum(allScopes)),
  revoked_at: z.date().nullable(),
  expires_at: z.date().nullable(),
});
type KeyRow = z.infer<typeof keyRow>;
const settingRow = z.object({ value: z.string() });

export function createKeyLoader(database: SqlDatabase, now: () => Date): LoadKey {
  return async (wanted) => {
    const prefix = findKeyPrefix(wanted.key);
    if (prefix === undefined) {
      const reason = 'This is no key: it has the form cdk_ and 8 characters, _ and 32 to 64 characters.';
      throw new AppError('key_invalid', reason, { status: 400 });
    }
    return database.transaction(async (executor) => {
      // Two that load at once would both see no key.
      await executor.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', ['load-key']);
      const at = now();
      const [found] = await executor.query(
        `SELECT key_id, tenant_id, key_hash, scopes, revoked_at, expires_at FROM control.keys WHERE prefix = $1`,
        [prefix],
      );
      const known = found === undefined ? undefined : requireSame(keyRow.parse(found), wanted, at);
      const id = known?.key_id ?? (await insertKey(executor, wanted, { prefix, at }));
      const replaced = await takeOver(executor, wanted, { id, at });
      if (known === undefined) return { id, outcome: 'loaded', replaced };
      if (isSameList(known.scopes, wanted.scopes)) return { id, outcome: 'kept', replaced };
      await executor.query('UPDATE control.keys SET scopes = $2 WHERE key_id = $1', [id, wanted.scopes]);
      return { id, outcome: 'changed', replaced };
    });
  };
}

function requireSame(row: KeyRow, { key, tenantId }: KeyToLoad, at: Date): KeyRow {
  if (row.tenant_id !== tenantId || !isSameHash(row.key_hash, hashKey(key))) {
    const reason = 'There is another key with the same first 8 characters, or this one is of another tenant.';
    throw new AppError('key_taken', `${reason} Make a new one.`, { status: 409 });
  }
  if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= at)) {
    throw new AppError('key_ended', 'This key is good no more. Make a new one.', { status: 409 });
  }
  return row;
}

async function insertKey(
  executor: SqlExecutor,
  { key, scopes, tenantId }: KeyToLoad,
  { prefix, at }: { readonly prefix: string; readonly at: Date },
): Promise<string> {
  const id = `key_${randomUUID()}`;
  const inserted = await executor.query(
    `INSERT INTO control.keys (key_id, tenant_id, prefix, key_hash, scopes, created_at)
     SELECT $1, tenant_id, $3, $4, $5, $6 FROM control.tenants WHERE tenant_id = $2 RETURNING key_id`,
    [id, tenantId, prefix, hashKey(key), scopes, at],
  );
  if (inserted.length === 0) throw createUnknownTenantError(tenantId);
  return id;
}

/** Remembers which key was loaded for this purpose. The one before ends after the overlap, or when it would have. */
async function takeOver(
  executor: SqlExecutor,
  { overlapMs, scopes, tenantId }: KeyToLoad,
  { id, at }: { readonly id: string; readonly at: Date },
): Promise<string | undefined> {
  const name = `loaded_key.${tenantId}.${scopes.join('+')}`;
  const [row] = await executor.query('SELECT value FROM control.settings WHERE name = $1', [name]);
  const before = row === undefined ? undefined : settingRow.parse(row).value;
  if (before === id) return undefined;
  await executor.query(
    `INSERT INTO control.settings (name, value, updated_at) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
    [name, id, at],
  );
  if (before === undefined) return undefined;
  await executor.query('UPDATE control.keys SET replaces = $2 WHERE key_id = $1', [id, before]);
  await executor.query('UPDATE control.keys SET expires_at = least(expires_at, $2) WHERE key_id = $1', [
    before,
    new Date(at.getTime() + overlapMs),
  ]);
  return before;
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.join() === right.join();
}
