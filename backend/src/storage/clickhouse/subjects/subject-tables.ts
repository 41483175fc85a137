import { z } from 'zod';
import type { ClickHouse } from '../client.js';
import { titleOf } from '../cluster-statements.js';

/** What a table has in which a person may be named. Names are the engine's own, from its catalogue. */
export interface SubjectTable {
  readonly name: string;
  /** What it is called in answers: where it is part of a cluster, the name without that. */
  readonly title: string;
  /** Texts that a mutation may change. */
  readonly texts: readonly TextOfTable[];
  /** Texts of the sorting key: a row with another one is another row. */
  readonly keyTexts: readonly TextOfTable[];
  /** It has the hash of a user: as part of its key, or told beside it. */
  readonly userKey: 'key' | 'told' | undefined;
  /** What can be read and put in order: everything but states of aggregates. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface TextOfTable {
  readonly name: string;
  readonly type: 'text' | 'dimension' | 'map';
}

const columnRow = z.object({
  table: z.string(),
  name: z.string(),
  type: z.string(),
  isKey: z.number().transform(Boolean),
});

const typeOf = new Map<string, TextOfTable['type']>([
  ['String', 'text'],
  ['LowCardinality(String)', 'dimension'],
  ['Map(LowCardinality(String), String)', 'map'],
]);

/** Every table that keeps rows of tenants, whatever a migration adds to them. */
export async function listSubjectTables(clickHouse: ClickHouse): Promise<readonly SubjectTable[]> {
  const columns = await clickHouse.query({
    name: 'subject-columns',
    sql: `SELECT table, name, type, toUInt8(is_in_sorting_key OR is_in_partition_key) AS isKey FROM system.columns
      WHERE database = currentDatabase() AND table IN (
        SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'tenant_id'
      ) AND table IN (
        SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
      ) ORDER BY table, position`,
    row: columnRow,
  });
  return [...new Set(columns.map(({ table }) => table))].map((name) => {
    const own = columns.filter(({ table }) => table === name);
    const texts = own.flatMap(({ isKey, name: column, type }) => {
      const known = typeOf.get(type);
      return known === undefined || column === 'tenant_id' ? [] : [{ name: column, type: known, isKey }];
    });
    return {
      name,
      title: titleOf(name),
      texts: texts.filter(({ isKey }) => !isKey),
      keyTexts: texts.filter(({ isKey }) => isKey),
      userKey: userKeyOf(own),
      columns: own.filter(({ type }) => !type.startsWith('AggregateFunction')),
    };
  });
}

function userKeyOf(columns: readonly z.infer<typeof columnRow>[]): SubjectTable['userKey'] {
  const column = columns.find(({ name }) => name === 'user_key');
  if (column === undefined) return undefined;
  return column.isKey ? 'key' : 'told';
}
