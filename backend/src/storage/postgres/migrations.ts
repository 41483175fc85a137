import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import type { MigrationStatus } from '../../platform/tenancy.js';
import type { SqlDatabase, SqlExecutor } from './sql-executor.js';

/** A numbered file of SQL. The checksum does not mind how lines end. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const appliedRow = z.object({
  number: z.int(),
  name: z.string(),
  checksum: z.string(),
  applied_at: z.date(),
});
type AppliedRow = z.infer<typeof appliedRow>;

/** Where a set of migrations keeps its ledger, and what it is guarded by. */
export interface MigrationLedger {
  /** The schema of the ledger `schema_migrations`; made when missing. */
  readonly schema: string;
  /** Any number that nothing else in the database uses as an advisory lock. */
  readonly lock: number;
}

/** Reads `0001_name.sql` and so on. Throws when a number is missing, doubled, or a file is named otherwise. */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  const migrations = await Promise.all(files.map(async (file) => readMigration(folder, file)));
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1)
      throw new Error(`${folder}: ${migration.name} is not number ${index + 1}`);
  });
  return migrations;
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1];
  if (number === undefined) throw new Error(`${folder}: ${file} is not named like 0001_what_it_does.sql`);
  const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(sql).digest('hex');
  return { number: Number(number), name: file.slice(0, -'.sql'.length), sql, checksum };
}

/**
 * Applies what is missing, all or nothing, under a lock that makes a second runner wait.
 * Throws `AppError` `migration_changed` when a file differs from what was applied. Migrations that the database has
 * and this version doesn't know are left alone: an older replica may start beside a newer one.
 */
export async function runMigrations(
  database: SqlDatabase,
  ledger: MigrationLedger,
  migrations: readonly Migration[],
  now: () => Date,
): Promise<void> {
  await database.transaction(async (executor) => {
    // Waiting for another runner is no statement that takes too long, nor is the making of an extension.
    await executor.query(`SELECT set_config('statement_timeout', '0', true)`);
    await executor.query('SELECT pg_advisory_xact_lock($1)', [ledger.lock]);
    await executor.runScript(createLedger(ledger));
    const applied = new Map((await readApplied(executor, ledger)).map((row) => [row.number, row]));
    for (const migration of migrations) {
      const row = applied.get(migration.number);
      if (row === undefined) await applyMigration(executor, ledger, migration, now());
      else requireUnchanged(migration, row);
    }
  });
}

const createLedger = ({ schema }: MigrationLedger): string => `
CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE TABLE IF NOT EXISTS ${schema}.schema_migrations (
  number     integer     PRIMARY KEY,
  name       text        NOT NULL,
  checksum   text        NOT NULL,
  applied_at timestamptz NOT NULL
);`;

async function readApplied(
  executor: SqlExecutor,
  { schema }: MigrationLedger,
): Promise<readonly AppliedRow[]> {
  const rows = await executor.query(
    `SELECT number, name, checksum, applied_at FROM ${schema}.schema_migrations ORDER BY number`,
  );
  return rows.map((row) => appliedRow.parse(row));
}

async function applyMigration(
  executor: SqlExecutor,
  { schema }: MigrationLedger,
  migration: Migration,
  appliedAt: Date,
): Promise<void> {
  await executor.runScript(migration.sql);
  await executor.query(
    `INSERT INTO ${schema}.schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)`,
    [migration.number, migration.name, migration.checksum, appliedAt],
  );
}

function requireUnchanged(migration: Migration, row: AppliedRow): void {
  if (row.checksum === migration.checksum) return;
  throw new AppError(
    'migration_changed',
    `Migration ${migration.name} was changed after it had been applied.`,
    {
      status: 500,
    },
  );
}

/** Every migration that is known or was applied, by number. */
export async function listMigrations(
  database: SqlExecutor,
  ledger: MigrationLedger,
  migrations: readonly Migration[],
): Promise<readonly MigrationStatus[]> {
  const [found] = await database.query(
    `SELECT to_regclass('${ledger.schema}.schema_migrations') IS NOT NULL AS exists`,
  );
  const hasLedger = z.object({ exists: z.boolean() }).parse(found).exists;
  const applied = hasLedger ? await readApplied(database, ledger) : [];
  const statuses = new Map<number, MigrationStatus>();
  for (const { number, name, checksum } of migrations)
    statuses.set(number, { number, name, checksum, appliedAt: null });
  for (const { number, name, checksum, applied_at: appliedAt } of applied) {
    statuses.set(number, { number, name, checksum, appliedAt: appliedAt.toISOString() });
  }
  return [...statuses.values()].sort((left, right) => left.number - right.number);
}
