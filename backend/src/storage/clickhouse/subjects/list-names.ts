import { z } from 'zod';
import { mayBeName } from '../../../platform/subjects.js';
import type { ClickHouse } from '../client.js';
import { listSubjectTables, type TextOfTable } from './subject-tables.js';

const namesAtOnce = 100_000;
const timeoutMs = 600_000;
const countRow = z.object({ names: z.number() });
const nameRow = z.object({ name: z.string() });

/** Pseudonyms anywhere in the texts of a tenant, and texts that are whole values. Each once a column. */
export async function* listNames(clickHouse: ClickHouse, tenantId: string): AsyncGenerator<string> {
  for (const table of await listSubjectTables(clickHouse)) {
    for (const text of [...table.keyTexts, ...table.texts]) {
      const names = `(SELECT DISTINCT arrayJoin(${namesIn(text)}) AS name FROM ${table.name} WHERE tenant_id = {tenantId:String})`;
      const [row] = await clickHouse.query({
        name: 'subject-names-count',
        tenantId,
        sql: `SELECT count() AS names FROM ${names}`,
        params: { tenantId },
        row: countRow,
        timeoutMs,
      });
      const slices = Math.ceil((row?.names ?? 0) / namesAtOnce);
      for (let slice = 0; slice < slices; slice += 1) {
        const rows = await clickHouse.query({
          name: 'subject-names',
          tenantId,
          sql: `SELECT name FROM ${names} WHERE cityHash64(name) % {slices:UInt32} = {slice:UInt32}`,
          params: { tenantId, slice, slices },
          row: nameRow,
          timeoutMs,
        });
        yield* rows.map(({ name }) => name).filter(mayBeName);
      }
    }
  }
}

function namesIn({ name, type }: TextOfTable): string {
  const within = (text: string): string => `extractAll(toString(${text}), 'u_[0-9a-f]{16}')`;
  if (type === 'dimension') return within(name);
  if (type === 'text') return `arrayPushBack(${within(name)}, ${name})`;
  return `arrayFlatten(arrayMap(text -> arrayPushBack(${within('text')}, text), arrayConcat(arrayMap(key -> toString(key), mapKeys(${name})), mapValues(${name}))))`;
}
