import { z } from 'zod';
import { mayBeName } from '../../platform/subjects.js';
import { listPersonTables } from './person-texts.js';
import type { SqlExecutor } from './sql-executor.js';

const namesAtOnce = 50_000;
const countRow = z.object({ names: z.coerce.number() });
const nameRow = z.object({ name: z.string() });

/** Pseudonyms anywhere in the texts of a tenant, texts that are whole values, and texts in quotes. Each once a column. */
export async function* listNames(
  executor: SqlExecutor,
  schema: string,
  tenantId: string,
): AsyncGenerator<string> {
  for (const { name: table, texts } of await listPersonTables(executor, schema)) {
    for (const text of texts) {
      const names = `(SELECT DISTINCT name FROM (
        SELECT ${text} AS name FROM ${schema}.${table} WHERE tenant_id = $1
        UNION ALL
        SELECT coalesce(found[1], found[2]) FROM ${schema}.${table},
          regexp_matches(${text}, '(u_[0-9a-f]{16})|"([^"]{5,254})"', 'g') AS found WHERE tenant_id = $1
      ) AS all_names WHERE name IS NOT NULL) AS names`;
      const [row] = await executor.query(`SELECT count(*)::text AS names FROM ${names}`, [tenantId]);
      const slices = Math.ceil(countRow.parse(row).names / namesAtOnce);
      for (let slice = 0; slice < slices; slice += 1) {
        const rows = await executor.query(
          `SELECT name FROM ${names} WHERE abs(hashtext(name)::bigint) % $2::bigint = $3::bigint`,
          [tenantId, slices, slice],
        );
        yield* rows.map((found) => nameRow.parse(found).name).filter(mayBeName);
      }
    }
  }
}
