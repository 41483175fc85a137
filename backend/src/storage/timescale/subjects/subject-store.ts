import { z } from 'zod';
import { createPageCursor } from '../../../platform/page-cursor.js';
import type { RecordPage, Subject, SubjectStore, Traces } from '../../../platform/subjects.js';
import { listNames } from '../../postgres/list-names.js';
import { compactTables, listPersonTables, type PersonTable } from '../../postgres/person-texts.js';
import type { SqlDatabase, SqlExecutor } from '../../postgres/sql-executor.js';
import { eraseRows, namedIn, valuesOf } from './erase-rows.js';

const schema = 'analytics';
const pageRows = 1_000;
const countRow = z.object({ rows: z.int() });
const recordRow = z.object({ record: z.record(z.string(), z.unknown()) });
const placeCursor = createPageCursor(z.tuple([z.string(), z.int().min(0)]));

/** People in landing, in rollups and beside them. */
export function createTimescaleSubjects(database: SqlDatabase): SubjectStore {
  return {
    findTraces: (subject) =>
      database.transaction(async (executor) => {
        await executor.query(`SELECT set_config('statement_timeout', '0', true)`);
        return countTraces(executor, subject, await listPersonTables(executor, schema));
      }),
    async erase(subject) {
      const tables = await listPersonTables(database, schema);
      return database.transaction(async (executor) => {
        await executor.query(`SELECT set_config('statement_timeout', '0', true)`);
        const found = await countTraces(executor, subject, tables);
        for (const table of tables) if (table.name in found) await eraseRows(executor, subject, table);
        return found;
      });
    },
    readRecords: (subject, cursor) => readRecords(database, subject, cursor),
    listNames: (tenantId) => listNames(database, schema, tenantId),
    compact: () => compactTables(database, [schema, '_timescaledb_internal']),
  };
}

async function countTraces(
  executor: SqlExecutor,
  subject: Subject,
  tables: readonly PersonTable[],
): Promise<Traces> {
  const traces: Record<string, number> = {};
  for (const { name, texts } of tables) {
    const [row] = await executor.query(
      `SELECT count(*)::integer AS rows FROM ${schema}.${name} WHERE ${namedIn(texts)}`,
      valuesOf(subject),
    );
    const { rows } = countRow.parse(row);
    if (rows > 0) traces[name] = rows;
  }
  return traces;
}

async function readRecords(
  database: SqlDatabase,
  subject: Subject,
  cursor: string | undefined,
): Promise<RecordPage> {
  const tables = await listPersonTables(database, schema);
  const [name, offset] = cursor === undefined ? [tables[0]?.name ?? '', 0] : placeCursor.read(cursor);
  const place = tables.findIndex((table) => table.name === name);
  const table = tables[place];
  if (table === undefined) return { records: [], next: undefined };
  const rows = await database.query(
    `SELECT to_jsonb(kept) AS record FROM ${schema}.${table.name} AS kept WHERE ${namedIn(table.texts)}
     ORDER BY to_jsonb(kept)::text LIMIT $4 OFFSET $5`,
    [...valuesOf(subject), pageRows, offset],
  );
  const following = tables[place + 1];
  const next: [string, number] | undefined =
    rows.length === pageRows ? [table.name, offset + pageRows] : following && [following.name, 0];
  return {
    records: rows.map((row) => ({ table: table.name, record: recordRow.parse(row).record })),
    next: next && placeCursor.write(next),
  };
}
