import { z } from 'zod';
import { createPageCursor } from '../../../platform/page-cursor.js';
import type { RecordPage } from '../../../platform/subjects.js';
import type { ClickHouse } from '../client.js';
import type { SubjectSql } from './subject-sql.js';
import { listSubjectTables, type SubjectTable } from './subject-tables.js';

const pageRows = 1_000;
const recordRow = z.record(z.string(), z.unknown());
/** Server, row, table. */
const placeSchema = z.tuple([z.int().min(0), z.int().min(0), z.string()]);
const placeCursor = createPageCursor(placeSchema);

export interface RecordsQuery {
  readonly sql: SubjectSql;
  readonly tenantId: string;
  readonly cursor: string | undefined;
}

/** Rows that have anything of the person, server by server, which have no row in common, and table by table. */
export async function readRecords(
  servers: readonly ClickHouse[],
  { cursor, sql, tenantId }: RecordsQuery,
): Promise<RecordPage> {
  const [position, offset, name] = cursor === undefined ? [0, 0, ''] : placeCursor.read(cursor);
  const server = servers[position];
  if (server === undefined) return { records: [], next: undefined };
  const tables = await listSubjectTables(server);
  const place = name === '' ? 0 : tables.findIndex((table) => table.title === name);
  const table = tables[place];
  if (table === undefined) return { records: [], next: undefined };
  const rows = await server.query({
    name: 'subject-records',
    tenantId,
    sql: `SELECT ${shownColumns(table)} FROM (
        SELECT * FROM ${table.name} WHERE ${sql.holds(table)}
        ORDER BY ${orderColumns(table)} LIMIT {limit:UInt32} OFFSET {offset:UInt64}
      )`,
    params: { limit: pageRows, offset },
    row: recordRow,
  });
  const records = rows.map((record) => ({ table: table.title, record }));
  const write = (...at: z.infer<typeof placeSchema>): RecordPage => ({
    records,
    next: placeCursor.write(at),
  });
  const following = tables[place + 1];
  if (rows.length === pageRows) return write(position, offset + pageRows, table.title);
  if (following !== undefined) return write(position, 0, following.title);
  return position + 1 < servers.length ? write(position + 1, 0, '') : { records, next: undefined };
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
