import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import type { ControlStore, Tenant } from '../../platform/tenancy.js';
import {
  listMigrations,
  runMigrations,
  type Migration,
  type MigrationLedger,
} from '../postgres/migrations.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';
import { ensureTenantRole } from '../postgres/tenant-role.js';
import { createKeyQueries } from './key-queries.js';
import { createSecretBox } from './secret-box.js';
import { tenantTables } from './tenant-tables.js';
import { createUnknownTenantError, toTenantId, toTimeZone } from './tenant-rules.js';
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
const namedSettingRow = z.object({ name: z.string(), value: z.string() });

/** Control data in PostgreSQL. `migrate` comes before everything else. */
export function createControlStore(options: ControlStoreOptions): ControlStore {
  const { database, migrations, now } = options;
  return {
    async migrate() {
      await runMigrations(database, ledger, migrations, now);
      await ensureTenantRole(database, ledger.lock, tenantTables);
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

type SettingQueries = Pick<ControlStore, 'getSetting' | 'putSetting' | 'listSettings' | 'removeSetting'>;

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
    async listSettings(prefix) {
      const rows = await database.query(
        `SELECT name, value FROM control.settings WHERE starts_with(name, $1) ORDER BY name COLLATE "C"`,
        [prefix],
      );
      return rows.map((row) => namedSettingRow.parse(row));
    },
    async removeSetting(name) {
      const removed = await database.query('DELETE FROM control.settings WHERE name = $1 RETURNING name', [
        name,
      ]);
      return removed.length > 0;
    },
  };
}

function toTenant(row: z.infer<typeof tenantRow>): Tenant {
  return { id: row.tenant_id, name: row.name, timeZone: row.time_zone };
}
