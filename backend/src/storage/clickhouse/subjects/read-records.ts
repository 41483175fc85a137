import { z } from 'zod';
import { createPageCursor } from '../../../platform/page-cursor.js';
import type { RecordPage } from '../../../platform/subjects.js';
import type { ClickHouse } from '../client.js';
import type { SubjectSql } from './subject-sql.js';
import type { SubjectTable } from './subject-tables.js';

const pageRows = 1_000;
const recordRow = z.record(z.string(), z.unknown());
const placeCursor = createPageCursor(z.tuple([z.string(), z.int().min(0)]));

export interface RecordsQuery {
  readonly tables: readonly SubjectTable[];
  readonly sql: SubjectSql;
  readonly tenantId: string;
  readonly cursor: string | undefined;
}

/** Rows that have anything of the person, table by table. */
export async function readRecords(
  clickHouse: ClickHouse,
  { cursor, sql, tables, tenantId }: RecordsQuery,
): Promise<RecordPage> {
  const [name, offset] = cursor === undefined ? [tables[0]?.name ?? '', 0] : placeCursor.read(cursor);
  const place = tables.findIndex((table) => table.name === name);
  const table = tables[place];
  if (table === undefined) return { records: [], next: undefined };
  const rows = await clickHouse.query({
    name: 'subject-records',
    tenantId,
    sql: `SELECT ${shownColumns(table)} FROM (
        SELECT * FROM ${table.name} WHERE ${sql.holds(table)}
        ORDER BY ${orderColumns(table)} LIMIT {limit:UInt32} OFFSET {offset:UInt64}
      )`,
    params: { limit: pageRows, offset },
    row: recordRow,
  });
  const following = tables[place + 1];
  const next: [string, number] | undefined =
    rows.length === pageRows ? [table.name, offset + pageRows] : following && [following.name, 0];
  return {
    records: rows.map((record) => ({ table: table.name, record })),
    next: next && placeCursor.write(next),
  };
}

/** Whole numbers beyond what JSON can tell become text. */
function shownColumns({ columns }: SubjectTable): string {
  return columns
    .map(({ name, type }) => (/Int(?:64|128)/.test(type) ? `toString(${name}) AS ${name}` : name))
    .join(', ');
}

function orderColumns({ columns }: SubjectTable): string {
  const ordered = columns.filter(({ type }) => !type.startsWith('Map'));
  return ordered.map(({ name }) => name).join(', ');
}
