import { randomBytes } from 'node:crypto';
import { erasedText, findableId, type Subject } from '../../../platform/subjects.js';
import type { PersonTable } from '../../postgres/person-texts.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { allowDeletesOfCompressed } from '../rollup/compression.js';

/** Texts into which a producer may put what it likes; the values of the others are words, which an id may be like. */
const freeTexts: ReadonlySet<string> = new Set(['session_id', 'seat', 'user_id']);

/** Of a statement's parameters: the tenant, the pseudonym, the id or ''. */
export function valuesOf(subject: Subject): readonly string[] {
  return [subject.tenantId, subject.pseudonym, findableId(subject) ?? ''];
}

/** Rows that name the person. Each parameter is used, so that one list fits every table. */
export function namedIn(texts: readonly string[]): string {
  const named = texts.map((text) =>
    freeTexts.has(text)
      ? `position($2::text in ${text}) > 0 OR ($3::text <> '' AND ${text} = $3::text)`
      : `position($2::text in ${text}) > 0`,
  );
  return `tenant_id = $1::text AND $3::text IS NOT NULL AND (${named.join(' OR ') || 'false'})`;
}

function without(text: string): string {
  const replaced = `replace(${text}, $2::text, '${erasedText}')`;
  return freeTexts.has(text)
    ? `CASE WHEN ${text} = $3::text THEN '${erasedText}' ELSE ${replaced} END`
    : replaced;
}

/** An event of the person stays as time, type, dimensions and measures, which rollups have summed. */
const stripped: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  events_landing_v1: {
    user_id: `CASE WHEN user_id = $2::text THEN '' ELSE user_id END`,
    session_id: `CASE WHEN user_id = $2::text THEN '' ELSE ${without('session_id')} END`,
  },
  seat_changes_v1: {
    user_id: `CASE WHEN user_id = $2::text THEN '' ELSE user_id END`,
    // A seat stays one seat, whoever has it.
    seat: `CASE WHEN position($2::text in seat) > 0 OR ($3::text <> '' AND seat = $3::text) THEN $4::text ELSE seat END`,
  },
};

/** Rows about one user: they tell nothing without the person. */
const tablesOfUsers: ReadonlySet<string> = new Set(['user_days_v1', 'user_firsts_v1']);
/** Made anew from the rollups. */
const comparisons = 'reconciliation_v1';

/** Takes the person out of one table. */
export async function eraseRows(
  executor: SqlExecutor,
  subject: Subject,
  { name, texts }: PersonTable,
): Promise<void> {
  const table = `analytics.${name}`;
  const values = valuesOf(subject);
  // Rows that were compressed are changed, too, however many.
  await allowDeletesOfCompressed(executor);
  await executor.query(`SELECT set_config('statement_timeout', '0', true)`);
  if (name === comparisons || tablesOfUsers.has(name)) {
    if (tablesOfUsers.has(name)) await renameInKeys(executor, subject, { name, texts });
    await executor.query(`DELETE FROM ${table} WHERE ${namedIn(texts)}`, values);
    return;
  }
  const seat = `${erasedText}-${randomBytes(8).toString('hex')}`;
  const changes = texts.map((text) => `${text} = ${stripped[name]?.[text] ?? without(text)}`);
  await executor.query(
    `UPDATE ${table} SET ${changes.join(', ')} WHERE ${namedIn(texts)} AND $4::text IS NOT NULL`,
    [...values, seat],
  );
}

/** Rows of others who were in a team or project of the person's name: a key with another text is another row. */
async function renameInKeys(
  executor: SqlExecutor,
  subject: Subject,
  { name, texts }: PersonTable,
): Promise<void> {
  const isFirsts = name === 'user_firsts_v1';
  const rest = isFirsts ? ['tenant_id', 'received_month'] : ['tenant_id', 'local_day'];
  const key = [...rest, ...texts].join(', ');
  const renamed = [...rest, ...texts.map((text) => (text === 'user_id' ? text : without(text)))].join(', ');
  const onConflict = isFirsts
    ? 'DO UPDATE SET first_at = LEAST(known.first_at, excluded.first_at)'
    : 'DO NOTHING';
  const [first, firstOf] = isFirsts ? [', first_at', ', min(first_at)'] : ['', ''];
  await executor.query(
    `INSERT INTO analytics.${name} AS known (${key}${first})
     SELECT ${renamed}${firstOf} FROM analytics.${name} WHERE ${namedIn(texts)} AND user_id <> $2::text AND user_id <> $3::text
     GROUP BY ${renamed} ON CONFLICT (${key}) ${onConflict}`,
    valuesOf(subject),
  );
}
