import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { erasedText, findableId, type Subject } from '../../../platform/subjects.js';
import type { ClickHouse } from '../client.js';

const prefix = 'subject_in_hand_';
const nameRow = z.object({ name: z.string() });

/** Runs `work` while the person is in a table in memory of this name. */
export async function withInHand<T>(
  clickHouse: ClickHouse,
  subject: Subject,
  work: (inHand: string) => Promise<T>,
): Promise<T> {
  const table = `${prefix}${randomBytes(8).toString('hex')}`;
  await clickHouse.command(
    `CREATE TABLE ${table} (tenant_id String, pseudonym String, id String, seat String) ENGINE = Memory`,
  );
  try {
    const { tenantId, pseudonym } = subject;
    const seat = `${erasedText}-${randomBytes(8).toString('hex')}`;
    const row = { tenant_id: tenantId, pseudonym, id: findableId(subject) ?? '', seat };
    await clickHouse.insert({ table, ndjson: Buffer.from(`${JSON.stringify(row)}\n`), token: table });
    return await work(table);
  } finally {
    await clickHouse.command(`DROP TABLE IF EXISTS ${table} SYNC`);
  }
}

/**
 * Removes what a crash left behind. Its table is empty then, and a mutation that waits for it would fail for ever. Nobody
 * else may have a person in hand meanwhile.
 */
export async function forgetInHand(clickHouse: ClickHouse): Promise<void> {
  const left = await clickHouse.query({
    name: 'subjects-in-hand',
    sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${prefix}')`,
    row: nameRow,
  });
  for (const { name } of left) {
    await clickHouse.command(
      `KILL MUTATION WHERE database = currentDatabase() AND NOT is_done AND position(command, '${name}') > 0 SYNC`,
    );
    await clickHouse.command(`DROP TABLE IF EXISTS ${name} SYNC`);
  }
}
