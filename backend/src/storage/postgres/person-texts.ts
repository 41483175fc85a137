import { z } from 'zod';
import type { SqlExecutor } from './sql-executor.js';

/** A table of a schema that keeps rows of tenants, with its texts. Names are the engine's own. */
export interface PersonTable {
  readonly name: string;
  readonly texts: readonly string[];
}

const textRow = z.object({ table_name: z.string(), column_name: z.string() });

/** Every such table, whatever a migration adds. */
export async function listPersonTables(
  executor: SqlExecutor,
  schema: string,
): Promise<readonly PersonTable[]> {
  const rows = await executor.query(
    `SELECT columns.table_name, columns.column_name FROM information_schema.columns
     JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = $1 AND table_type = 'BASE TABLE' AND data_type = 'text' AND column_name <> 'tenant_id'
       AND table_name IN (
         SELECT table_name FROM information_schema.columns WHERE table_schema = $1 AND column_name = 'tenant_id'
       )
     ORDER BY table_name, ordinal_position`,
    [schema],
  );
  const found = rows.map((row) => textRow.parse(row));
  return [...new Set(found.map((row) => row.table_name))].map((name) => ({
    name,
    texts: found.filter((row) => row.table_name === name).map((row) => row.column_name),
  }));
}

const nameRow = z.object({ name: z.string() });
const superuserRow = z.object({ is_superuser: z.string() });

/**
 * Writes every table anew, so that nothing is left of rows that are gone: a row that is changed stays in its page until
 * then. Locks one table after the other. Where it may, the log of changes is given up, too.
 */
export async function compactTables(executor: SqlExecutor, schemas: readonly string[]): Promise<void> {
  const rows = await executor.query(
    `SELECT format('%I.%I', nspname, relname) AS name
     FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind = 'r' AND nspname = ANY ($1::text[]) ORDER BY name`,
    [schemas],
  );
  for (const { name } of rows.map((row) => nameRow.parse(row)))
    await executor.query(`VACUUM (FULL, ANALYZE) ${name}`);
  const [found] = await executor.query(`SELECT current_setting('is_superuser') AS is_superuser`);
  if (superuserRow.parse(found).is_superuser !== 'on') return;
  // The planner knows the commonest values of each column.
  await executor.query('VACUUM (FULL) pg_catalog.pg_statistic');
  await executor.query('SET wal_recycle = off');
  await executor.query('SELECT pg_switch_wal()');
  await executor.query('CHECKPOINT');
  await executor.query('RESET wal_recycle');
}
