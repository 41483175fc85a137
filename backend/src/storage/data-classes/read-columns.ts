import { z } from 'zod';
import type { ClickHouse } from '../clickhouse/client.js';
import type { SqlExecutor } from '../postgres/sql-executor.js';
import type { StoreName } from './data-class.js';

export interface StoredColumn {
  readonly store: StoreName;
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

const columnRow = z.object({ table: z.string(), name: z.string(), type: z.string() });

/** Every column of every table that keeps rows, as migrations have made them. */
export async function readColumns(databases: {
  readonly clickhouse: Pick<ClickHouse, 'query'>;
  readonly timescale: SqlExecutor;
  readonly control: SqlExecutor;
}): Promise<readonly StoredColumn[]> {
  const ofClickHouse = await databases.clickhouse.query({
    name: 'stored-columns',
    sql: `SELECT table, name, type FROM system.columns WHERE database = currentDatabase() AND table IN (
        SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
      ) ORDER BY table, position`,
    row: columnRow,
  });
  return [
    ...ofClickHouse.map((column) => ({ store: 'clickhouse' as const, ...column })),
    ...(await readPostgres(databases.timescale, 'timescale', 'analytics')),
    ...(await readPostgres(databases.control, 'control', 'control')),
  ];
}

async function readPostgres(
  executor: SqlExecutor,
  store: StoreName,
  schema: string,
): Promise<readonly StoredColumn[]> {
  const rows = await executor.query(
    `SELECT columns.table_name AS table, column_name AS name, data_type AS type FROM information_schema.columns
     JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = $1 AND table_type = 'BASE TABLE' ORDER BY columns.table_name, ordinal_position`,
    [schema],
  );
  return rows.map((row) => ({ store, ...columnRow.parse(row) }));
}
