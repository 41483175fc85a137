import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { SubjectSql } from './subject-sql.js';
import type { SubjectTable } from './subject-tables.js';

const nameRow = z.object({ name: z.string() });
const countRow = z.object({ rows: z.number() });
const partitionRow = z.object({ partition: z.string() });

/**
 * Replaces the rows that name the person by rows that don't, where a mutation can't: texts of a sorting key. Parts are moved
 * and not inserted, so that no view behind the table counts them again. `mark` is the same for the same person: what a
 * crash has left half done is brought to its end by the next call.
 */
export async function rewriteRows(
  clickHouse: ClickHouse,
  table: SubjectTable,
  { mark, sql }: { readonly mark: string; readonly sql: SubjectSql },
): Promise<void> {
  const { name } = table;
  // Not whole before it has this name: whatever has it may take the place of the rows.
  const whole = `rewritten_${mark}_${name}`;
  const draft = `draft_${mark}_${name}`;
  const rows = sql.holds(table);
  if (!(await isThere(clickHouse, whole))) {
    await clickHouse.command(`DROP TABLE IF EXISTS ${draft} SYNC`);
    if ((await countRows(clickHouse, `${name} WHERE ${rows}`)) === 0) return;
    await clickHouse.command(`CREATE TABLE ${draft} AS ${name}`);
    const replaced = [...table.keyTexts, ...table.texts].map(
      (text) => `${sql.without(text)} AS ${text.name}`,
    );
    if (table.userKey === 'told') replaced.push(`if(${sql.isUserKeys}, sipHash64(''), user_key) AS user_key`);
    await clickHouse.command(
      `INSERT INTO ${draft} SELECT * REPLACE (${replaced.join(', ')}) FROM (SELECT * FROM ${name} WHERE ${rows}) SETTINGS prefer_column_name_to_alias = 1`,
    );
    // Rows that become equal are added up: there may be fewer. None would be lost ones.
    if ((await countRows(clickHouse, draft)) === 0) throw new Error(`rows of ${name} could not be rewritten`);
    await clickHouse.command(`RENAME TABLE ${draft} TO ${whole}`);
  }
  await clickHouse.command(`ALTER TABLE ${name} DELETE WHERE ${rows} SETTINGS mutations_sync = 2`);
  const partitions = await clickHouse.query({
    name: 'rewritten-partitions',
    sql: `SELECT DISTINCT partition_id AS partition FROM system.parts
      WHERE database = currentDatabase() AND table = {whole:String} AND active`,
    params: { whole },
    row: partitionRow,
  });
  for (const { partition } of partitions)
    await clickHouse.command(`ALTER TABLE ${whole} MOVE PARTITION ID '${partition}' TO TABLE ${name}`);
  await clickHouse.command(`DROP TABLE ${whole} SYNC`);
}

async function isThere(clickHouse: ClickHouse, table: string): Promise<boolean> {
  const found = await clickHouse.query({
    name: 'rewritten-table',
    sql: 'SELECT name FROM system.tables WHERE database = currentDatabase() AND name = {table:String}',
    params: { table },
    row: nameRow,
  });
  return found.length > 0;
}

async function countRows(clickHouse: ClickHouse, from: string): Promise<number> {
  const [row] = await clickHouse.query({
    name: 'rows-to-rewrite',
    sql: `SELECT count() AS rows FROM ${from}`,
    row: countRow,
    timeoutMs: 600_000,
  });
  return row?.rows ?? 0;
}
