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
  /** An insert beside it would fill some tables and not others. */
  readonly needsRest: boolean;
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
/** Where a migration needs rest for another reason than a view that it drops, it says so. */
const restMark = /^-- processors: at rest\b/m;

/** The numbered SQL files, in order. A statement ends with a semicolon at the end of its line. */
export function readMigrations(folder = migrationsFolder): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name));
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const statements = splitStatements(text);
    return {
      number: Number(name.slice(0, 4)),
      name,
      checksum: createHash('sha256').update(text).digest('hex'),
      statements,
      needsRest: statements.some((statement) => /^DROP\s+VIEW\b/i.test(statement)) || restMark.test(text),
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

export interface MigrateOptions {
  readonly migrations?: readonly Migration[];
  /** Asked before anything is applied, with the names of those that need rest. Rejects where inserts may come. */
  readonly requireRest?: (names: readonly string[]) => Promise<void>;
}

/**
 * Applies what is missing, in order, under the lock. Throws `migration_changed` when a file that was applied has
 * another text now. Statements are written so that a migration cut off in the middle can be run again.
 */
export async function migrate(
  clickHouse: ClickHouse,
  lock: MigrationLock,
  { migrations = readMigrations(), requireRest }: MigrateOptions = {},
): Promise<readonly string[]> {
  return lock(async () => {
    const applied = new Map((await listApplied(clickHouse)).map((row) => [row.number, row]));
    const restless = migrations.filter(({ needsRest, number }) => needsRest && !applied.has(number));
    // Into no tables nobody inserts.
    if (applied.size > 0 && restless.length > 0) await requireRest?.(restless.map(({ name }) => name));
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
