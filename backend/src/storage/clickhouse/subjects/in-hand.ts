import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { erasedText, findableId, type Subject } from '../../../platform/subjects.js';
import type { ClickHouse } from '../client.js';

const prefix = 'subject_in_hand_';
const nameRow = z.object({ name: z.string() });

/** Runs `work` while the person is in a table in memory of this name, on each of the servers. */
export async function withInHand<T>(
  servers: readonly ClickHouse[],
  subject: Subject,
  work: (inHand: string) => Promise<T>,
): Promise<T> {
  const table = `${prefix}${randomBytes(8).toString('hex')}`;
  const { tenantId, pseudonym } = subject;
  const seat = `${erasedText}-${randomBytes(8).toString('hex')}`;
  const row = { tenant_id: tenantId, pseudonym, id: findableId(subject) ?? '', seat };
  const ndjson = Buffer.from(`${JSON.stringify(row)}\n`);
  try {
    for (const server of servers) {
      await server.command(
        `CREATE TABLE ${table} (tenant_id String, pseudonym String, id String, seat String) ENGINE = Memory`,
      );
      await server.insert({ table, ndjson, token: table });
    }
    return await work(table);
  } finally {
    // One that does not answer keeps no other one from forgetting.
    const forgotten = servers.map((server) => server.command(`DROP TABLE IF EXISTS ${table} SYNC`));
    await Promise.allSettled(forgotten);
    await Promise.all(forgotten);
  }
}

/**
 * Removes what a crash, or a server that was away, left behind. Its table is empty or gone then, and a mutation that waits
 * for it would fail for ever. Nobody else may have a person in hand meanwhile.
 */
export async function forgetInHand(clickHouse: ClickHouse): Promise<void> {
  await clickHouse.command(
    `KILL MUTATION WHERE database = currentDatabase() AND NOT is_done AND position(command, '${prefix}') > 0 SYNC`,
  );
  const left = await clickHouse.query({
    name: 'subjects-in-hand',
    sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${prefix}')`,
    row: nameRow,
  });
  for (const { name } of left) await clickHouse.command(`DROP TABLE IF EXISTS ${name} SYNC`);
}
