import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import type { SubjectSql } from './subject-sql.js';
import type { SubjectTable } from './subject-tables.js';

const nameRow = z.object({ name: z.string() });
const engineRow = z.object({ engine_full: z.string() });
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
  const whole = wholeName(mark, name);
  const draft = `draft_${mark}_${name}`;
  const rows = sql.holds(table);
  if (!(await isThere(clickHouse, whole))) {
    await clickHouse.command(`DROP TABLE IF EXISTS ${draft} SYNC`);
    if ((await countRows(clickHouse, `${name} WHERE ${rows}`)) === 0) return;
    await clickHouse.command(`CREATE TABLE ${draft} AS ${name}${await engineOf(clickHouse, name, draft)}`);
    const replaced = [...table.keyTexts, ...table.texts].map(
      (text) => `${sql.without(text)} AS ${text.name}`,
    );
    if (table.userKey === 'told') replaced.push(`if(${sql.isUserKeys}, sipHash64(''), user_key) AS user_key`);
    await clickHouse.command(
      // It has no replicas, and one block of it may be like another.
      `INSERT INTO ${draft} SETTINGS insert_quorum = 0, insert_deduplicate = 0, prefer_column_name_to_alias = 1
       SELECT * REPLACE (${replaced.join(', ')}) FROM (SELECT * FROM ${name} WHERE ${rows}) SETTINGS prefer_column_name_to_alias = 1`,
    );
    // Rows that become equal are added up: there may be fewer. None would be lost ones.
    if ((await countRows(clickHouse, draft)) === 0) throw new Error(`rows of ${name} could not be rewritten`);
    await clickHouse.command(`RENAME TABLE ${draft} TO ${whole}`);
  }
  await clickHouse.command(`ALTER TABLE ${name} DELETE WHERE ${rows} SETTINGS ${mutationSettings}`);
  const partitions = await clickHouse.query({
    name: 'rewritten-partitions',
    sql: `SELECT DISTINCT partition_id AS partition FROM system.parts
      WHERE database = currentDatabase() AND table = {whole:String} AND active`,
    params: { whole },
    row: partitionRow,
  });
  for (const { partition } of partitions)
    await clickHouse.command(
      `ALTER TABLE ${whole} MOVE PARTITION ID '${partition}' TO TABLE ${name} SETTINGS alter_sync = 2`,
    );
  await clickHouse.command(`DROP TABLE ${whole} SYNC`);
}

/**
 * Waits for all replicas. A server refuses to ask in a mutation of replicated rows, as its replicas might not be told the same:
 * here all of them have the same person in hand. What they have in hand must not be written into the mutation.
 */
export const mutationSettings =
  'mutations_sync = 2, allow_nondeterministic_mutations = 1, mutations_execute_subqueries_on_initiator = 0';

/** Tables whose rewritten rows were not brought in: somebody was stopped. */
export async function listUnfinished(clickHouse: ClickHouse, mark: string): Promise<ReadonlySet<string>> {
  const prefix = wholeName(mark, '');
  const found = await clickHouse.query({
    name: 'rewritten-tables',
    sql: 'SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, {prefix:String})',
    params: { prefix },
    row: nameRow,
  });
  return new Set(found.map(({ name }) => name.slice(prefix.length)));
}

function wholeName(mark: string, table: string): string {
  return `rewritten_${mark}_${table}`;
}

/** Rows move between tables of one kind only, and each replicated one has a path of its own. */
async function engineOf(clickHouse: ClickHouse, name: string, draft: string): Promise<string> {
  const [table] = await clickHouse.query({
    name: 'rewritten-engine',
    sql: 'SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = {name:String}',
    params: { name },
    row: engineRow,
  });
  const engine = table?.engine_full ?? '';
  if (!engine.startsWith('Replicated')) return '';
  const own = engine.replace(`/${name}'`, `/${draft}'`);
  if (own === engine) throw new Error(`the path of ${name} does not end in its name`);
  return ` ENGINE = ${own}`;
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
