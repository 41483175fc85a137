import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import type { ClickHouse } from './client.js';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly statements: readonly string[];
}

export interface MigrationState {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string | null;
}

/** Serialises migrations of several processes: `run` resolves when nobody else migrates. */
export type MigrationLock = <T>(work: () => Promise<T>) => Promise<T>;

const migrationsFolder = join(__dirname, 'migrations');

/** The numbered SQL files, in order. A statement ends with a semicolon at the end of its line. */
export function readMigrations(folder = migrationsFolder): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name));
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return {
      number: Number(name.slice(0, 4)),
      name,
      checksum: createHash('sha256').update(text).digest('hex'),
      statements: splitStatements(text),
    };
  });
}

export function splitStatements(sql: string): readonly string[] {
  return sql
    .split(/;\s*$/m)
    .map((statement) => statement.replace(/^--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}

const appliedRow = z.object({
  number: z.number(),
  name: z.string(),
  checksum: z.string(),
  applied_at: z.string(),
});

async function listApplied(clickHouse: ClickHouse): Promise<readonly z.infer<typeof appliedRow>[]> {
  await clickHouse.command(
    `CREATE TABLE IF NOT EXISTS schema_migrations_v1
     (number UInt32, name String, checksum String, applied_at DateTime('UTC') DEFAULT now())
     ENGINE = MergeTree ORDER BY number`,
  );
  return clickHouse.query({
    name: 'schema-migrations',
    sql: `SELECT number, name, checksum, formatDateTime(applied_at, '%Y-%m-%dT%H:%i:%S.000Z') AS applied_at
      FROM schema_migrations_v1 ORDER BY number`,
    row: appliedRow,
  });
}

/** Every migration with the time at which it was applied, `null` for one that is still to run. */
export async function listMigrations(
  clickHouse: ClickHouse,
  migrations = readMigrations(),
): Promise<readonly MigrationState[]> {
  const applied = new Map((await listApplied(clickHouse)).map((row) => [row.number, row]));
  return migrations.map(({ number, name, checksum }) => ({
    number,
    name,
    checksum,
    appliedAt: applied.get(number)?.applied_at ?? null,
  }));
}

/**
 * Applies what is missing, in order, under the lock. Throws `migration_changed` when a file that was applied has
 * another text now. Statements are written so that a migration cut off in the middle can be run again.
 */
export async function migrate(
  clickHouse: ClickHouse,
  lock: MigrationLock,
  migrations = readMigrations(),
): Promise<readonly string[]> {
  return lock(async () => {
    const applied = new Map((await listApplied(clickHouse)).map((row) => [row.number, row]));
    const names: string[] = [];
    for (const migration of migrations) {
      const before = applied.get(migration.number);
      if (before === undefined) {
        await applyMigration(clickHouse, migration);
        names.push(migration.name);
      } else if (before.checksum !== migration.checksum) {
        throw new AppError('migration_changed', `${migration.name} was edited after it had been applied.`, {
          status: 500,
        });
      }
    }
    return names;
  });
}

async function applyMigration(clickHouse: ClickHouse, migration: Migration): Promise<void> {
  for (const statement of migration.statements) await clickHouse.command(statement);
  const { number, name, checksum } = migration;
  await clickHouse.insert({
    table: 'schema_migrations_v1',
    ndjson: Buffer.from(JSON.stringify({ number, name, checksum })),
    token: `migration-${number}`,
  });
}
